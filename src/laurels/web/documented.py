"""Refusals in the documents: for a route's OpenAPI, and docs/problems.md.

Both are made from the refusals' classes, with an example of each that is the
real thing: the class itself, built from sample values.
"""

from collections.abc import Iterable, Mapping
import inspect
from typing import Any

from laurels.core.errors import DomainError, Field
from laurels.web.fields import FieldError
from laurels.web.problems import MEDIA_TYPE, Problem, ValidationFailed, status_of, title_of

SCHEMA = "Problem"
"""The name of the problem's schema in the OpenAPI document."""

_SAMPLES: Mapping[str, Field] = {
    "available": 5,
    "needed": 10,
    "limit": 100,
    "used": 95,
    "credits": 10,
    "retry_after_seconds": 7,
    "limit_bytes": 1_048_576,
    "resets_at": "2026-12-01T00:00:00+00:00",
    "purse": "allowance",
    "meter": "sent",
    "field": "receiver_id",
    "reason": "send another member's id",
    "what": "recognition",
    "needs": "staff",
    "allow": "GET, POST",
    "key": "purchase-17",
    "scope": "earn",
}
"""What a field is shown as in examples; others are shown by their type."""

_SAMPLE_ID = "01a1f890-e37a-73f9-9bad-95b6014a4f20"

_INTRODUCTION = """\
# Problems

Every refusal is `application/problem+json` (RFC 9457): `type`, `title`,
`status`, `detail` and `instance`, with a stable `code` to program against, the
`request_id` that the logs know it by, and the fields named below. `detail`
says what to do, in the caller's language; it may be reworded at any time.
`type` ends with the code and leads here.

Made by `python docs/generate.py` from the refusals themselves.
"""


def documented(*errors: type[DomainError]) -> dict[int | str, dict[str, Any]]:
    """A route's `responses=`: these refusals by status, each with an example."""
    responses: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        merge_response(responses, error)
    return responses


def created(identifier: str, *operations: str, field: str | None = None) -> dict[int | str, dict[str, Any]]:
    """For the `responses` of an endpoint that makes something: its Location, and which operations take its id.

    Args:
        identifier: what those operations call the id in their path.
        field: what the answer calls it, if otherwise.
    """
    links = {name: {"operationId": name, "parameters": {identifier: f"$response.body#/{field or identifier}"}} for name in operations}
    location = {"description": "Where it is.", "schema": {"type": "string"}}
    return {201: {"headers": {"Location": location}, "links": links}}


def merge_response(responses: dict[Any, dict[str, Any]], error: type[DomainError], *, by: type = int) -> None:
    """Add a refusal to a set of responses, beside others of its status."""
    status = status_of(error)
    response = responses.setdefault(by(status), {"description": "", "content": {}})
    content = response.setdefault("content", {}).setdefault(
        MEDIA_TYPE, {"schema": {"$ref": f"#/components/schemas/{SCHEMA}"}, "examples": {}}
    )
    content["examples"][error.code] = {"summary": first_line(error), "value": example_of(error)}
    response["description"] = ", ".join(sorted(title_of(DomainError.registry[code]) for code in content["examples"]))


def example_of(error: type[DomainError]) -> dict[str, Any]:
    """A problem as it comes over the wire."""
    sample = sample_of(error)
    errors = (FieldError("body", "credits", "#/credits", "Send a whole number, without quotes."),) if error is ValidationFailed else ()
    return Problem(
        status=status_of(error),
        code=error.code,
        title=title_of(error),
        detail=str(sample),
        path="/api/v1/recognitions",
        request_id=_SAMPLE_ID.replace("-", ""),
        fields=sample.fields,
        errors=errors,
    ).as_json()


def sample_of(error: type[DomainError]) -> DomainError:
    """A refusal built from sample values.

    Raises:
        TypeError: it takes something that no sample is known for.
    """
    if error.__init__ is DomainError.__init__:
        return error()
    taken = inspect.signature(error).parameters
    return error(**{name: _sample(name, parameter) for name, parameter in taken.items()})


def problems_page(errors: Iterable[type[DomainError]]) -> str:
    """docs/problems.md."""
    parts = [_INTRODUCTION]
    for error in sorted(errors, key=lambda error: error.code):
        fields = sample_of(error).fields
        parts.append(f"## {error.code}\n\n{status_of(error)}. {first_line(error)}\n\n> {error.detail}\n")
        if fields:
            parts.append(
                "\n".join(
                    [
                        "| field | for example |",
                        "| --- | --- |",
                        *(f"| `{name}` | `{_spell(value)}` |" for name, value in fields.items()),
                        "",
                    ]
                )
            )
    return "\n".join(parts)


def first_line(error: type[DomainError]) -> str:
    """What a refusal means, in a sentence."""
    return (inspect.getdoc(error) or title_of(error)).partition("\n\n")[0].replace("\n", " ")


def _sample(name: str, parameter: inspect.Parameter) -> Any:
    if name in _SAMPLES:
        return _SAMPLES[name]
    if name.endswith("_id"):
        return _SAMPLE_ID
    if name.endswith(("_at", "_until")):
        return _SAMPLES["resets_at"]
    kind = str(parameter.annotation)
    for word, value in (("bool", False), ("int", 3), ("str", "…")):
        if word in kind:
            return value
    raise TypeError(f"no sample for {parameter}: add one to _SAMPLES")


def _spell(value: Field) -> str:
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)
