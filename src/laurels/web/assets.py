"""The files that pages load: read once, compressed once, named by what they hold.

One digest over all of them is part of every address. So an address never
changes its content and may be cached for ever, and a relative reference from
one file to another (the font in the style sheet) stays right.
"""

from dataclasses import dataclass
from functools import cache
import gzip
from hashlib import sha256
from pathlib import Path
import re

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
"""What is served, by suffix; anything else in the folder (licences, digests) stays inside."""

ICONS = "icons.svg"
"""The file of icons, each a symbol of its own."""

_ICON = re.compile(r'<symbol id="([a-z-]+)" viewBox="0 0 24 24">(.*?)</symbol>')

FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in memory; `packed` is its gzip form where that is smaller."""

    body: bytes
    packed: bytes | None
    media_type: str


class Assets:
    """Every file below a folder, with its address."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.relative_to(folder).as_posix(): _load(path) for path in sorted(folder.rglob("*")) if path.suffix in TYPES}
        whole = sha256()
        for name, asset in self._files.items():
            whole.update(f"{name}\0{len(asset.body)}\0".encode() + asset.body)
        self.digest = whole.hexdigest()[:12]
        icons = self._files.get(ICONS)
        found = _ICON.findall(icons.body.decode()) if icons else []
        self._drawings = {name: Markup(drawn) for name, drawn in found}  # noqa: S704  # our own file

    def url(self, name: str) -> str:
        """The address of a file, good for ever.

        Raises:
            KeyError: there is no such file: a template's mistake, not a visitor's.
        """
        if name not in self._files:
            raise KeyError(f"no asset {name!r}; there are {sorted(self._files)}")
        return f"/static/{self.digest}/{name}"

    def drawing(self, name: str) -> Markup:
        """What an icon draws, without its frame: for a picture that stands alone, and so can't refer to another file.

        Raises:
            KeyError: there is no such icon.
        """
        return self._drawings[name]

    def respond(self, request: Request, *, digest: str, name: str) -> Response | None:
        """The file, or None. An address of another release gets today's file, not to be kept."""
        asset = self._files.get(name)
        if asset is None:
            return None
        headers = {"Cache-Control": FOR_EVER if digest == self.digest else "no-cache", "Vary": "Accept-Encoding"}
        if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})
        return Response(asset.body, media_type=asset.media_type, headers=headers)


def _load(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body=body, packed=_packed(body), media_type=TYPES[path.suffix])


@cache  # a process may make many applications (tests do), and packing takes a while
def _packed(body: bytes) -> bytes | None:
    packed = gzip.compress(body, 9, mtime=0)
    return packed if len(packed) < len(body) * 0.9 else None


@cache
def assets_below(folder: Path) -> Assets:
    """A folder's files, read once a process."""
    return Assets(folder)
