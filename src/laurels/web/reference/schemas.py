"""Schemas of the OpenAPI document, told to people: examples, and each field with its type in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from markupsafe import Markup

from laurels.web.reference.prose import inline

Schema: TypeAlias = dict[str, Any]

MAX_DEPTH = 4
"""Of fields within fields that are listed."""
MAX_CHOICES = 12
"""Of values that are listed; there are hundreds of time zones."""

_SORTS = ("anyOf", "oneOf")

_BY_KIND: dict[str, Any] = {
    "uuid": "01a1f890-e37a-73f9-9bad-95b6014a4f20",
    "date-time": "2026-11-20T10:00:00+00:00",
    "string": "…",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "object": {},
}
"""What a format or type is shown as where nobody wrote an example."""


@dataclass(frozen=True, slots=True)
class Field:
    """What is sent or comes back under a name.

    Attributes:
        kind: its type and bounds in words.
        place: of a parameter: `path`, `query` or `header`.
    """

    name: str
    kind: str
    description: Markup
    is_required: bool = False
    place: str = ""


class Schemas:
    """The schemas of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._named: dict[str, Schema] = document.get("components", {}).get("schemas", {})

    def choices(self, schema: Schema) -> list[Schema]:
        """The schemas of which one is sent; most are just one."""
        return list(schema.get("oneOf", ())) or [schema]

    def resolve(self, schema: Schema) -> Schema:
        """What a reference or a nullable schema is about; of several sorts the first."""
        while True:
            if "$ref" in schema:
                schema = self._named[schema["$ref"].rpartition("/")[2]]
            elif choices := _sorts(schema):
                schema = {**{key: value for key, value in schema.items() if key not in _SORTS}, **self.resolve(choices[0])}
            else:
                return schema

    def example(self, schema: Schema) -> Any:
        """An example as it was written for the schema, else one made of those of its parts."""
        if "example" in schema:
            return schema["example"]
        schema = self.resolve(schema)
        for written in (schema.get("examples"), schema.get("enum")):
            if written:
                return written[0]
        if "const" in schema:
            return schema["const"]
        if schema.get("type") == "array":
            return [self.example(schema["items"])]
        if "properties" in schema:
            return {name: self.example(part) for name, part in schema["properties"].items()}
        return _BY_KIND.get(schema.get("format") or "", _BY_KIND.get(schema.get("type", "")))

    def fields(self, schema: Schema) -> Iterator[Field]:
        """Its fields, and those within them as `items[].rank`."""
        yield from self._fields(schema, prefix="", depth=MAX_DEPTH)

    def _fields(self, schema: Schema, *, prefix: str, depth: int) -> Iterator[Field]:
        whole = self.resolve(schema)
        for name, part in whole.get("properties", {}).items():
            description = part.get("description") or self.resolve(part).get("description", "")
            yield Field(prefix + name, self.kind(part), inline(description), is_required=name in whole.get("required", ()))
            inner = self.resolve(part)
            is_list = inner.get("type") == "array"
            if depth:
                within = inner.get("items", {}) if is_list else inner
                yield from self._fields(within, prefix=f"{prefix}{name}{'[]' if is_list else ''}.", depth=depth - 1)

    def kind(self, schema: Schema) -> str:
        """A type in words: `string, 1 to 500 characters or null`."""
        inner = self.resolve(schema)
        name = inner.get("format") or inner.get("type") or "any"
        choices = inner.get("enum") or ([inner["const"]] if "const" in inner else [])
        if 0 < len(choices) <= MAX_CHOICES:
            name = " | ".join(str(choice) for choice in choices)
        elif inner.get("type") == "array":
            name = "list of " + self.kind(inner.get("items", {}))
        is_listed = " | " in name
        bounds = "" if is_listed else _between(inner, "minimum", "maximum") or _between(inner, "minLength", "maxLength", unit=" characters")
        parts = [name, *([bounds] if bounds else [])]
        default = schema.get("default", inner.get("default"))
        if default not in (None, ""):
            parts.append(f"default {str(default).lower() if isinstance(default, bool) else default}")
        is_nullable = any(choice.get("type") == "null" for choice in schema.get("anyOf", ()))
        return ", ".join(parts) + (" or null" if is_nullable else "")


def _sorts(schema: Schema) -> list[Schema]:
    return [choice for key in _SORTS for choice in schema.get(key, ()) if choice.get("type") != "null"]


def _between(schema: Schema, lowest: str, highest: str, *, unit: str = "") -> str:
    low, high = schema.get(lowest), schema.get(highest)
    if high is None:
        return "" if low is None else f"at least {low:g}{unit}"
    return f"up to {high:,.0f}{unit}" if low is None else f"{low:,.0f} to {high:,.0f}{unit}"
