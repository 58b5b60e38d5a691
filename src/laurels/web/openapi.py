"""The OpenAPI document: what FastAPI knows of the routes, and what every endpoint does besides.

Who may call, what is refused for every endpoint alike, request keys and rate
limits are read from the routes' dependencies, so that no endpoint repeats them.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext
import orjson
from pydantic import BaseModel
from starlette.responses import Response

from laurels.core.errors import Denied, DomainError, Unavailable
from laurels.ledger import KeyInFlight, KeyReused
from laurels.web.caller import SERVICE_KEY_PREFIX, NotSignedIn, Open
from laurels.web.csrf import SAFE_METHODS, ForgedRequest
from laurels.web.documented import SCHEMA, merge_response
from laurels.web.idempotency import HEADER, MAX_KEY, PRINTABLE, Keyed, KeyMalformed
from laurels.web.key_refusals import KeyRefused, MembersOnly, ScopeMissing
from laurels.web.limits import Limit, TooManyRequests
from laurels.web.problems import ContentTooLarge, ValidationFailed
from laurels.web.roles import ANYONE, UNDECLARED, api_routes, calls_of, role_of, split_role
from laurels.web.schemas import Answer, Body

PATH = "/openapi.json"
TOKEN_PATH = "/api/v1/auth/login"  # noqa: S105  # an address, not a secret

STREAM = "text/event-stream"
"""The media type of an answer that goes on."""

_METHODS = ("get", "put", "post", "delete", "patch")

_DESCRIPTION = """\
Everything scarce is an account of one double-entry ledger: what a member may give, has received, and may redeem.

- **Sign in** by `POST /api/v1/auth/login` and send the access token as `Authorization: Bearer`.
- **Service keys** let a program call without a member: send the key as `Authorization: Bearer` where an operation takes one.
- **Refusals** are `application/problem+json` (RFC 9457) with a stable `code`: [all of them](/docs/problems).
- **Request keys**: send an `Idempotency-Key` with what must happen once, and send it again if the answer was lost.
  The same key with the same request gives the same answer, with `Idempotency-Replayed: true`, for thirty days.
- **Limits**: `RateLimit` and `RateLimit-Policy` tell where you stand, `Retry-After` when to come again.
- **Lists** come in pages: send `next_cursor` as `cursor`.
- **Times** are UTC with their offset; amounts are whole numbers.
"""

_PROBLEM_SCHEMA = {
    "title": SCHEMA,
    "type": "object",
    "description": "A refusal (RFC 9457). Some codes carry more fields: docs/problems.md tells which.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Which sort of problem it is."},
        "title": {"type": "string", "description": "Its short name."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What to do, for people, in the caller's language."},
        "instance": {"type": "string", "description": "The address that was asked."},
        "code": {"type": "string", "description": "The stable name to program against."},
        "request_id": {"type": "string", "description": "What the logs know it by."},
        "errors": {
            "type": "array",
            "description": "What is wrong field by field, where fields are.",
            "items": {
                "type": "object",
                "required": ["in", "detail"],
                "properties": {
                    "in": {"enum": ["body", "query", "path", "header", "cookie"]},
                    "pointer": {"type": "string", "description": "The field in the body: a JSON Pointer as a fragment."},
                    "parameter": {"type": "string", "description": "Else the parameter's name."},
                    "detail": {"type": "string", "description": "What to send."},
                },
            },
        },
    },
    "additionalProperties": True,
}

_SECURITY_SCHEMES = {
    "bearer": {
        "type": "oauth2",
        "description": "An access token, as `Authorization: Bearer`.",
        "flows": {"password": {"tokenUrl": TOKEN_PATH, "scopes": {}}},
    },
    "service_key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": f"{SERVICE_KEY_PREFIX}<id>_<secret>",
        "description": "A service key with the scope that the operation needs, as `Authorization: Bearer`. An admin makes it.",
    },
    "cookie": {"type": "apiKey", "in": "cookie", "name": "laurels_session", "description": "A page's session; same-origin requests only."},
}

_KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Makes the request safe to send again: it is done once, and answered alike each time.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": f"^{PRINTABLE}$"},
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}

_REPLAY_HEADER = {
    "description": "`true` where the answer is that of an earlier request with this key.",
    "schema": {"type": "string", "enum": ["true"]},
}
_LIMIT_HEADERS = {
    "RateLimit-Policy": {
        "description": "The limit's name, quota and window in seconds.",
        "schema": {"type": "string"},
        "example": '"give";q=30;w=60',
    },
    "RateLimit": {
        "description": "How many are left, and in how many seconds there are more.",
        "schema": {"type": "string"},
        "example": '"give";r=29;t=60',
    },
}

router = APIRouter(include_in_schema=False, dependencies=[Open])


@router.get(PATH)
def read_openapi(request: Request) -> Response:
    """The document of this application."""
    return Response(_encoded(request.app), media_type="application/json")


@cache
def _encoded(app: FastAPI) -> bytes:
    return orjson.dumps(build_document(app))


def install(app: FastAPI) -> None:
    """Make `app.openapi()` give this document."""
    app.openapi = lambda: build_document(app)  # type: ignore[method-assign]  # FastAPI's documented way


def build_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an application."""
    document = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.router.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    _restore_examples(schemas)
    schemas[SCHEMA] = _PROBLEM_SCHEMA
    document["components"]["securitySchemes"] = _SECURITY_SCHEMES
    for route in api_routes(app):
        if route.include_in_schema:
            for method in route.methods or ():
                _complete(document["paths"][route.path_format][method.lower()], route, method)
    return document


def find_gaps(document: dict[str, Any]) -> list[str]:
    """What an operation lacks: summary, description, examples of what it takes and gives. A test expects none."""
    gaps: list[str] = []
    for name, operation in operations(document):
        gaps += [f"{name}: no {part}" for part in ("summary", "description", "tags") if not operation.get(part)]
        gaps += [f"{name}: the body has no example" for _ in _without_example(document, operation.get("requestBody", {}))]
        for status, response in operation["responses"].items():
            gaps += [f"{name}: the answer {status} ({kind}) has no example" for kind in _without_example(document, response)]
    return gaps


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(`POST /path`, operation) of each."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                yield f"{method.upper()} {path}", operation


def is_endless(operation: dict[str, Any]) -> bool:
    """Whether an operation answers by a stream, which goes on until either side has enough."""
    return any(STREAM in response.get("content", {}) for response in operation["responses"].values())


def _restore_examples(schemas: dict[str, Any]) -> None:
    """Show examples as they were written: FastAPI leaves out every null, and an answer's example then lacks required fields."""
    for model in [*_models_under(Body), *_models_under(Answer)]:
        extra = model.model_config.get("json_schema_extra")
        if model.__name__ in schemas and isinstance(extra, dict) and "examples" in extra:
            schemas[model.__name__]["examples"] = extra["examples"]


def _models_under(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models_under(model)


def _complete(operation: dict[str, Any], route: RouteContext, method: str) -> None:
    calls = list(calls_of(route.dependant))
    keyed = any(isinstance(call, Keyed) for call in calls)
    limited = any(isinstance(call, Limit) for call in calls)
    service, role = split_role(role_of(route))
    responses = operation["responses"]
    if "application/json" in responses.get("422", {}).get("content", {}):
        del responses["422"]["content"]["application/json"]
    refusals = _refusals(operation, role=role, is_service=bool(service), is_safe=method in SAFE_METHODS, keyed=keyed, limited=limited)
    for error in refusals:
        merge_response(responses, error, by=str)
    if role not in (ANYONE, UNDECLARED):
        operation["security"] = [*([{"service_key": []}] if service else []), {"bearer": []}, {"cookie": []}]
    if keyed:
        operation.setdefault("parameters", []).append(_KEY_PARAMETER)
    _describe_headers(responses, keyed=keyed, limited=limited)


def _refusals(
    operation: dict[str, Any], *, role: str, is_service: bool, is_safe: bool, keyed: bool, limited: bool
) -> Iterator[type[DomainError]]:
    if role not in (ANYONE, UNDECLARED):
        yield NotSignedIn
        yield KeyRefused
        yield ScopeMissing if is_service else MembersOnly
        yield Unavailable
    if role in ("staff", "admin"):
        yield Denied
    if not is_safe:
        yield ForgedRequest
        yield Unavailable
        yield ContentTooLarge
    if operation.get("parameters") or operation.get("requestBody"):
        yield ValidationFailed
    if keyed:
        yield from (KeyMalformed, KeyReused, KeyInFlight)
    if limited:
        yield TooManyRequests


def _describe_headers(responses: dict[str, Any], *, keyed: bool, limited: bool) -> None:
    for status, response in responses.items():
        headers = response.setdefault("headers", {})
        if limited and status.startswith(("2", "429")):
            headers.update(_LIMIT_HEADERS)
        if keyed and status.startswith(("2", "409")):
            headers["Idempotency-Replayed"] = _REPLAY_HEADER
        if status in ("429", "503"):
            headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer"}, "example": 7}
        if not headers:
            del response["headers"]


def _without_example(document: dict[str, Any], part: dict[str, Any]) -> list[str]:
    return [kind for kind, content in part.get("content", {}).items() if not _has_example(document, content)]


def _has_example(document: dict[str, Any], content: dict[str, Any]) -> bool:
    if content.get("example") is not None or content.get("examples"):
        return True
    return _schema_has_example(document, content.get("schema", {}))


def _schema_has_example(document: dict[str, Any], schema: dict[str, Any]) -> bool:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("examples") or "example" in schema:
        return True
    if schema.get("type") == "array":
        return _schema_has_example(document, schema.get("items", {}))
    if forms := schema.get("oneOf") or schema.get("anyOf"):
        return all(_schema_has_example(document, form) for form in forms)
    properties = schema.get("properties", {})
    return bool(properties) and all(_schema_has_example(document, part) for part in properties.values())
