"""The frame of every page: what is escaped, what is flashed, who sees which navigation, what an error looks like."""

import gzip
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from jinja2 import UndefinedError
import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from laurels.core.errors import Denied, Unavailable
from laurels.web import appearance
from laurels.web.app import build_app
from laurels.web.caller import Anyone, Open, Role
from laurels.web.context import Context, Ctx
from laurels.web.flash import FLASH_COOKIE, flash
from laurels.web.pages import THEME_COOKIE, HeaderPart, Section, console_section, in_tabs, see_other
from web.conftest import CALLERS, MakeContext

router = APIRouter()

TEMPLATES = {
    "page.html": (
        '{% extends "layouts/app.html" %}{% block title %}Own{% endblock %}{% block main %}<p id="said">{{ said }}</p>{% endblock %}'
    ),
    "part.html": "<i>{{ said }}</i>",
    "misspelt.html": "{{ sayd }}",
    "header.html": '<b id="coins">{{ coins }}</b>',
    "shared.html": '<p lang="{{ f.language }}">{{ _("Endorse") }} {{ said }} {{ caller }}</p>',
}


@router.get("/shown")
def show(request: Request, context: Ctx, caller: Anyone, said: str = "", part: bool = False) -> Response:
    """A page of its own, or a part."""
    draw = context.pages.render_partial if part else context.pages.render
    return draw(request, "room/part.html" if part else "room/page.html", caller=caller, said=said)


@router.get("/shown/below", dependencies=[Open])
def refuse(caller: Anyone) -> None:
    """Refused, below a section."""
    raise Denied(needs="staff")


@router.get("/busy")
def be_busy(caller: Anyone) -> None:
    """Refused for a while."""
    raise Unavailable(retry_after_seconds=7)


@router.get("/misspelt")
def misspell(request: Request, context: Ctx, caller: Anyone) -> Response:
    """A template's mistake."""
    return context.pages.render(request, "room/misspelt.html")


@router.post("/flashed")
def say_and_lead_on(request: Request, caller: Anyone, said: str = "") -> Response:
    """Say something on the next page."""
    response = see_other("/shown")
    flash(response, said, request=request)
    return response


@pytest.fixture
def context(make_context: MakeContext, tmp_path: Path) -> Context:
    folder = tmp_path / "templates"
    folder.mkdir()
    for name, text in TEMPLATES.items():
        (folder / name).write_text(text)
    made = make_context()
    made.pages.add_templates("room", folder)
    made.pages.add_sections(
        Section("Late", "Late", "gift", "/late", order=80),
        Section("Shown", "Shown", "heart", "/shown", order=20),
        Section("Console", "Console", "shield", "/console", role=Role.STAFF),
        console_section("Ledger", "/console/ledger", order=5),
    )
    made.pages.add_header_part(HeaderPart("room/header.html", lambda request, caller: {"coins": 12}))
    return made


@pytest.fixture
def browser(context: Context) -> TestClient:
    app: FastAPI = build_app(context, pages=[router, appearance.router])
    return TestClient(app, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}, follow_redirects=False)


def _as(role: str, **headers: str) -> dict[str, Any]:
    return {"headers": {"X-Test-Role": role, **headers}}


def test_what_people_wrote_is_escaped(browser: TestClient) -> None:
    text = browser.get("/shown", params={"said": "<script>alert(1)</script>"}).text
    assert '<p id="said">&lt;script&gt;alert(1)&lt;/script&gt;</p>' in text


def test_name_that_a_template_misspells_is_an_error(context: Context, browser: TestClient) -> None:
    assert browser.get("/misspelt").status_code == 500
    with pytest.raises(UndefinedError, match="sayd"):
        context.pages.draw("room/misspelt.html", language="en")


def test_page_has_nothing_inline(browser: TestClient) -> None:
    text = browser.get("/shown", **_as("staff")).text
    assert "<style" not in text and " style=" not in text and "hx-on" not in text and "js:" not in text
    assert all("src=" in part.split(">")[0] for part in text.split("<script")[1:])
    assert "'unsafe" not in browser.get("/shown").headers["content-security-policy"]


def test_navigation_shows_what_the_role_may_see_in_order(browser: TestClient) -> None:
    member, staff = browser.get("/shown", **_as("member")).text, browser.get("/shown", **_as("staff")).text
    assert member.index(">Shown<") < member.index(">Late<")
    assert "/console" not in member
    assert 'href="/console"' in staff and 'href="/console/ledger"' not in staff


def test_tab_bar_has_five_at_most_and_the_last_that_give_way_leave() -> None:
    names = ("Home", "Progress", "Thanks", "Programs", "Rewards", "Console")
    sections = [Section(name, name, "heart", f"/{name}", gives_way=name in ("Progress", "Programs", "Rewards")) for name in names]
    assert [section.label for section in in_tabs(sections)] == ["Home", "Progress", "Thanks", "Programs", "Console"]
    assert in_tabs(sections[:5]) == sections[:5]


def test_section_that_a_page_is_in_is_marked(browser: TestClient) -> None:
    text = browser.get("/shown", **_as("member")).text
    assert 'href="/shown" aria-current="page"' in text and 'href="/late" aria-current' not in text


def test_stranger_s_page_has_no_navigation_and_no_header_parts(browser: TestClient) -> None:
    text = browser.get("/shown").text
    assert "<nav" not in text and 'id="coins"' not in text


def test_product_s_part_stands_in_the_header(browser: TestClient) -> None:
    assert '<b id="coins">12</b>' in browser.get("/shown", **_as("member")).text


def test_part_comes_without_the_frame(browser: TestClient) -> None:
    assert browser.get("/shown", params={"part": True, "said": "so & so"}).text == "<i>so &amp; so</i>"


def test_page_isn_t_kept_by_caches_and_is_packed_where_it_may_be(browser: TestClient) -> None:
    with browser.stream("GET", "/shown", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-encoding"] == "gzip"
        assert b"<!doctype html>" in gzip.decompress(b"".join(answer.iter_raw()))
    assert "content-encoding" not in browser.get("/shown", headers={"Accept-Encoding": "identity"}).headers


def test_flashed_sentence_is_shown_once_and_escaped(browser: TestClient) -> None:
    token = _token(browser)
    led = browser.post("/flashed", params={"said": "Done <b>ñ</b>"}, data={"csrf_token": token})
    assert (led.status_code, led.headers["location"]) == (303, "/shown")
    assert "Done &lt;b&gt;ñ&lt;/b&gt;" in browser.get("/shown").text
    assert "Done" not in browser.get("/shown").text


@pytest.mark.parametrize("forged", ["%", "AAA", "/w==", "x" * 10_000])
def test_forged_flash_is_nothing(browser: TestClient, forged: str) -> None:
    answer = browser.get("/shown", headers={"Cookie": f"{FLASH_COOKIE}={forged}"})
    assert answer.status_code == 200


def test_chosen_theme_is_drawn_by_the_server_and_can_be_forgotten(browser: TestClient) -> None:
    token = _token(browser)
    chosen = browser.post("/theme", data={"theme": "dark", "back": "/shown", "csrf_token": token})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/shown")
    assert 'data-theme="dark"' in browser.get("/shown").text
    browser.post("/theme", data={"theme": "auto", "csrf_token": token})
    assert "data-theme" not in browser.get("/shown").text


def test_theme_leads_back_to_our_own_pages_only(browser: TestClient) -> None:
    led = browser.post("/theme", data={"theme": "dark", "back": "//evil.example", "csrf_token": _token(browser)})
    assert led.headers["location"] == "/"


def test_forged_theme_is_nothing(browser: TestClient) -> None:
    text = browser.get("/shown", headers={"Cookie": f'{THEME_COOKIE}="><script>'}).text
    assert "data-theme" not in text


def test_asset_is_served_for_ever_and_a_wrong_one_is_missing(context: Context, browser: TestClient) -> None:
    served = browser.get(context.pages.assets.url("css/app.css"))
    assert served.status_code == 200 and "immutable" in served.headers["cache-control"]
    assert browser.get(f"/static/{context.pages.assets.digest}/vendor/LICENSES.md").status_code == 404


def test_refusal_is_a_page_that_says_what_to_do(browser: TestClient) -> None:
    refused = browser.get("/shown/below", **_as("member"))
    assert refused.status_code == 403
    assert "This isn't open to you" in refused.text and "Go to the start page" in refused.text


def test_form_that_was_open_too_long_says_what_to_do(browser: TestClient) -> None:
    refused = browser.post("/flashed", data={"csrf_token": "stale"})
    assert refused.status_code == 403
    assert "This form is too old" in refused.text and "Load the page again" in refused.text


def test_busy_page_says_when_to_come_back(browser: TestClient) -> None:
    refused = browser.get("/busy", **_as("member"))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "7")
    assert "Try again in 7 seconds." in refused.text


def test_unexpected_error_tells_its_number_and_nothing_else(browser: TestClient) -> None:
    failed = browser.get("/misspelt", headers={"X-Request-ID": "abcdef0123456789"})
    assert failed.status_code == 500
    assert "abcdef0123456789" in failed.text and "sayd" not in failed.text


def test_script_gets_a_refusal_as_a_toast(browser: TestClient) -> None:
    refused = browser.get("/shown/below", **_as("member", **{"HX-Request": "true", "HX-Request-Type": "partial"}))
    assert refused.status_code == 403
    assert refused.text.lstrip().startswith('<hx-partial hx-target="#toast"') and "<html" not in refused.text


def test_page_speaks_the_viewer_s_language(browser: TestClient) -> None:
    spanish = browser.get("/nowhere", headers={"Accept-Language": "es-ES,es;q=0.9"})
    assert 'lang="es"' in spanish.text and "Aquí no hay nada" in spanish.text
    assert CALLERS["member"].locale == "en"
    assert 'lang="en"' in browser.get("/shown", **_as("member", **{"Accept-Language": "es"})).text


def test_part_for_everyone_knows_nobody(context: Context) -> None:
    drawn = context.pages.draw("room/shared.html", language="es", said="<b>")
    assert drawn.decode() == '<p lang="es">Respaldar &lt;b&gt; None</p>'


def _token(browser: TestClient) -> str:
    text = browser.get("/shown").text
    return text.split('name="csrf-token" content="')[1].split('"')[0]
