"""What pages load: its addresses, its headers, its weight, and that it is what it says."""

import gzip
from hashlib import sha256
from pathlib import Path
import re

import pytest
from starlette.requests import Request

from laurels.web.assets import FOR_EVER, Assets
from laurels.web.pages import HERE

FOLDER = HERE / "static"
FIRST_LOAD = (
    "css/app.css",
    "js/app.js",
    "icons.svg",
    "icon.svg",
    "site.webmanifest",
    "vendor/htmx-4.0.1.min.js",
    "vendor/hx-sse-4.0.1.min.js",
    "vendor/figtree-latin-5.3.0.woff2",
)


def _request(encoding: str = "gzip, br") -> Request:
    return Request({"type": "http", "headers": [(b"accept-encoding", encoding.encode())]})


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets(FOLDER)


def test_vendored_files_are_those_that_were_checked() -> None:
    noted = dict(reversed(line.split()) for line in (FOLDER / "vendor/SHA256SUMS").read_text().splitlines())
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in (FOLDER / "vendor").iterdir() if path.suffix in (".js", ".woff2")}
    assert found == noted
    licences = (FOLDER / "vendor/LICENSES.md").read_text()
    assert all(name in licences for name in noted)


def test_address_names_the_content_and_is_kept_for_ever(assets: Assets) -> None:
    answer = assets.respond(_request(), digest=assets.digest, name="css/app.css")
    assert answer is not None
    assert assets.url("css/app.css") == f"/static/{assets.digest}/css/app.css"
    assert answer.headers["cache-control"] == FOR_EVER
    assert gzip.decompress(bytes(answer.body)) == (FOLDER / "css/app.css").read_bytes()


def test_address_of_another_release_is_served_and_not_kept(assets: Assets) -> None:
    answer = assets.respond(_request(), digest="0" * 12, name="css/app.css")
    assert answer is not None and answer.headers["cache-control"] == "no-cache"


def test_browser_without_gzip_gets_the_file_as_it_is(assets: Assets) -> None:
    answer = assets.respond(_request("identity"), digest=assets.digest, name="js/app.js")
    assert answer is not None and "content-encoding" not in answer.headers
    assert answer.body == (FOLDER / "js/app.js").read_bytes()


@pytest.mark.parametrize("name", ["vendor/SHA256SUMS", "vendor/LICENSES.md", "../pages.py", "nothing.css", ""])
def test_nothing_else_is_served(assets: Assets, name: str) -> None:
    assert assets.respond(_request(), digest=assets.digest, name=name) is None


def test_unknown_asset_is_a_mistake_of_the_template(assets: Assets) -> None:
    with pytest.raises(KeyError, match="no asset"):
        assets.url("css/other.css")


def test_digest_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = Assets(tmp_path).digest
    (tmp_path / "a.css").write_text("b{}")
    assert Assets(tmp_path).digest != before


def test_everything_but_the_page_leaves_it_room_in_80_kilobytes(assets: Assets) -> None:
    answers = [assets.respond(_request(), digest=assets.digest, name=name) for name in FIRST_LOAD]
    assert sum(len(answer.body) for answer in answers if answer is not None) < 55_000


def test_style_sheet_and_preload_name_the_same_font() -> None:
    layout = (HERE / "templates/layouts/app.html").read_text()
    font = re.search(r"url\(\.\./(vendor/[^)]+)\)", (FOLDER / "css/app.css").read_text())
    assert font is not None and f"asset('{font[1]}')" in layout
