"""What goes wrong at a model's server, told in our words.

What the openai package raises quotes the server, and servers quote keys and
prompts; so nothing of it is logged or kept, but its status and codes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from json import JSONDecodeError
import logging
import re

from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError
from pydantic import ValidationError

from laurels.core.clock import Clock
from laurels.core.logging import FIELDS
from laurels.core.retry_after import read_retry_after
from laurels.model.errors import ModelFailure, ModelRefused, ModelUnavailable, Reason

MAX_RETRY_AFTER = timedelta(hours=1)
"""Longest wait that a server is believed."""

_PASSING = {408: Reason.TIMEOUT, 409: Reason.BROKEN, 425: Reason.BROKEN, 429: Reason.THROTTLED}
_LASTING = {
    401: Reason.KEY,
    402: Reason.CREDIT,
    403: Reason.KEY,
    404: Reason.UNKNOWN,
    405: Reason.UNKNOWN,
    413: Reason.TOO_LONG,
    501: Reason.UNKNOWN,  # what some servers say that chat and don't embed
}
_BY_CODE = {
    "content_filter": Reason.CONTENT,
    "content_policy_violation": Reason.CONTENT,
    "context_length_exceeded": Reason.TOO_LONG,
    "insufficient_quota": Reason.CREDIT,
    "invalid_api_key": Reason.KEY,
    "model_not_found": Reason.UNKNOWN,
}

_IDENTIFIER = re.compile(r"[a-z0-9_.-]{1,60}")

log = logging.getLogger(__name__)


@contextmanager
def failures_told(clock: Clock) -> Iterator[None]:
    """Raise what goes wrong in the block as `ModelUnavailable` or `ModelRefused`, and log a line of it."""
    fields: dict[str, object] = {}
    try:
        yield
    except (TimeoutError, APITimeoutError):
        failure: ModelFailure = ModelUnavailable(Reason.TIMEOUT)
    except APIConnectionError:
        failure = ModelUnavailable(Reason.CONNECTION)
    except APIStatusError as error:
        failure = _by_status(error, clock)
        fields = {"status": error.status_code, "code": _plain(error.code), "param": _plain(error.param)}
    except APIError as error:  # told within a stream that had begun well
        failure = _by_code(error) or ModelUnavailable(Reason.BROKEN)
        fields = {"code": _plain(error.code)}
    except (JSONDecodeError, UnicodeDecodeError, OverflowError, ValidationError):  # the package itself falls over a number too great
        failure = ModelUnavailable(Reason.UNREADABLE)
    except ModelFailure as error:
        failure = error
    else:
        return
    log.warning("the model gave no answer: %s", failure.reason, extra={FIELDS: fields})
    raise failure from None  # a traceback would print what the server said


def _by_status(error: APIStatusError, clock: Clock) -> ModelFailure:
    status = error.status_code
    if known := _by_code(error):
        return known
    if status in _PASSING or (status >= 500 and status not in _LASTING):
        return ModelUnavailable(_PASSING.get(status, Reason.BROKEN), retry_after=_retry_after(error, clock))
    if status < 400:  # a redirect isn't followed: prompts go where the settings say
        return ModelRefused(Reason.UNKNOWN)
    return ModelRefused(_LASTING.get(status, Reason.REQUEST))


def _by_code(error: APIError) -> ModelFailure | None:
    """By the code or type in the error's body, which says more than a status; the same ones in every server that has codes."""
    reason = _BY_CODE.get(error.code or "") or _BY_CODE.get(error.type or "")
    return ModelRefused(reason) if reason else None


def _retry_after(error: APIStatusError, clock: Clock) -> timedelta | None:
    asked = read_retry_after(error.response.headers.get("retry-after"), clock.now())
    return None if asked is None else min(asked, MAX_RETRY_AFTER)


def _plain(word: object) -> str | None:
    """A code or a field's name, if it looks like one: a server may put words there, and they could be anybody's."""
    return word if isinstance(word, str) and _IDENTIFIER.fullmatch(word) else None
