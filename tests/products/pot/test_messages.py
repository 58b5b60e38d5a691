"""Paid messages as decisions: prices, the draw, the winner's prize, what is refused."""

from datetime import timedelta
from hashlib import sha256

import pytest

from laurels.core.ids import new_id
from laurels.identity.errors import MemberInactive
from laurels.ledger import InsufficientBalance, LimitReached
from laurels.products.pot.decisions import Contribute, PauseMember, SetLimit
from laurels.products.pot.errors import Paused, PriceMoved
from laurels.products.pot.rules import canonical, hash_of, read_rules, wins
from products.pot.parlour import FIRST_SEED, Parlour

SECOND_SEED = bytes(range(32, 64))


def test_c08_without_a_win_messages_cost_5_10_15_20_25_and_the_sixth_is_refused(parlour: Parlour) -> None:
    parlour.begin()
    ana = parlour.make_member()
    dull = parlour.unlucky(ana, until=6)
    paid = [parlour.send(ana, client_seed=dull) for _ in range(5)]
    assert [one.price for one in paid] == [5, 10, 15, 20, 25]
    assert [one.next_price for one in paid] == [10, 15, 20, 25, 30]
    assert (paid[-1].balance, paid[-1].pot, parlour.coins(ana), parlour.in_pot()) == (25, 75, 25, 75)
    before = (parlour.heads(), parlour.pot(), parlour.sender(ana))
    with pytest.raises(InsufficientBalance):
        parlour.send(ana, client_seed=dull)
    assert (parlour.heads(), parlour.pot(), parlour.sender(ana)) == before, "a refused message changes nothing"


def test_c09_the_first_message_leaves_95_and_5_in_the_pot(parlour: Parlour) -> None:
    parlour.begin()
    ana = parlour.make_member()
    done = parlour.send(ana, client_seed=parlour.unlucky(ana, until=1))
    assert (done.price, done.balance, done.pot, done.round, done.number, done.prize) == (5, 95, 5, 1, 1, 0)
    assert parlour.postings(ana) == [("start", 100, 100), ("message", -5, 95)]


def test_a_winner_takes_the_whole_pot_and_a_new_round_begins(parlour: Parlour) -> None:
    parlour.begin()
    ana, bo = parlour.make_member(), parlour.make_member()
    for _ in range(2):
        parlour.send(bo, client_seed=parlour.unlucky(bo, until=2))
    parlour.seeds.coming = [SECOND_SEED]
    first = parlour.pot()
    done = parlour.send(ana, client_seed=parlour.lucky(ana, wins_at=3))
    assert (done.prize, done.balance, done.pot, done.round, done.current, done.next_price) == (20, 115, 0, 1, 2, 10)
    [ended] = parlour.rounds()
    assert (ended.number, ended.winner, ended.message, ended.amount, ended.messages, ended.paid) == (1, ana.id, done.message, 20, 3, 20)
    assert (ended.seed, ended.commitment, ended.params_hash) == (FIRST_SEED.hex(), first.commitment, first.params_hash)
    now = parlour.pot()
    assert (now.round, now.messages, now.paid) == (2, 0, 0)
    assert now.commitment == sha256(f"pot-v1|r2|{now.params_hash}|".encode() + SECOND_SEED).hexdigest()
    assert parlour.told("pot.won") == [
        {"pot": "main", "message": str(done.message), "member": str(ana.id), "round": 1, "prize": 20},
    ]


def test_c04_of_two_winners_the_second_gets_the_new_rounds_pot(parlour: Parlour) -> None:
    parlour.begin()
    ana, bo = parlour.make_member(), parlour.make_member()
    parlour.seeds.coming = [SECOND_SEED]
    first = parlour.send(ana, client_seed=parlour.lucky(ana, wins_at=1))
    second = parlour.send(bo, client_seed=parlour.lucky(bo, wins_at=1, seed=SECOND_SEED, round=2))
    assert (first.prize, second.prize, second.round, second.current) == (5, 5, 2, 3)
    assert [(one.number, one.winner, one.amount) for one in parlour.rounds()] == [(1, ana.id, 5), (2, bo.id, 5)]


def test_a_win_doesnt_reset_the_price(parlour: Parlour) -> None:
    parlour.begin()
    ana = parlour.make_member()
    parlour.send(ana, client_seed=parlour.lucky(ana, wins_at=1))
    assert parlour.send(ana).price == 10


@pytest.mark.parametrize(("resets", "after_round", "after_day"), [("never", 10, 15), ("round", 5, 10), ("day", 10, 5)])
def test_prices_begin_again_where_the_rules_say_so(parlour: Parlour, resets: str, after_round: int, after_day: int) -> None:
    parlour.begin(price_resets=resets)
    ana = parlour.make_member()
    parlour.seeds.coming = [SECOND_SEED]
    won = parlour.send(ana, client_seed=parlour.lucky(ana, wins_at=1))
    dull = parlour.unlucky(ana, until=2, seed=SECOND_SEED, round=2)
    done = parlour.send(ana, client_seed=dull)
    assert (won.next_price, done.price) == (after_round, after_round)
    parlour.later(days=1)
    assert parlour.send(ana, client_seed=dull).price == after_day


def test_c02_a_price_above_the_most_is_refused_with_the_new_one(parlour: Parlour) -> None:
    parlour.begin()
    ana = parlour.make_member()
    parlour.send(ana, max_price=5)
    before = parlour.heads()
    with pytest.raises(PriceMoved) as refusal:
        parlour.send(ana, max_price=9)
    assert refusal.value.fields == {"price": 10, "max_price": 9}
    assert parlour.heads() == before
    assert parlour.send(ana, max_price=10).price == 10


def test_every_draw_follows_from_the_seed(parlour: Parlour) -> None:
    parlour.begin()
    ana = parlour.make_member()
    parlour.give(ana, 10_000)
    won = [parlour.send(ana, client_seed=f"seed {n}").prize > 0 for n in range(12)]
    rounds = {one.number: bytes.fromhex(one.seed) for one in parlour.rounds()}
    for message in parlour.messages():
        if message.round in rounds:
            seed = rounds[message.round]
            expected = wins(seed, f"r{message.round}", message.number, str(ana.id), message.client_seed, ppm=100_000)
            assert expected is (message.prize > 0)
    assert won.count(True) == len(rounds)


def test_falling_odds_never_pay(parlour: Parlour) -> None:
    parlour.begin(odds={"kind": "falling", "ppm": 100_000})
    ana = parlour.make_member()
    parlour.give(ana, 1_000)
    parlour.post_now(Contribute(new_id(), ana.id, 200, parlour.clock.at, parlour.place.settings.zone))
    done = parlour.send(ana)
    assert done.ppm == 900_000 * 5 // 205
    assert done.ppm * 205 < 5 * 1_000_000


def test_demand_raises_prices_and_quiet_lets_them_fall(parlour: Parlour) -> None:
    parlour.begin(price={"kind": "demand", "step": 100, "target": 1, "window_minutes": 10}, odds={"kind": "flat", "ppm": 1})
    ana, bo = parlour.make_member(), parlour.make_member()
    for who in (ana, bo):
        parlour.give(who, 10_000)
    for who in (ana, bo, ana):
        parlour.send(who)
    parlour.later(minutes=10)
    assert parlour.send(bo).price == 250, "three messages where one was expected: a quarter more"
    parlour.later(hours=24)
    assert parlour.send(bo).price == 300


def test_the_rules_of_a_draw_hold_from_the_next_round_and_the_others_at_once(parlour: Parlour) -> None:
    parlour.begin()
    ana, bo = parlour.make_member(), parlour.make_member()
    parlour.send(ana, client_seed=parlour.unlucky(ana, until=1))
    parlour.set_rules(price={"kind": "linear", "step": 7}, starting_coins=500)
    done = parlour.send(bo, client_seed=parlour.lucky(bo, wins_at=2))
    assert (done.price, done.balance, done.next_price) == (5, 500 - 5 + 10, 14)
    assert parlour.pot().params_hash == hash_of(canonical(read_rules(parlour.pot().rules).params()))


def test_a_first_touch_gives_100_and_later_weeks_fill_the_purse_up(parlour: Parlour) -> None:
    parlour.begin()
    ana = parlour.make_member()
    parlour.send(ana)
    parlour.later(weeks=1)
    parlour.send(ana)
    assert [line[:2] for line in parlour.postings(ana) if line[0] in ("start", "allowance")] == [("start", 100), ("allowance", 50)]
    before = parlour.coins(ana)
    parlour.later(weeks=10)
    parlour.send(ana)
    filled = [line for line in parlour.postings(ana) if line[0] == "allowance"][-1]
    assert filled[1:] == (200 - before, 200), "ten idle weeks fill it to its mark, and no further"


def test_the_daily_limit_counts_what_is_put_in(parlour: Parlour) -> None:
    parlour.begin(daily_limit=20)
    ana = parlour.make_member()
    dull = parlour.unlucky(ana, until=4)
    for _ in range(2):
        parlour.send(ana, client_seed=dull)
    before = parlour.heads()
    with pytest.raises(LimitReached) as refusal:
        parlour.send(ana, client_seed=dull)
    assert (refusal.value.fields["limit"], refusal.value.fields["used"], refusal.value.fields["resets_at"]) == (
        20,
        15,
        (parlour.clock.at + timedelta(days=1)).replace(hour=0, minute=0, second=0).isoformat(),
    )
    assert parlour.heads() == before
    parlour.later(days=1)
    assert parlour.send(ana, client_seed=dull).price == 15


def test_a_limit_of_ones_own_is_lowered_at_once_and_raised_from_tomorrow(parlour: Parlour) -> None:
    parlour.begin()
    ana, zone = parlour.make_member(), parlour.place.settings.zone
    lowered = parlour.post_now(SetLimit(ana.id, 5, parlour.clock.at, zone)).answer
    assert (lowered.own_limit, lowered.holds_at_once) == (5, True)
    parlour.send(ana, client_seed=parlour.unlucky(ana, until=3))
    raised = parlour.post_now(SetLimit(ana.id, None, parlour.clock.at, zone)).answer
    assert (raised.own_limit, raised.later_limit, raised.holds_at_once) == (5, None, False)
    with pytest.raises(LimitReached):
        parlour.send(ana)
    parlour.later(days=1)
    assert parlour.send(ana).price == 10


def test_a_pause_keeps_out_and_isnt_shortened(parlour: Parlour) -> None:
    parlour.begin()
    ana, zone = parlour.make_member(), parlour.place.settings.zone
    ends = parlour.clock.at + timedelta(days=7)
    parlour.post_now(PauseMember(ana.id, ends, parlour.clock.at, zone))
    shorter = parlour.post_now(PauseMember(ana.id, parlour.clock.at + timedelta(days=1), parlour.clock.at, zone)).answer
    assert shorter.paused_until == ends.isoformat()
    with pytest.raises(Paused):
        parlour.send(ana)
    with pytest.raises(Paused):
        parlour.post_now(Contribute(new_id(), ana.id, 1, parlour.clock.at, zone))
    parlour.later(days=7)
    assert parlour.send(ana).price == 5


def test_the_suspended_neither_send_nor_contribute(parlour: Parlour) -> None:
    parlour.begin()
    ana = parlour.make_member()
    parlour.suspend(ana)
    with pytest.raises(MemberInactive):
        parlour.send(ana)
    with pytest.raises(MemberInactive):
        parlour.post_now(Contribute(new_id(), ana.id, 1, parlour.clock.at, parlour.place.settings.zone))
