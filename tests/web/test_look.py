"""The tokens' contrast, and that style sheets use nothing else for colour."""

import re

import pytest

from laurels.web.pages import HERE

CSS = (HERE / "static/css/app.css").read_text()
TEXT, LARGE_OR_PART = 4.5, 3.0
"""WCAG 2.2: text (1.4.3), and what identifies a control (1.4.11)."""

PAIRS = [
    ("ink", "bg", TEXT),
    ("ink", "surface", TEXT),
    ("ink", "sunken", TEXT),
    ("ink", "brand-soft", TEXT),
    ("ink", "ok-soft", TEXT),
    ("ink", "bad-soft", TEXT),
    ("ink", "gold-soft", TEXT),
    ("ink-2", "bg", TEXT),
    ("ink-2", "surface", TEXT),
    ("ink-2", "sunken", TEXT),
    ("brand-ink", "bg", TEXT),
    ("brand-ink", "surface", TEXT),
    ("brand-ink", "brand-soft", TEXT),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-ink", TEXT),
    ("gold-ink", "gold-soft", TEXT),
    ("gold-ink", "surface", TEXT),
    ("gold-ink", "brand-soft", TEXT),
    ("ok", "surface", TEXT),
    ("ok", "ok-soft", TEXT),
    ("bad", "surface", TEXT),
    ("bad", "bad-soft", TEXT),
    ("on-bad", "bad", TEXT),
    ("bg", "ink", TEXT),
    *[("avatar-ink", f"hue-{number}", TEXT) for number in range(6)],
    ("edge", "surface", LARGE_OR_PART),
    ("edge", "bg", LARGE_OR_PART),
    ("brand", "bg", LARGE_OR_PART),
    ("brand", "surface", LARGE_OR_PART),
]


def _tokens(theme: str) -> dict[str, str]:
    place = ("light", "dark").index(theme) + 2
    return {found[1]: found[place] for found in re.finditer(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", CSS)}


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast_suffices(front: str, back: str, least: float, theme: str) -> None:
    tokens = _tokens(theme)
    lighter, darker = sorted((_luminance(tokens[front]), _luminance(tokens[back])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_components_use_tokens_only() -> None:
    components = CSS[CSS.index("@layer components {") :]
    coin = re.sub(r"  \.coin \{.*\}\n", "", components)  # a picture of a coin: the same metal by day and night
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(|oklch\(", coin) == []


def test_every_token_that_is_used_exists() -> None:
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) <= set(re.findall(r"--([\w-]+):", CSS))
