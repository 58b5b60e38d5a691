"""Draw docs/diagrams: `make diagrams`. Needs Chromium, npm, and what `make setup` installs; no Java and no Graphviz.

PlantUML's own engine, as its makers publish it for browsers, runs in a page
that reaches nothing outside. It measures with the font that Laurels ships,
which each picture carries, so that a diagram looks the same wherever it is
made or shown. A picture names the text that it was made from by its hash.
"""

from base64 import b64decode, b64encode
from hashlib import sha256, sha512
from html import unescape
from os import geteuid
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tarfile
from typing import Final

from playwright.sync_api import Page, Route, sync_playwright
from take_pictures import find_browser

ROOT = Path(__file__).parents[1]
DIAGRAMS = ROOT / "docs" / "diagrams"
ENGINE = ROOT / "build" / "diagrams"
"""Where the engine is kept once it is fetched."""

PACKAGE: Final = "@plantuml/core@1.2026.8"
INTEGRITY: Final = "md2wGuaIJnAq1yKkedSpQE68cLsvZvctwzWHkDAnC3DTVLe/MSd/2vr4ETwr6jtc1av8cdxCohFuW4VGejMHyw=="
"""SHA-512 of the package, as its registry tells it."""

FONT = ROOT / "src" / "laurels" / "web" / "static" / "vendor" / "figtree-latin-5.3.0.woff2"
ADDRESS = "http://diagrams.invalid"
"""What the page believes to be loaded from; it is answered from files."""

MAX_BYTES = 150_000
"""Of a picture."""

MARGIN = 16
"""White around a picture, in pixels."""

MAX_TOLD = 4
"""Lines shown of what PlantUML doesn't understand."""

DRAW_SECONDS = 60

_FACE = "@font-face{font-family:Figtree;font-weight:300 900;src:url(%s) format('woff2')}"
_PAGE = """<!doctype html><meta charset="utf-8"><style>%s</style><script src="/viz-global.js"></script>
<script type="module">
  import { renderToString } from "/plantuml.js";
  globalThis.draw = lines => new Promise((done, fail) => renderToString(lines, done, text => fail(new Error(text))));
  await Promise.all([400, 700].map(weight => document.fonts.load(`${weight} 14px Figtree`)));
  globalThis.isReady = true;
</script>"""


def main() -> None:
    """Draw them all."""
    fetch_engine()
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage"] if geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        page = browser.new_page()
        page.set_default_timeout(DRAW_SECONDS * 1000)
        page.route("**/*", answer)
        for source in sorted(DIAGRAMS.glob("*.puml")):
            picture = draw(page, source)
            source.with_suffix(".svg").write_text(picture)
            sys.stdout.write(f"{source.stem}.svg {len(picture.encode())} bytes\n")
        browser.close()


def source_of(diagram: Path) -> str:
    """A diagram's whole text: what it includes stands where it is included."""

    def included(found: re.Match[str]) -> str:
        return (diagram.parent / found[1]).read_text().strip()

    return re.sub(r"^!include (\S+)$", included, diagram.read_text(), flags=re.MULTILINE)


def mark_of(diagram: Path) -> str:
    """The line by which a picture names the text that it was made from."""
    return f"<!-- Made from {diagram.name} by `make diagrams`: sha256 {sha256(source_of(diagram).encode()).hexdigest()} -->"


def draw(page: Page, diagram: Path) -> str:
    """One picture: SVG that carries its font, names its source and says nothing of the machine or the day.

    Raises:
        SystemExit: PlantUML doesn't understand the diagram, or the picture is too large.
    """
    page.goto(f"{ADDRESS}/")  # anew for each: the engine numbers some things as it goes
    page.wait_for_function("globalThis.isReady")
    drawn = page.evaluate("lines => draw(lines)", source_of(diagram).splitlines())
    if "Syntax Error" in drawn or "<svg" not in drawn:
        told = [unescape(text) for text in re.findall(r">([^<>]+)</text>", drawn)]
        raise SystemExit("\n".join([f"{diagram.name}: PlantUML doesn't understand it", *told[-MAX_TOLD:]]))
    picture = f"{mark_of(diagram)}\n{framed(drawn)}\n"
    if len(picture.encode()) > MAX_BYTES:
        raise SystemExit(f"{diagram.name} makes {len(picture.encode())} bytes, more than {MAX_BYTES}")
    return picture


def framed(drawn: str) -> str:
    """What the engine drew, on white with a margin, with its font, without the engine's notes."""
    plain = re.sub(r"<\?plantuml.*?\?>|<!--.*?-->", "", drawn, flags=re.DOTALL).strip()
    plain = plain.replace('font-family="Figtree"', 'font-family="Figtree, sans-serif"')
    size = re.search(r'<svg [^>]*viewBox="0 0 (\d+) (\d+)"[^>]*>', plain)
    assert size is not None, "the engine sizes its pictures otherwise now"
    width, height = int(size[1]) + 2 * MARGIN, int(size[2]) + 2 * MARGIN
    box = f'x="{-MARGIN}" y="{-MARGIN}" width="{width}" height="{height}"'
    start = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN} {-MARGIN} {width} {height}" width="{width}" height="{height}">'
    return f'{start}<style>{_FACE % font_address()}</style><rect {box} rx="{MARGIN}" fill="#fff"/>{plain[size.end() :]}'


def font_address() -> str:
    """The font as an address that holds it whole: a picture in a page may load nothing."""
    return f"data:font/woff2;base64,{b64encode(FONT.read_bytes()).decode()}"


def answer(route: Route) -> None:
    """The page and the engine's scripts; nothing else is reached."""
    name = route.request.url.removeprefix(f"{ADDRESS}/")
    if name == "":
        route.fulfill(content_type="text/html", body=_PAGE % (_FACE % font_address()))
    elif name in ("plantuml.js", "viz-global.js"):
        route.fulfill(content_type="text/javascript", body=(ENGINE / name).read_text())
    elif name.startswith("data:"):
        route.continue_()
    else:
        route.abort()


def fetch_engine() -> None:
    """Have npm fetch the engine at its pinned version, unless it is there; a package with another hash is refused."""
    ENGINE.mkdir(parents=True, exist_ok=True)
    archive = ENGINE / f"{PACKAGE.lstrip('@').replace('/', '-').replace('@', '-')}.tgz"
    npm = shutil.which("npm")
    if not archive.exists():
        if npm is None:
            raise SystemExit("npm isn't installed; it fetches PlantUML's engine: apt-get install npm")
        subprocess.run([npm, "pack", "--silent", "--pack-destination", str(ENGINE), PACKAGE], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    if sha512(archive.read_bytes()).digest() != b64decode(INTEGRITY):
        raise SystemExit(f"{archive} isn't the {PACKAGE} that was pinned; remove it")
    with tarfile.open(archive) as package:
        for name in ("plantuml.js", "viz-global.js"):
            member = package.extractfile(f"package/{name}")
            assert member is not None
            (ENGINE / name).write_bytes(member.read())


if __name__ == "__main__":
    main()
