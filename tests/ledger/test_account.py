"""An account is its name."""

import pytest

from laurels.ledger import Account, Nature, meter, system

GIVER = "member/aaaaaaaa-0000-0000-0000-000000000001"


def test_account_id_follows_from_every_part_of_the_name() -> None:
    parts = {
        "book": "b",
        "asset": "a",
        "owner": "o",
        "purpose": "p",
        "window": "w",
        "nature": Nature.PURSE,
        "board": False,
        "ranked": False,
    }
    changes = {
        "book": "x",
        "asset": "x",
        "owner": "x",
        "purpose": "x",
        "window": "x",
        "nature": Nature.METER,
        "board": True,
        "ranked": True,
    }
    ids = {Account(**parts).id} | {Account(**{**parts, name: value}).id for name, value in changes.items()}
    assert len(ids) == 1 + len(parts)


def test_account_id_is_stable() -> None:
    """Ids are stored: a changed hash would orphan every account."""
    assert Account("recognition", "credit", GIVER, "allowance").id == "33f4bdd1a36535be398e2cf2173cb320"
    assert meter("recognition", GIVER, "sent", "2026-11", board=True).id == "3b72961cb8d234eb0252579eabd1da28"
    assert system("recognition", "credit", "issued").id == "f317d82477ccf16bf42ec850cfc243b3"


def test_ranked_account_is_on_a_board() -> None:
    ranked = meter("b", GIVER, "standing", "2026-11", ranked=True)
    assert ranked.board
    assert ranked == meter("b", GIVER, "standing", "2026-11", board=True, ranked=True)
    assert ranked != meter("b", GIVER, "standing", "2026-11", board=True)


def test_accounts_are_equal_by_name() -> None:
    first, second = (Account("b", "credit", GIVER, "allowance") for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != Account("b", "credit", GIVER, "received")
    assert first != first.id


def test_account_reads_as_its_parts() -> None:
    assert str(meter("b", GIVER, "sent", "2026-11")) == f"b/meter/{GIVER}/sent/2026-11"
    assert str(system("b", "credit", "issued")) == "b/credit/system/issued"


def test_no_part_holds_the_separator() -> None:
    """Else two names would share one id: `a` + `b<separator>c` and `a<separator>b` + `c`."""
    with pytest.raises(ValueError, match="separator"):
        Account("b", "credit", "o\x1fp", "q")
