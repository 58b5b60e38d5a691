"""Which addresses are the API's, and the way to sign-in from the others."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request

API_PREFIX = "/api/v1"
GATEWAY_PREFIX = "/v1/"
"""Where programs ask that speak another protocol than ours: OpenAI's."""
SIGN_IN = "/sign-in"


def is_api(path: str) -> bool:
    """Whether programs ask here: answers are JSON, and nobody is led to a page."""
    return path.startswith(("/api/", GATEWAY_PREFIX))


def address(path: str, query: Mapping[str, str]) -> str:
    """A page's address with what was chosen on it; what is empty is left out."""
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def sign_in_path(request: Request) -> str:
    """Sign-in, and then back to the page that was asked for; after a form, to the page that it stood on."""
    if request.method in ("GET", "HEAD") and request.headers.get("hx-request") != "true":
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        back = _page_before(request)
    return f"{SIGN_IN}?next={quote(back, safe='/')}" if back != "/" else SIGN_IN


def safe_next(target: str | None) -> str:
    """Where to go after sign-in: a path of ours, else home. Never another site's."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or len(target) > 500:
        return "/"
    if any(ord(character) < 0x21 or character == "\\" for character in target):
        return "/"
    return target


def _page_before(request: Request) -> str:
    page = urlsplit(request.headers.get("referer", ""))
    if page.netloc != request.headers.get("host") or not page.path.startswith("/"):
        return "/"
    return safe_next(page.path + (f"?{page.query}" if page.query else ""))
