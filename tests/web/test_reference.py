"""The API's documentation: all of it is there, in light pages, its commands work, and Swagger UI is drawn under the strict policy."""

from collections.abc import Iterator
import gzip
from html import unescape
import json
from pathlib import Path
import re
import subprocess

from fastapi import FastAPI
from playwright.sync_api import Browser
import pytest
from starlette.testclient import TestClient

from laurels.core.errors import DomainError
from laurels.web.openapi import operations
from laurels.web.reference.operations import FILE_NAME, Operation, read_reference
from laurels.web.reference.prose import inline, prose
from laurels.web.reference.schemas import Schemas
from laurels.web.roles import roles_table
from support.members import MemberMaker, SignIn

pytestmark = pytest.mark.any_database

MISUNDERSTOOD = {"validation-failed", "bad-request", "method-not-allowed", "no-such-page", "idempotency-key-malformed", "cursor-invalid"}
"""What a command that doesn't fit its endpoint is answered."""

PAGE_BYTES = 24 * 1024
"""What a page may weigh by itself: with its style, scripts and font it then loads within 80 KB (tests/browser/test_weight.py)."""

STREAM_SECONDS = 2
"""How long a command that follows a stream is let do so."""

TIMED_OUT = 28
"""What curl ends with then."""

_ENTRY = re.compile(r'<li id="(\w+)"><a href="(/docs/reference/[\w-]+)#(\w+)">')
"""An operation in the list at /docs."""


def _operations(app: FastAPI, address: str) -> Iterator[Operation]:
    for group in read_reference(app.openapi(), roles_table(app), address=address).groups:
        yield from group.operations


def _pages(client: TestClient) -> dict[str, str]:
    """The reference by path: the list of operations, and each section that it leads to."""
    index = client.get("/docs").text
    paths = sorted({path for _, path, _ in _ENTRY.findall(index)})
    return {"/docs": index, **{path: client.get(path).text for path in paths}}


def test_every_problems_type_leads_to_its_explanation(client: TestClient) -> None:
    page = client.get("/docs/problems")
    assert page.status_code == 200
    codes = [code for code, error in DomainError.registry.items() if error.__module__.startswith("laurels.")]
    assert [code for code in codes if f'id="{code}"' not in page.text] == []


def test_every_operation_is_told_once_with_all_it_has(client: TestClient, app: FastAPI) -> None:
    page = unescape("\n".join(_pages(client).values()))
    articles = {
        found[1]: found[0]
        for found in re.finditer(r'<article class="card operation" aria-labelledby="(\w+)">.*?</article>', page, re.DOTALL)
    }
    document = app.openapi()
    missing: list[str] = []
    for name, raw in operations(document):
        method, path = name.split(" ", 1)
        codes = [
            code
            for response in raw["responses"].values()
            for content in response.get("content", {}).values()
            for code in content.get("examples", {})
        ]
        wanted = [f">{method}<", f"<code>{path}</code>", *(f"<code>{parameter['name']}</code>" for parameter in raw.get("parameters", ()))]
        wanted += [f'href="/docs/problems#{code}">' for code in codes]
        wanted += [f">{status}<" for status in raw["responses"] if status.startswith("2")]
        missing += [f"{name}: {part}" for part in wanted if part not in articles[raw["operationId"]]]
    assert missing == []
    assert len(articles) == len(list(operations(document)))


def test_operation_is_listed_at_the_anchor_that_it_has_in_its_section(client: TestClient, app: FastAPI) -> None:
    pages = _pages(client)
    listed = _ENTRY.findall(pages["/docs"])
    assert sorted(anchor for anchor, _, _ in listed) == sorted(raw["operationId"] for _, raw in operations(app.openapi()))
    assert [anchor for anchor, path, target in listed if anchor != target or f'<h2 id="{target}"' not in pages[path]] == []


def test_every_link_within_the_reference_leads_somewhere(client: TestClient) -> None:
    pages = _pages(client)
    for path, page in pages.items():
        ids = re.findall(r'id="([^"]+)"', page)
        assert sorted(set(re.findall(r'href="#([^"]+)"', page)) - set(ids)) == [], path
        assert len(ids) == len(set(ids)), path
    led = {path for page in pages.values() for path in re.findall(r'href="(/docs/reference/[^"#]*)', page)}
    assert led == set(pages) - {"/docs"}


def test_sections_lead_to_the_one_before_and_the_next(client: TestClient) -> None:
    pages = _pages(client)
    order = list(dict.fromkeys(path for _, path, _ in _ENTRY.findall(pages["/docs"])))
    for at, path in enumerate(order):
        steps = pages[path].split('aria-label="More pages">')[1].split("</nav>")[0]
        assert re.findall(r'<a class="[^"]*" href="([^"]+)"', steps) == [*order[max(at - 1, 0) : at], *order[at + 1 : at + 2]]


def test_no_page_of_the_reference_is_heavy(client: TestClient) -> None:
    weights = {path: len(gzip.compress(page.encode(), 5)) for path, page in _pages(client).items()}
    assert {path: weight for path, weight in weights.items() if weight > PAGE_BYTES} == {}


def test_unknown_section_isnt_found(client: TestClient) -> None:
    answer = client.get("/docs/reference/nothing-here", headers={"Accept": "text/html"})
    assert (answer.status_code, "Problems</title>" in answer.text) == (404, False)


def test_headings_are_translated_and_the_rest_is_marked_as_english(client: TestClient) -> None:
    spanish = {"Accept-Language": "es"}
    assert ">Identidad</a></h2>" in client.get("/docs", headers=spanish).text
    assert "<h1>Identidad</h1>" in client.get("/docs/reference/identity", headers=spanish).text
    page = client.get("/docs/reference/recognition", headers=spanish).text
    assert re.search(r'<h2 id="give_recognition" lang="en">', page)
    assert ">Identity</a></h2>" in client.get("/docs").text


def test_every_command_is_understood(server: str, app: FastAPI, make_member: MemberMaker, sign_in: SignIn, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"%PDF-1.7")
    assert set(DomainError.registry) >= MISUNDERSTOOD
    wrong: list[str] = []
    for operation in _operations(app, server):
        token = sign_in(make_member(role="admin")).headers["Authorization"].removeprefix("Bearer ")
        while_it_goes_on = f"-m {STREAM_SECONDS} || [ $? = {TIMED_OUT} ]" if operation.command.startswith("curl -N") else ""
        ran = subprocess.run(
            ["sh", "-c", f"{operation.command} -s -w '\\n%{{http_code}}' {while_it_goes_on}"],
            env={"PATH": "/usr/bin:/bin", "TOKEN": token},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        body, _, status = ran.stdout.rpartition("\n")
        code = json.loads(body)["code"] if int(status) >= 400 else ""
        documented = {str(answer.status) for answer in operation.answers} | {str(refusal.status) for refusal in operation.refusals}
        if code in MISUNDERSTOOD or status not in documented:
            wrong.append(f"{operation.command}: {ran.stdout}")
    assert wrong == []


def test_what_a_description_says_cant_become_markup() -> None:
    assert inline("a <b> & `<i>` **<u>**") == "a &lt;b&gt; &amp; <code>&lt;i&gt;</code> <strong>&lt;u&gt;</strong>"
    assert inline('[x"](/y"z)') == '<a href="/y&#34;z">x&#34;</a>'


def test_prose_has_paragraphs_and_lists() -> None:
    assert prose("Two\nlines.\n\nThen:\n- `one`\n  goes on\n- two") == (
        "<p>Two\nlines.</p>\n<p>Then:</p>\n<ul><li><code>one</code> goes on</li><li>two</li></ul>"
    )


def test_fields_within_fields_are_named_by_their_way() -> None:
    row = {"type": "object", "required": ["rank"], "properties": {"rank": {"type": "integer", "minimum": 1}}}
    schemas = Schemas({"components": {"schemas": {"Row": row}}})
    whole = {
        "properties": {
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
            "who": {"$ref": "#/components/schemas/Row"},
        }
    }
    told = [(field.name, field.kind, field.is_required) for field in schemas.fields(whole)]
    assert told == [
        ("items", "list of object", False),
        ("items[].rank", "integer, at least 1", True),
        ("who", "object", False),
        ("who.rank", "integer, at least 1", True),
    ]


def test_schema_of_one_or_another_has_both() -> None:
    one, many = {"properties": {"a": {"type": "string"}}}, {"properties": {"items": {"type": "array", "items": {"type": "integer"}}}}
    schemas = Schemas({})
    assert schemas.choices({"oneOf": [one, many]}) == [one, many]
    assert schemas.choices(one) == [one]
    assert schemas.example({"oneOf": [one, many]}) == {"a": "…"}


def test_operation_tells_every_body_that_it_takes(app: FastAPI) -> None:
    (award,) = (operation for operation in _operations(app, "") if operation.id == "award")
    assert [{"event_id", "awards"} & {field.name for field in body.fields} for body in award.bodies] == [{"event_id"}, {"awards"}]


def test_kinds_are_told_in_words() -> None:
    kind = Schemas({}).kind
    assert kind({"type": "string", "minLength": 1, "maxLength": 1000}) == "string, 1 to 1,000 characters"
    assert kind({"anyOf": [{"type": "string", "enum": ["a", "b"], "maxLength": 9}, {"type": "null"}]}) == "a | b or null"
    assert kind({"type": "boolean", "default": True}) == "boolean, default true"
    assert kind({"type": "string", "enum": [str(number) for number in range(13)]}) == "string"


def test_example_is_the_written_one_else_made_of_its_parts() -> None:
    example = Schemas({}).example
    assert example({"examples": [{"a": None}], "properties": {"a": {"type": "string"}}}) == {"a": None}
    assert example({"properties": {"a": {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}}}) == {"a": [1]}


@pytest.mark.browser
def test_swagger_is_drawn_under_the_strict_policy(server: str, browser: Browser) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server}/docs")
    page.get_by_role("link", name="Try it").click()
    page.locator(".opblock-tag", has_text="Operations").click()
    page.get_by_role("link", name="/healthz").first.wait_for()
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("username").first.wait_for()
    page.get_by_role("heading", name="service_key (http, Bearer)").wait_for()
    assert complaints == []
    page.close()
