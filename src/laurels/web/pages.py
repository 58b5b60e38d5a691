"""Draws HTML: templates, the frame around them, and what each viewer's frame holds.

Products register their templates under a prefix, their sections (navigation)
and their parts of the header, so that this room knows none of them. Whatever a
person wrote is escaped, always; a name that a template misspells is an error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import gzip
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from laurels.core.clock import Clock
from laurels.core.errors import DomainError
from laurels.core.ids import new_id
from laurels.web import csrf
from laurels.web.assets import assets_below
from laurels.web.caller import Caller, Role, caller_so_far
from laurels.web.compiled import compiled_templates
from laurels.web.flash import FLASH_COOKIE, flash, read_flash
from laurels.web.formats import Formats, initials, nice_ceiling
from laurels.web.language import N_, choose_language, explain, language_names, translations
from laurels.web.problems import Problem

HERE = Path(__file__).parent
THEME_COOKIE = "laurels_theme"
THEMES = ("light", "dark")
"""What the theme cookie may say; without one the device decides."""

NOBODY = N_("Deleted member")
"""Stands where the name was of somebody who deleted their account: the `named` filter."""

MAX_TABS = 5
"""Tabs that a phone's bar has room for."""

PACKED_FROM = 1024
"""Bytes from which an answer is worth compressing."""


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation.

    Attributes:
        label: a marked message; `short` fits below an icon on a phone.
        path: where it leads; pages below it count as being in it.
        role: who sees it.
        in_tabs: whether it is in the phone's tab bar, which has room for five.
        gives_way: whether it leaves the tab bar where there are more: it is reached from home, too.
        is_console: whether it is in the console's own navigation.
        order: its place among the others, lowest first.
    """

    label: str
    short: str
    icon: str
    path: str
    role: Role = Role.MEMBER
    in_tabs: bool = True
    gives_way: bool = False
    is_console: bool = False
    order: int = 50


def console_section(label: str, path: str, *, order: int) -> Section:
    """An entry of the console's navigation, for staff."""
    return Section(label=label, short=label, icon="shield", path=path, role=Role.STAFF, in_tabs=False, is_console=True, order=order)


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A page for staff about one member, that their page in the console leads to.

    Attributes:
        label: a marked message.
        path: with `{member_id}` in it.
    """

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class HeaderPart:
    """Something that a product shows in every page's header."""

    template: str
    read: Callable[[Request, Caller], Mapping[str, Any]]


class Pages:
    """The templates of every room, with the frame around them."""

    def __init__(self, *, clock: Clock, community_name: str, default_zone: ZoneInfo) -> None:
        self.assets = assets_below(HERE / "static")
        self._clock = clock
        self._community = community_name
        self._default_zone = default_zone
        self._folders: dict[str, BaseLoader] = {}
        self._sections: list[Section] = []
        self._header_parts: list[HeaderPart] = []
        self._member_pages: list[MemberPage] = []
        self._environments: dict[str, Environment] = {}

    def add_templates(self, prefix: str, folder: Path) -> None:
        """Find `prefix/...` templates in a folder."""
        self._folders[prefix] = FileSystemLoader(folder)

    def add_sections(self, *sections: Section) -> None:
        """Add to the navigation."""
        self._sections = sorted([*self._sections, *sections], key=lambda section: section.order)

    def add_member_pages(self, *member_pages: MemberPage) -> None:
        """Lead from a member's page in the console to pages about them."""
        self._member_pages.extend(member_pages)

    def pages_about(self, member_id: UUID) -> list[tuple[str, str]]:
        """Addresses of the pages about a member, with their marked labels, in the order in which products were added."""
        return [(page.path.format(member_id=member_id), page.label) for page in self._member_pages]

    def add_header_part(self, part: HeaderPart) -> None:
        """Show a part in the header of every page that a member sees."""
        self._header_parts.append(part)

    def render(
        self,
        request: Request,
        template: str,
        *,
        caller: Caller | None = None,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """A whole page. What was flashed before a redirect is shown on it, once.

        It may read the database for the header: call it on a thread.
        """
        frame = self._frame(request, caller, with_parts=True)
        flashed = read_flash(request)
        response = self._answer(request, template, {**frame, "flash": flashed or "", **values}, status_code=status_code, headers=headers)
        if flashed is not None:
            response.delete_cookie(FLASH_COOKIE, path="/")
        return response

    def render_partial(
        self,
        request: Request,
        template: str,
        *,
        caller: Caller | None = None,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """The part of a page that a swap replaces."""
        return self._answer(request, template, {**self._frame(request, caller), **values}, status_code=status_code, headers=headers)

    def draw(self, template: str, *, language: str, **values: Any) -> bytes:
        """A part for everyone who follows a topic in a language: in the community's zone, with no form token.

        The browser adds the token, and adapts what is the viewer's own.
        """
        formats = Formats(language=language, zone=self._default_zone, now=self._clock.now())
        html = self._environment(language).get_template(template).render(f=formats, caller=None, csrf_token="", **values)
        return html.encode()

    def error_page(self, request: Request, problem: Problem) -> Response:
        """A refusal as a page of its own, or as a toast where htmx asked for a part of one."""
        caller = caller_so_far(request.scope)
        frame = self._frame(request, caller)
        template = "partials/toast.html" if is_partial(request) else "pages/error.html"
        values = {**frame, "flash": "", "problem": problem, "said": problem.detail}
        return self._answer(request, template, values, status_code=problem.status, headers=problem.headers)

    def lead(self, request: Request, path: str, said: str, **fields: Any) -> Response:
        """After a form was handled: lead on to a page that says so; `said` is a marked sentence with these fields."""
        response = see_other(path)
        flash(response, self.translate(request, said).format(**fields), request=request)
        return response

    def translate(self, request: Request, text: str) -> str:
        """An English sentence in the language of whoever asks."""
        return translations(self.language_of(request, caller_so_far(request.scope))).gettext(text)

    def explain(self, request: Request, error: DomainError) -> str:
        """A refusal's sentence in the language of whoever asks."""
        return explain(error, self.language_of(request, caller_so_far(request.scope)))

    def language_of(self, request: Request, caller: Caller | None) -> str:
        """The language that whoever asks is answered in."""
        return choose_language(caller.locale if caller else None, request.headers.get("accept-language"))

    def formats(self, request: Request, caller: Caller | None) -> Formats:
        """How numbers and times are written for whoever asks: `f` in templates."""
        zone = ZoneInfo(caller.time_zone) if caller else self._default_zone
        return Formats(language=self.language_of(request, caller), zone=zone, now=self._clock.now())

    def _frame(self, request: Request, caller: Caller | None, *, with_parts: bool = False) -> dict[str, Any]:
        theme = request.cookies.get(THEME_COOKIE, "")
        visible = [section for section in self._sections if caller and caller.role.covers(section.role)]
        parts = self._header_parts if caller and with_parts else []
        frame: dict[str, Any] = {
            "caller": caller,
            "community": self._community,
            "language": self.language_of(request, caller),
            "language_names": language_names(),
            "theme": theme if theme in THEMES else "",
            "path": request.url.path,
            "csrf_token": csrf.token_for(request),
            "sections": [section for section in visible if not section.is_console],
            "tabs": in_tabs([section for section in visible if section.in_tabs]),
            "console_sections": [section for section in visible if section.is_console],
            "header_parts": [part.template for part in parts],
            "f": self.formats(request, caller),
            "topics": "",
        }
        for part in parts:
            if caller:
                frame.update(part.read(request, caller))
        return frame

    def _answer(
        self, request: Request, template: str, values: dict[str, Any], *, status_code: int, headers: Mapping[str, str] | None
    ) -> HTMLResponse:
        html = self._environment(values["language"]).get_template(template).render(values)
        own = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie, Accept-Language", **(headers or {})}
        body = html.encode()
        if len(body) >= PACKED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
            body, own["Content-Encoding"] = gzip.compress(body, 5, mtime=0), "gzip"
        return HTMLResponse(body, status_code=status_code, headers=own)

    def _environment(self, language: str) -> Environment:
        """The templates in a language: its words are bound when a template is compiled."""
        made = self._environments.get(language)
        if made is None:
            made = Environment(
                loader=ChoiceLoader([PrefixLoader(self._folders), FileSystemLoader(HERE / "templates")]),
                autoescape=True,
                undefined=StrictUndefined,
                extensions=["jinja2.ext.i18n"],
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=False,
                cache_size=-1,
                bytecode_cache=compiled_templates(language),
            )
            made.policies["ext.i18n.trimmed"] = True
            made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # the extension's
            made.globals.update(asset=self.assets.url, drawing=self.assets.drawing)
            made.globals.update(nice_ceiling=nice_ceiling, new_id=new_id, strong=strong)
            made.filters["initials"] = initials
            made.filters["named"] = lambda name: name or translations(language).gettext(NOBODY)
            self._environments[language] = made
        return made


def in_tabs(sections: Sequence[Section]) -> list[Section]:
    """The sections of the phone's tab bar: those that give way leave where there are too many, the last first."""
    kept = list(sections)
    for section in reversed(sections):
        if len(kept) > MAX_TABS and section.gives_way:
            kept.remove(section)
    return kept


def strong(text: str) -> Markup:
    """A name that stands out within a translated sentence."""
    return Markup("<strong>{}</strong>").format(text)


def is_partial(request: Request) -> bool:
    """Whether htmx asks, for a part of a page; a browser asks for a whole one."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type") != "full"


def see_other(path: str) -> RedirectResponse:
    """After a form was handled: lead on, so that a reload doesn't send it again."""
    return RedirectResponse(path, status_code=303)
