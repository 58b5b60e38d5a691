"""Refusals on the wire: RFC 9457 `application/problem+json`, or a page for people.

Here and nowhere else a refusal gets a status. Every problem says in its
`detail` what to do, carries a stable `code`, and tells in typed fields what a
program needs (available, limit, resets_at, ...). Nothing that was sent in is
repeated: neither values nor secrets, only the names of fields.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import logging
from typing import Any, TypeAlias

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
import orjson
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match

from laurels.core.errors import DomainError, Field, Kind
from laurels.web.answers import mark_replay, request_id_of
from laurels.web.caller import NotSignedIn, caller_so_far
from laurels.web.fields import FieldError, field_errors
from laurels.web.language import choose_language, explain, translations
from laurels.web.paths import is_api, sign_in_path

MEDIA_TYPE = "application/problem+json"
MAX_BODY_BYTES = 1024 * 1024
"""Largest body that is read, but for batches and files."""

MAX_BATCH_BYTES = 16 * 1024 * 1024
"""The same where a path ends with one of `BATCHES`: thousands of events in one request."""

BATCHES = ("/batch", "/awards")
"""How paths end that take as many."""

UPLOADS = ("/upload", "/documents")
"""How paths end that take a file: as large as the settings say."""

FORM_BYTES = 64 * 1024
"""What a form may have around the file that it brings."""

TYPE_PREFIX = "/docs/problems#"
"""Where a problem's `type` leads: the page that explains all codes."""

log = logging.getLogger(__name__)

STATUSES = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.DENIED: 403,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.STALE: 412,
    Kind.UNCONDITIONAL: 428,
    Kind.INSUFFICIENT: 409,
    Kind.LIMITED: 409,
    Kind.THROTTLED: 429,
    Kind.UNAVAILABLE: 503,
}


class ValidationFailed(DomainError):
    """Fields are missing, of the wrong kind or out of range; `errors` says which, and what to send."""

    code = "validation-failed"
    kind = Kind.INVALID
    detail = "Some of what was sent can't be accepted. Correct the fields that `errors` lists."


class NoSuchPage(DomainError):
    """No endpoint has this address."""

    code = "no-such-page"
    kind = Kind.MISSING
    detail = "There is nothing at this address. Check it against the documentation at /docs."


class MethodNotAllowed(DomainError):
    """The address exists, and doesn't know this method; the Allow header lists those it knows."""

    code = "method-not-allowed"
    kind = Kind.INVALID
    detail = "This address doesn't take that method. Use one of: {allow}."

    def __init__(self, *, allow: str) -> None:
        super().__init__(allow=allow)


class ContentTooLarge(DomainError):
    """The request's body is larger than is read."""

    code = "content-too-large"
    kind = Kind.INVALID
    detail = "The body is larger than {limit_bytes} bytes. Send less at once."

    def __init__(self, *, limit_bytes: int) -> None:
        super().__init__(limit_bytes=limit_bytes)


class BadRequest(DomainError):
    """The request isn't proper HTTP for this address."""

    code = "bad-request"
    kind = Kind.INVALID
    detail = "The request couldn't be read. Check its headers and its body against the documentation at /docs."


class InternalError(DomainError):
    """A mistake of ours; the log has it under the request id."""

    code = "internal-error"
    kind = Kind.UNAVAILABLE
    detail = "Something went wrong here, not with what you sent. Tell the operators the request id; sending it again may help."


_OWN_STATUSES: dict[type[DomainError], int] = {MethodNotAllowed: 405, ContentTooLarge: 413, BadRequest: 400, InternalError: 500}


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal, ready to be written as JSON or drawn as a page.

    Attributes:
        code: stable, kebab-case, documented in docs/problems.md.
        title: the same for every problem of a code.
        detail: one sentence or two, in the asker's language, that say what to do.
        fields: typed facts of this refusal.
        errors: what is wrong field by field.
        headers: to be sent with it: Retry-After, Allow, WWW-Authenticate.
    """

    status: int
    code: str
    title: str
    detail: str
    path: str = ""
    request_id: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The URI reference that identifies this sort of problem."""
        return TYPE_PREFIX + self.code

    def as_json(self) -> dict[str, Any]:
        """The members of RFC 9457, then our own."""
        document: dict[str, Any] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": self.path,
            "code": self.code,
            "request_id": self.request_id,
        }
        if self.errors:
            document["errors"] = [error.as_json() for error in self.errors]
        return {**document, **{name: value for name, value in self.fields.items() if name not in document}}


def status_of(error: type[DomainError]) -> int:
    """The HTTP status of a sort of refusal."""
    return _OWN_STATUSES.get(error) or STATUSES[error.kind]


Write: TypeAlias = Callable[[Request, Problem], Response]
"""Writes a problem as another protocol has it."""


def write_otherwise(app: FastAPI, prefix: str, write: Write) -> None:
    """Have every refusal below a path written as another protocol has it: also what is refused before any endpoint is asked."""
    app.state.problem_writers[prefix] = write


def title_of(error: type[DomainError]) -> str:
    """A refusal's short name: its code in words."""
    return error.code.replace("-", " ").capitalize()


def problem_of(request: Request, error: DomainError, errors: tuple[FieldError, ...] = ()) -> Problem:
    """A refusal as a problem, in the language of whoever asks."""
    kind = type(error)
    language = language_of(request)
    return Problem(
        status=status_of(kind),
        code=kind.code,
        title=translations(language).gettext(title_of(kind)),
        detail=explain(error, language),
        path=_clean(request.scope["path"]),
        request_id=request_id_of(request.scope),
        fields=error.fields,
        errors=errors,
        headers=_headers(error),
    )


def language_of(request: Request) -> str:
    """The language of whoever asks: the caller's own if they are known by now, else the browser's."""
    caller = caller_so_far(request.scope)
    return choose_language(caller.locale if caller else None, request.headers.get("accept-language"))


def answer(request: Request, problem: Problem) -> Response:
    """A problem as whoever asks can take it: JSON for programs, in their protocol; a page for people."""
    path = request.scope["path"]
    for prefix, write in request.app.state.problem_writers.items():
        if path.startswith(prefix):
            written: Response = write(request, problem)
            return written
    if wants_page(request):
        try:
            page: Response = request.app.state.context.pages.error_page(request, problem)
        except Exception:  # an error page that fails must not hide the error it was to show
            log.exception("the error page failed")
        else:
            return page
    return Response(orjson.dumps(problem.as_json()), problem.status, dict(problem.headers), MEDIA_TYPE)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks, outside the API."""
    if is_api(request.scope["path"]):
        return False
    return "text/html" in request.headers.get("accept", "") or request.headers.get("hx-request") == "true"


def install(app: FastAPI) -> None:
    """Answer every refusal of an application as a problem."""
    app.state.problem_writers = dict[str, Write]()
    app.add_exception_handler(DomainError, _answer_refusal)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


def answer_unexpected(request: Request, error: BaseException) -> Response:
    """A 500 for what nobody foresaw; logged, with nothing of it in the answer."""
    log.error("unexpected %s", type(error).__name__, exc_info=error)
    return answer(request, problem_of(request, InternalError()))


async def _answer_refusal(request: Request, error: Any) -> Response:
    if error.is_replay:
        mark_replay(request.scope)
    if isinstance(error, NotSignedIn) and wants_page(request):
        return _lead_to_sign_in(request)
    return answer(request, problem_of(request, error))


async def _answer_invalid(request: Request, error: Any) -> Response:
    errors = field_errors(error.errors(), translate=translations(language_of(request)).gettext, body=error.body)
    return answer(request, problem_of(request, ValidationFailed(), errors))


async def _answer_http(request: Request, error: Any) -> Response:
    if error.status_code in (204, 304):
        return Response(status_code=error.status_code, headers=error.headers)
    return answer(request, problem_of(request, _refusal_for(request, error.status_code)))


def max_body_bytes(path: str, max_file_bytes: int) -> int:
    """How large a request's body may be, where files may have so many bytes."""
    plain = path.rstrip("/")
    if plain.endswith(UPLOADS):
        return max_file_bytes + FORM_BYTES
    return MAX_BATCH_BYTES if is_api(path) and plain.endswith(BATCHES) else MAX_BODY_BYTES


def _refusal_for(request: Request, status: int) -> DomainError:
    if status == 404:
        return NoSuchPage()
    if status == 413:
        settings = request.app.state.context.settings
        return ContentTooLarge(limit_bytes=max_body_bytes(request.scope["path"], settings.max_file_bytes))
    if status == 405:
        return MethodNotAllowed(allow=", ".join(allowed_methods(request)))
    if status == 400 and is_api(request.scope["path"]):
        # What FastAPI says of JSON that it can't decode, for instance of broken UTF-8: to clients one more invalid body.
        return ValidationFailed()
    if status < 500:
        return BadRequest()
    return InternalError()


def allowed_methods(request: Request) -> list[str]:
    """Every method that a path takes: FastAPI itself would name those of the first matching route only."""
    scope = dict(request.scope)
    found: set[str] = set()
    for route in request.app.router.routes:
        match, _ = route.matches(scope)
        if match is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return sorted(found)


def _lead_to_sign_in(request: Request) -> Response:
    target = sign_in_path(request)
    if request.headers.get("hx-request") == "true":
        # A redirect would be followed by the script and land inside a fragment of the page.
        return Response(status_code=401, headers={"HX-Redirect": target, "Cache-Control": "no-store"})
    return RedirectResponse(target, 303, {"Cache-Control": "no-store"})


def _headers(error: DomainError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = 'Bearer realm="laurels"'
    if "retry_after_seconds" in error.fields:
        headers["Retry-After"] = str(error.fields["retry_after_seconds"])
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = str(error.fields["allow"])
    return headers


def _clean(path: str) -> str:
    """A path that any encoder takes, however odd the one asked for was."""
    return path.encode("utf-8", "replace").decode()[:200]
