"""What the pot does: numbers, plots that are told as tables too and to be had as CSV, and replies that are missing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response, StreamingResponse

from laurels.core.errors import DomainError, Missing
from laurels.products.pot.actions.replying import ask_again
from laurels.products.pot.console_pages.desk import PATH, AtDesk, Desk
from laurels.products.pot.queries import list_rounds
from laurels.products.pot.queries.monitoring import (
    NEW,
    SHARES,
    CoinDay,
    Flow,
    LimitUse,
    read_coin_days,
    read_limit_use,
    read_replies,
    read_supply,
)
from laurels.products.pot.rules import read_params, read_rules
from laurels.web.csv_answers import Cell, csv_answer
from laurels.web.language import N_
from laurels.web.limits import limited

router = APIRouter(prefix=PATH)

READS_PER_MINUTE = 60
RETRIES_PER_MINUTE = 60
ROUNDS = 10
"""Rounds that the page lists."""
ROUNDS_IN_TABLE = 1_000
REPLIES = 10
"""Failed replies that the page lists."""

Series = tuple[str, str, tuple[Flow, ...]]
"""A marked label, a tone, and the flows that count."""

_ISSUED: tuple[Series, ...] = (
    (N_("Starting coins"), "brand", (Flow.START,)),
    (N_("Weekly allowance"), "soft", (Flow.ALLOWANCE,)),
    (N_("Earned"), "ok", (Flow.EARNED,)),
    (N_("By staff, and prices returned later"), "gold", (Flow.TOP_UP, Flow.REISSUED)),
)
_INTO: tuple[Series, ...] = (
    (N_("Paid for messages"), "brand", (Flow.MESSAGE,)),
    (N_("Contributed"), "soft", (Flow.CONTRIBUTION,)),
)
_OUT: tuple[Series, ...] = (
    (N_("Won"), "gold", (Flow.PRIZE,)),
    (N_("Reset"), "bad", (Flow.RESET,)),
    (N_("Prices returned"), "soft", (Flow.REFUND,)),
)


@dataclass(frozen=True, slots=True)
class Plot:
    """Stacked bars of days.

    Attributes:
        rows: the short name, the name, and a number for each series.
        series: labels with their tones, from the bottom up.
    """

    rows: list[tuple[str, str, list[int]]]
    series: list[tuple[str, str]]


@router.get("", dependencies=[limited("pot-monitoring-page", per_minute=READS_PER_MINUTE)])
def show_monitoring(desk: AtDesk) -> Response:
    """The numbers of now. They are summed when they are asked for."""
    with desk.context.database.read.connect() as connection:
        now = desk.pot_now(connection)
        rules, params = read_rules(now.row.rules), read_params(now.row.params)
        days = read_coin_days(connection, desk.zone, at=desk.now)
        limits = read_limit_use(connection, rules, desk.zone, at=desk.now)
        values: dict[str, Any] = {
            "supply": read_supply(connection),
            "rounds": list_rounds(connection, limit=ROUNDS)[0],
            "replies": read_replies(connection, limit=REPLIES),
        }
    return desk.draw(
        "monitoring",
        now=now,
        terms=desk.terms(params),
        waits_for_next=rules.params() != params,
        has_model=desk.house.model is not None,
        model_name=desk.context.settings.model,
        issued=_plot(desk, days, _ISSUED),
        into=_plot(desk, days, _INTO),
        out=_plot(desk, days, _OUT),
        limits=limits,
        limit_rows=_limit_rows(desk, limits),
        **values,
    )


@router.post("/replies/{message_id}/retry", dependencies=[limited("staff-retry-reply", per_minute=RETRIES_PER_MINUTE)])
async def retry_failed(desk: AtDesk, message_id: UUID) -> Response:
    """Have the bot asked again for a reply that failed; it costs its writer nothing."""
    try:
        await ask_again(desk.context, desk.house, message_id)
    except DomainError as refusal:
        return desk.lead_refused("", refusal)
    return desk.lead("", N_("The bot is asked again."))


def _plot(desk: Desk, days: Sequence[CoinDay], wanted: Sequence[Series]) -> Plot | None:
    """None where nothing moved."""
    rows = [(str(one.day.day), _day(desk, one.day), [one.of(*flows) for _, _, flows in wanted]) for one in days]
    if not any(any(numbers) for _, _, numbers in rows):
        return None
    return Plot(rows, [(desk.say(label), tone) for label, tone, _ in wanted])


def _day(desk: Desk, day: date) -> str:
    return desk.formats.days(day, day)


def _limit_rows(desk: Desk, limits: LimitUse) -> list[tuple[str, str, list[int]]]:
    """A bar for each share of the limit, with the members who used so much."""
    between = desk.say(N_("{least}% to {most}%"))
    names = [(f"<{SHARES[1]}%", desk.say(N_("Less than {percent}%")).format(percent=SHARES[1]))]
    for least, following in pairwise(SHARES[1:]):
        names.append((f"{least}–{following - 1}%", between.format(least=least, most=following - 1)))
    names.append(("100%", desk.say(N_("All of it"))))
    rows = [(short, name, [members]) for (short, name), members in zip(names, limits.classes, strict=True)]
    if limits.unlimited:
        rows.append(("–", desk.say(N_("No limit")), [limits.unlimited]))
    return rows


Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


@router.get("/{table}.csv", dependencies=[limited("pot-monitoring-table", per_minute=READS_PER_MINUTE)])
def download_monitoring(desk: AtDesk, table: str) -> StreamingResponse:
    """One of the tables."""
    read = _TABLES.get(table)
    if read is None:
        raise Missing(what="table")
    with desk.context.database.read.connect() as connection:
        header, rows = read(desk, connection)
    return csv_answer(header, rows, filename=f"pot-{table}.csv")


def _days_table(desk: Desk, connection: Connection) -> Table:
    days = read_coin_days(connection, desk.zone, at=desk.now)
    header = ("day", "issued", *(flow.value for flow in Flow))
    return header, [(one.day.isoformat(), one.of(*NEW), *(one.of(flow) for flow in Flow)) for one in days]


def _limits_table(desk: Desk, connection: Connection) -> Table:
    found = read_limit_use(connection, read_rules(desk.pot_now(connection).row.rules), desk.zone, at=desk.now)
    rows: list[tuple[Cell, ...]] = list(zip(SHARES, found.classes, strict=True))
    return ("from_percent_of_limit", "members"), [*rows, (None, found.unlimited)]


def _rounds_table(desk: Desk, connection: Connection) -> Table:
    rounds, _ = list_rounds(connection, limit=ROUNDS_IN_TABLE)
    header = ("round", "opened_at", "ended_at", "ended_by", "messages", "paid", "contributed", "amount", "winner", "reason")
    return header, [
        (
            one.row.number,
            one.row.opened_at.isoformat(),
            one.row.ended_at.isoformat(),
            one.row.ended_by,
            one.row.messages,
            one.row.paid,
            one.row.contributed,
            one.row.amount,
            one.winner_name,
            one.row.reason,
        )
        for one in rounds
    ]


_TABLES: dict[str, Callable[[Desk, Connection], Table]] = {"days": _days_table, "limits": _limits_table, "rounds": _rounds_table}
