"""docs/study.md says what the code says: its numbers, tables and codes are those that ship."""

from dataclasses import fields
import re
from typing import get_args

from docs.shell import ROOT
from laurels.core.settings import Settings
from laurels.products.study.actions.keys import MAX_OWN_KEYS
from laurels.products.study.actions.patience import HELD_SECONDS
from laurels.products.study.api import streams
from laurels.products.study.bounds import PASSAGES_GIVEN
from laurels.products.study.decisions.alerts import TOLD_AT
from laurels.products.study.errors import CommunityTokensUsedUp, TokensHeld, TokensUsedUp, TooManyChats
from laurels.products.study.extraction.limits import LIMITS, MEBIBYTE
from laurels.products.study.hooks import TYPES
from laurels.products.study.index.searching import CANDIDATES, MAX_VECTORS
from laurels.products.study.ingest.leases import LEASE
from laurels.products.study.ingest.outcomes import MAX_TRIES
from laurels.products.study.rules.codes import LENGTH
from laurels.products.study.rules.permissions import (
    DEFAULT_BUDGET,
    DEFAULT_CHATS,
    DEFAULT_LIMITS,
    DEFAULT_ZONE,
    TEMPLATES,
    Permission,
    Permissions,
)
from laurels.products.study.rules.words.passages import WORDS
from laurels.products.study.schemas.documents import ProcessingStatus
from laurels.web.problems import STATUSES

TEXT = (ROOT / "docs/study.md").read_text()


def rows(pattern: str) -> list[tuple[str, ...]]:
    """The rows of the page's tables that a pattern fits."""
    return re.findall(pattern, TEXT, re.MULTILINE)


def shipped(name: str) -> object:
    """What a setting is where nobody set it."""
    return Settings.model_fields[name].default


def test_permissions_are_told_with_what_a_new_member_has() -> None:
    told = {name: begins == "yes" for name, begins in rows(r"^\| `(\w+)` \| [^|]+ \| (yes|no) \|$")}
    assert told == {one.value: getattr(Permissions(), one.value) for one in Permission}


def test_templates_are_told() -> None:
    [said] = re.findall(r"Templates set five switches at once: (.+)$", TEXT, re.MULTILINE)
    assert re.findall(r"`(\w+)`", said) == list(TEMPLATES)
    assert len(fields(Permissions)) == 5


def test_statuses_of_documents_are_told_in_their_order() -> None:
    told = re.findall(r"^\| `([A-Z]+)` \|", TEXT, re.MULTILINE)
    assert told == list(get_args(ProcessingStatus))


def test_events_of_an_answer_are_told() -> None:
    told = re.findall(r"^\| `([a-z]+)` \|", TEXT.partition("| event | tells |")[2].partition("\n\n")[0], re.MULTILINE)
    assert told == re.findall(r"`(\w+)`", streams.__doc__ or "")


def test_refusals_are_told_with_their_statuses() -> None:
    told = [(code, int(status)) for code, status in rows(r"^\| `([\w-]+)`, (\d+) \| [^|]+ \|$")]
    assert told == [(one.code, STATUSES[one.kind]) for one in (TokensUsedUp, TokensHeld, TooManyChats, CommunityTokensUsedUp)]


def test_limits_are_those_that_ship() -> None:
    limits, budget = DEFAULT_LIMITS, DEFAULT_BUDGET
    assert f"{limits.daily:,} a day, {limits.weekly:,} a week, {limits.monthly:,} a month" in TEXT
    assert f"{budget.daily:,}, {budget.weekly:,} and {budget.monthly:,}, unless set otherwise" in TEXT
    assert f"At most {DEFAULT_CHATS} questions of a member are answered at once" in TEXT
    assert f"zone ({DEFAULT_ZONE}, unless it says otherwise)" in TEXT
    assert (shipped("study_daily_tokens"), shipped("study_sponsor_monthly")) == (limits.daily, budget.monthly)
    assert (shipped("study_max_chats"), shipped("study_time_zone")) == (DEFAULT_CHATS, DEFAULT_ZONE)


def test_quotas_are_those_that_ship() -> None:
    files, mebibytes = (f"{shipped(f'study_class_{unit}'):,}" for unit in ("files", "mebibytes"))
    own = f"{shipped('study_session_files')} and {shipped('study_session_mebibytes')} MiB a chat"
    assert f"up to {shipped('study_max_file_mebibytes')} MiB each; {files} and {mebibytes} MiB a class, {own}" in TEXT


def test_what_reading_may_take_is_told() -> None:
    said = f"{LIMITS.max_pages:,} pages, {LIMITS.max_unpacked_bytes // MEBIBYTE} MiB unpacked, 10 million characters"
    assert f"{said}, {LIMITS.max_page_characters:,} a page" in TEXT
    assert LIMITS.max_characters == 10_000_000
    assert "a gigabyte of memory and thirty seconds of CPU, and is waited for a minute" in TEXT
    assert (LIMITS.memory_bytes, LIMITS.cpu_seconds, LIMITS.wall_seconds) == (1024 * MEBIBYTE, 30, 60)
    assert f"passages of about {WORDS} words" in TEXT


def test_numbers_in_words_are_right() -> None:
    assert "eight characters, no look-alikes" in TEXT
    assert LENGTH == 8
    assert "**Eight passages** at most" in TEXT
    assert PASSAGES_GIVEN == 8
    assert "where it stopped, three minutes later" in TEXT
    assert LEASE.total_seconds() == 180
    assert "is tried five times" in TEXT
    assert MAX_TRIES == 5
    assert "it waited three seconds" in TEXT
    assert HELD_SECONDS == 3
    assert "up to five in a class" in TEXT
    assert MAX_OWN_KEYS == 5
    assert "At 80 and at 100 percent" in TEXT
    assert sorted(TOLD_AT) == [80, 100]
    assert f"Over more than {MAX_VECTORS:,} passages in one class, vectors sort the thousand" in TEXT
    assert CANDIDATES == 1_000


def test_codes_of_the_gateway_are_told() -> None:
    refusals = (ROOT / "src/laurels/products/study/gateway/refusals.py").read_text()
    [said] = re.findall(r"^- \*\*Refusals\*\* have the protocol's form: (.+)$", TEXT, re.MULTILINE)
    ours = {"not_in_class", "answer_failed"}
    assert {code for code in re.findall(r"`(\w+)`", said) if code not in ours} == set(
        re.findall(r'"(invalid_api_key|insufficient_quota|rate_limit_exceeded|content_filter|context_length_exceeded)"', refusals)
    )


def test_webhooks_are_told_with_their_data() -> None:
    text = (ROOT / "docs/webhooks.md").read_text()
    table = text.partition("## The events of study")[2].partition("\n## ")[0]
    told = re.findall(r"^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
    assert {name: set(re.findall(r"`(\w+)`", data)) for name, data in told} == {kind.name: set(kind.example) for kind in TYPES}


def test_settings_of_study_are_told() -> None:
    operations = (ROOT / "docs/operations.md").read_text()
    names = [name for name in Settings.model_fields if name.startswith("study_")]
    assert [name for name in names if f"`LAURELS_{name.upper()}`" not in operations] == []
