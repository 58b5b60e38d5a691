"""A sentence that survives one redirect: said on one page, shown on the next."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
import binascii

from fastapi import Request
from starlette.responses import Response

FLASH_COOKIE = "laurels_flash"
MAX_FLASH = 500
"""Longest sentence, in characters: it travels in a cookie."""


def flash(response: Response, text: str, *, request: Request) -> None:
    """Show a sentence on the next page that this browser opens within a minute."""
    packed = urlsafe_b64encode(text[:MAX_FLASH].encode()).decode()
    response.set_cookie(FLASH_COOKIE, packed, max_age=60, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")


def read_flash(request: Request) -> str | None:
    """The sentence, or None. It is shown escaped, like all that comes from outside."""
    packed = request.cookies.get(FLASH_COOKIE)
    if packed is None:
        return None
    try:
        return urlsafe_b64decode(packed[: MAX_FLASH * 6]).decode()[:MAX_FLASH]
    except (binascii.Error, UnicodeDecodeError):
        return ""
