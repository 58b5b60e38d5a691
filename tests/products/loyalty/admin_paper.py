"""A browser without scripts for the pages of those who run programs."""

from html import unescape
import re

from products.recognition.paper import Paper

PATH = "/console/programs"
WINE = {
    "name": "Wine & Dine",
    "currency": "gbp",
    "zone": "Europe/London",
    "unit_name": "corks",
    "spend_per": "100.00",
    "points": "5",
    "joining": "open",
}


def create(browser: Paper, **fields: str) -> str:
    """Create a program; gives its path."""
    answer = browser.post(f"{PATH}/new", page=PATH, **{**WINE, **fields})
    assert answer.status_code == 303, answer.text
    path: str = answer.headers["location"]
    return path


def fields_of(page: str, form: str = 'id="editor"') -> dict[str, str]:
    """What a form of a page would send as it stands; boxes of one name together, as words."""
    inside = page.split(form)[1].split("</form>")[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", inside):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and not (('type="checkbox"' in tag or 'type="radio"' in tag) and " checked" not in tag):
            text = unescape(value[1]) if value else ""
            found[name[1]] = f"{found[name[1]]} {text}" if name[1] in found else text
    for name, body in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', inside, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', body)[0]
    for name, body in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', inside, re.DOTALL):
        found[name] = unescape(body)
    return found


def problems_in(page: str) -> dict[str, str]:
    """The errors beside a form's fields, and above it (`form`)."""
    beside = dict(re.findall(r'id="([\w-]+)-error">.*?<span>(.*?)</span>', page, re.DOTALL))
    above = re.search(r'role="alert">.*?<p>(.*?)</p>', page, re.DOTALL)
    return {name: unescape(said) for name, said in beside.items()} | ({"form": unescape(above[1])} if above else {})
