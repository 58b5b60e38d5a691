"""Rounds and draws as they are read, and rules as staff change them."""

import pytest

from laurels.core.errors import Missing
from laurels.identity.editing import OPERATOR
from laurels.products.pot.actions.rules import change_rules
from laurels.products.pot.errors import RoundGoesOn
from laurels.products.pot.queries import each_draw, get_round, list_draws, list_rounds, list_statement
from laurels.products.pot.rules import PotRules, read_rules
from laurels.web.etags import WHICHEVER, Expected, PreconditionFailed
from products.pot.parlour import Parlour


def test_rounds_and_draws_are_read_as_they_were(parlour: Parlour) -> None:
    parlour.begin()
    ana = parlour.make_member()
    dull = parlour.unlucky(ana, until=3)
    for _ in range(3):
        parlour.send(ana, client_seed=dull)
    parlour.send(ana, client_seed=parlour.lucky(ana, wins_at=4))
    with parlour.database.read.connect() as connection:
        [one], has_more = list_rounds(connection, limit=1)
        assert (one.row.number, one.winner_name, has_more) == (1, ana.display_name, False)
        assert get_round(connection, 1) == one
        draws = list(each_draw(connection, 1))
        assert [(draw.number, draw.price, draw.pot_after, draw.prize) for draw in draws] == [
            (1, 5, 5, 0),
            (2, 10, 15, 0),
            (3, 15, 30, 0),
            (4, 20, 50, 50),
        ]
        assert list_draws(connection, 1, limit=2, after=1) == (draws[1:3], True)
        with pytest.raises(RoundGoesOn):
            get_round(connection, 2)
        with pytest.raises(Missing):
            get_round(connection, 3)


def test_staff_change_rules_once_for_each_version(parlour: Parlour) -> None:
    parlour.begin()
    wanted = PotRules(starting_coins=7)
    changed = change_rules(parlour.database, OPERATOR, wanted, expected=Expected(frozenset({1})), now=parlour.clock.at)
    assert (changed.version, read_rules(changed.rules)) == (2, wanted)
    with pytest.raises(PreconditionFailed):
        change_rules(parlour.database, OPERATOR, PotRules(), expected=Expected(frozenset({1})), now=parlour.clock.at)
    again = change_rules(parlour.database, OPERATOR, wanted, expected=WHICHEVER, now=parlour.clock.at)
    assert again == changed, "the same rules again change nothing"


def test_rules_of_a_pot_that_isnt_open_cant_be_changed(parlour: Parlour) -> None:
    with pytest.raises(Missing):
        change_rules(parlour.database, OPERATOR, PotRules(), expected=WHICHEVER, now=parlour.clock.at)


def test_a_statement_tells_why_staff_changed_it(parlour: Parlour) -> None:
    parlour.begin()
    ana = parlour.make_member()
    parlour.give(ana, 50)
    parlour.give(ana, -20)
    with parlour.database.read.connect() as connection:
        lines, has_more = list_statement(connection, ana.id, limit=2)
    assert [(line.kind, line.amount, line.balance, line.reason) for line in lines] == [
        ("deduction", -20, 130, "a test"),
        ("top_up", 50, 150, "a test"),
    ]
    assert has_more is True
