"""The OpenAPI document as the reference shows it: operations by tag, each with what a page says of it.

Nothing is written here that the document doesn't say; who may call is read from the routes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
import json
import re
from shlex import quote
from typing import Any
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup

from laurels.web.idempotency import HEADER as KEY_HEADER
from laurels.web.openapi import is_endless, operations
from laurels.web.problems import MEDIA_TYPE
from laurels.web.reference.prose import inline, prose
from laurels.web.reference.schemas import Field, Schemas
from laurels.web.roles import ANYONE, split_role

JSON = "application/json"
FILES = "multipart/form-data"

FILE_NAME = "notes.pdf"
"""The file that commands send, where they send one."""

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")
_FIRST_CLAUSE = re.compile(r"[:.] ")
_UNSAID = "Successful Response"
"""FastAPI's description of an answer that nobody described."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent."""

    media_type: str
    text: Markup
    fields: list[Field]
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back when it goes well; `example` is empty where nothing does."""

    status: int
    phrase: str
    text: Markup
    fields: list[Field]
    headers: list[Field]
    example: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A problem that it may answer."""

    status: int
    code: str
    meaning: Markup


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Attributes:
        id: stable, and its place on its section's page.
        title: the first clause of its summary; `text` says the rest.
        role: what a member must be to call it.
        service: the service key that will do instead; empty where none does.
        command: calls it with curl; `$TOKEN` is an access token, or such a key.
    """

    id: str
    method: str
    path: str
    title: Markup
    text: Markup
    role: str
    service: str
    parameters: list[Field]
    bodies: list[Body]
    answers: list[Answer]
    refusals: list[Refusal]
    command: str


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the reference: the operations of a tag.

    Attributes:
        id: stable, and the end of its page's address.
    """

    id: str
    title: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reference:
    """All of it: a page for each group, and one before them."""

    version: str
    text: Markup
    groups: list[Group]


def read_reference(document: dict[str, Any], roles: Iterable[tuple[str, str, str]], *, address: str) -> Reference:
    """Read a document.

    Args:
        roles: (method, path, role) of every endpoint.
        address: where the commands lead, such as https://laurels.example.org.
    """
    schemas = Schemas(document)
    needed = {f"{method} {path}": role for method, path, role in roles}
    groups: dict[str, Group] = {}
    for name, raw in operations(document):
        tag = raw["tags"][0]
        group = groups.setdefault(tag, Group(_BETWEEN_WORDS.sub("-", tag.lower()), tag.capitalize()))
        group.operations.append(_operation(name, raw, schemas, role=needed[name], address=address.rstrip("/")))
    return Reference(document["info"]["version"], prose(document["info"]["description"]), list(groups.values()))


def _operation(name: str, raw: dict[str, Any], schemas: Schemas, *, role: str, address: str) -> Operation:
    method, path = name.split(" ", 1)
    title, text = _told(raw["summary"], raw["description"])
    contents = raw.get("requestBody", {}).get("content", {}).items()
    bodies = [body for media_type, content in contents for body in _bodies(schemas, media_type, content)]
    ordered = sorted(raw["responses"].items())
    service, role = split_role(role)
    return Operation(
        id=raw["operationId"],
        method=method,
        path=path,
        title=inline(title),
        text=prose(text),
        role=role,
        service=service,
        parameters=[_parameter(schemas, parameter) for parameter in raw.get("parameters", ())],
        bodies=bodies,
        answers=[_answer(schemas, status, response) for status, response in ordered if status.startswith("2")],
        refusals=[refusal for status, response in ordered for refusal in _refusals(status, response)],
        command=_command(raw, f"{method} {address}{path}", schemas, body=bodies[0] if bodies else None, role=role),
    )


def _told(summary: str, description: str) -> tuple[str, str]:
    """A heading, and all else that the two say, once. Many summaries are a heading and its explanation."""
    first, *rest = _FIRST_CLAUSE.split(summary, maxsplit=1)
    more = f"{rest[0][:1].upper()}{rest[0][1:].rstrip('.')}." if rest else ""
    is_same = description.rstrip(".") == summary.rstrip(".")
    return first, "\n\n".join(part for part in (more, "" if is_same else description) if part)


def _parameter(schemas: Schemas, raw: dict[str, Any]) -> Field:
    return Field(raw["name"], schemas.kind(raw["schema"]), inline(raw.get("description", "")), is_required=raw["required"], place=raw["in"])


def _bodies(schemas: Schemas, media_type: str, content: dict[str, Any]) -> Iterator[Body]:
    """What may be sent as a media type: one body, or each of several."""
    for schema in schemas.choices(content["schema"]):
        example = _example(schemas, {**content, "schema": schema})
        yield Body(
            media_type=media_type,
            text=inline(schemas.resolve(schema).get("description", "")),
            fields=list(schemas.fields(schema)),
            example=_pretty(example) if media_type == JSON else urlencode(example),
        )


def _answer(schemas: Schemas, status: str, response: dict[str, Any]) -> Answer:
    (content,) = list(response.get("content", {}).values())[:1] or [{}]
    described = response["description"]
    schema = content.get("schema", {})
    return Answer(
        status=int(status),
        phrase=HTTPStatus(int(status)).phrase,
        text=inline(described if described != _UNSAID else schemas.resolve(schema).get("description", "")),
        fields=list(schemas.fields(schema)),
        headers=[Field(name, schemas.kind(raw["schema"]), inline(raw["description"])) for name, raw in response.get("headers", {}).items()],
        example=_pretty(_example(schemas, content)) if content else "",
    )


def _refusals(status: str, response: dict[str, Any]) -> list[Refusal]:
    examples = response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    return [Refusal(int(status), code, inline(example["summary"])) for code, example in sorted(examples.items())]


def _example(schemas: Schemas, content: dict[str, Any]) -> Any:
    if "example" in content:
        return content["example"]
    if examples := content.get("examples"):
        return next(iter(examples.values()))["value"]
    return schemas.example(content.get("schema", {}))


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _sent(body: Body) -> list[str]:
    """What tells curl to send a body; where a file is wanted, one that the reader puts there."""
    if body.media_type == FILES:
        return [f"-F {quote(f'{name}=@{FILE_NAME}')}" for name, _ in parse_qsl(body.example)]
    sent = json.dumps(json.loads(body.example), ensure_ascii=False) if body.media_type == JSON else body.example
    return [f"-H {quote(f'Content-Type: {body.media_type}')}", f"-d {quote(sent)}"]


def _command(raw: dict[str, Any], name: str, schemas: Schemas, *, body: Body | None, role: str) -> str:
    """A call from a shell, an option to a line. Only what must be sent is, and the request key where there may be one."""
    asked: dict[str, Any] = {}
    headers: list[str] = []
    method, url = name.split(" ", 1)
    for parameter in raw.get("parameters", ()):
        example = parameter.get("example", schemas.example(parameter["schema"]))
        if parameter["in"] == "path":
            url = url.replace("{" + parameter["name"] + "}", str(example))
        elif parameter["in"] == "query" and parameter["required"]:
            asked[parameter["name"]] = example
        elif parameter["name"] == KEY_HEADER:
            headers.append(f"-H {quote(f'{KEY_HEADER}: {example}')}")
    options = [*(["-N"] if is_endless(raw) else []), *([] if method == "GET" else [f"-X {method}"])]
    parts = ["curl", *options, quote(url + (f"?{urlencode(asked)}" if asked else ""))]
    called = len(parts)
    if role != ANYONE:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    parts += headers
    if body:
        parts += _sent(body)
    return " \\\n  ".join([" ".join(parts[:called]), *parts[called:]])
