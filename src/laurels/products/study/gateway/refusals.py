"""Refusals as OpenAI's protocol has them: with statuses and codes that its clients act upon."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request
import orjson
from starlette.responses import Response

from laurels.identity.errors import MemberInactive
from laurels.products.study.errors import (
    AnswerFailed,
    ClassClosed,
    CommunityTokensUsedUp,
    TokensHeld,
    TokensUsedUp,
    TooManyChats,
    UnknownModel,
)
from laurels.web.caller import NotSignedIn
from laurels.web.key_refusals import KeyRefused
from laurels.web.limits import TooManyRequests
from laurels.web.problems import Problem

QUOTA = "insufficient_quota"
_BUSY = "rate_limit_exceeded"
_NO_KEY = "invalid_api_key"

_USED_UP = frozenset({TokensUsedUp.code, CommunityTokensUsedUp.code})

_STATUSES = {**dict.fromkeys(_USED_UP, 429), ClassClosed.code: 403, MemberInactive.code: 403}
"""Where the protocol's clients expect another status than ours."""

_CODES = {
    NotSignedIn.code: _NO_KEY,
    KeyRefused.code: _NO_KEY,
    **dict.fromkeys(_USED_UP, QUOTA),
    TokensHeld.code: _BUSY,
    TooManyChats.code: _BUSY,
    TooManyRequests.code: _BUSY,
    UnknownModel.code: "model_not_found",
}
"""Codes that the protocol has a word for; others are ours, with underscores."""

_ABOUT_THE_QUESTION = {"content": "content_filter", "too-long": "context_length_exceeded"}
"""Why a model gave no answer, where it is the question's fault: asking the same again gives the same."""


def write_refusal(request: Request, problem: Problem) -> Response:
    """A refusal as an answer, for everything below the gateway's path."""
    headers = {**problem.headers, **_headers(problem, request.app.state.context.clock.now())}
    return Response(orjson.dumps(told(problem)), _status(problem), headers, "application/json")


def told(problem: Problem) -> dict[str, Any]:
    """A refusal as JSON: the body of an answer, or an event of a stream that has begun."""
    first = problem.errors[0] if problem.errors else None
    said = problem.detail if first is None else f"{first.name}: {first.detail}".removeprefix(": ")
    param = None if first is None or not first.name else first.name
    return {"error": {"message": said, "type": _type(problem), "param": param, "code": _code(problem)}}


def _status(problem: Problem) -> int:
    if _question_at_fault(problem):
        return 400
    status = _STATUSES.get(problem.code, problem.status)
    return 400 if status == 422 else status


def _code(problem: Problem) -> str:
    return _question_at_fault(problem) or _CODES.get(problem.code) or problem.code.replace("-", "_")


def _type(problem: Problem) -> str:
    status = _status(problem)
    if status == 429:
        return QUOTA if _code(problem) == QUOTA else "rate_limit_error"
    if status >= 500:
        return "server_error"
    return {401: "authentication_error", 403: "permission_error"}.get(status, "invalid_request_error")


def _question_at_fault(problem: Problem) -> str | None:
    return _ABOUT_THE_QUESTION.get(str(problem.fields.get("error_code"))) if problem.code == AnswerFailed.code else None


def _headers(problem: Problem, now: datetime) -> Mapping[str, str]:
    """Of a limit that is used up: when it resets, and that asking again before then is of no use, which clients do by themselves."""
    if problem.code not in _USED_UP:
        return {}
    seconds = (datetime.fromisoformat(str(problem.fields["resets_at"])) - now).total_seconds()
    return {"Retry-After": str(max(1, round(seconds))), "X-Should-Retry": "false"}
