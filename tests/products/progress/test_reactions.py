"""What happens elsewhere awards points by a table: once, to who takes part, and is taken back with it."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import select, update

from laurels.core.ids import new_id
from laurels.identity.editing import OPERATOR
from laurels.identity.tables import Member, member_session
from laurels.ledger.outbox import Told
from laurels.ledger.tables import outbox
from laurels.products.loyalty.facts import MemberJoined, RewardRedeemed
from laurels.products.progress.actions.reacting import Trigger, react
from laurels.products.progress.actions.reactions_set import change_reaction
from laurels.products.progress.jobs import award_sign_ins, award_todays_sign_ins
from laurels.products.progress.rules import ActivityType, TriggerName
from laurels.products.recognition.facts import RedemptionSettled
from laurels.reactions import REACTED_TO, find_triggers, react_to_told
from laurels.web.etags import WHICHEVER
from products.progress.circle import Circle

GIVEN = TriggerName.RECOGNITION_GIVEN


def told(circle: Circle) -> list[Told]:
    """All facts that progress reacts to, as the outbox holds them."""
    with circle.database.read.connect() as connection:
        found = select(outbox).where(outbox.c.name.in_(REACTED_TO)).order_by(outbox.c.book, outbox.c.sequence, outbox.c.position)
        rows = connection.execute(found).all()
    return [Told(str(row.book), row.sequence, row.position, row.name, row.payload, row.recorded_at) for row in rows]


def set_reaction(circle: Circle, trigger: TriggerName, points: int, kind: ActivityType = ActivityType.SPECIAL_EVENT) -> None:
    """What staff have a trigger award."""
    wanted = {"activity_type": kind.value, "points": points, "description": "As set"}
    change_reaction(circle.database, OPERATOR, trigger.value, wanted, expected=WHICHEVER, now=circle.clock.at)


def thank(circle: Circle, giver: Member, receiver: Member) -> str:
    """A recognition with a message; gives its id."""
    body = {"receiver_id": str(receiver.id), "credits": 10, "message": "You stayed until the demo ran."}
    answer = circle.ask(giver, "POST", "/recognitions", json=body)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["recognition_id"]
    return made


def gained(circle: Circle, who: Member) -> list[tuple[str, int, str]]:
    """Type, points and source of a member's activities that stand."""
    return [(one.activity_type, one.amount, one.source) for one in circle.activities(who) if one.reversed_at is None]


def test_thanking_and_endorsing_award_by_the_table_that_ships(served: Circle) -> None:
    ana, bo, cy = served.make_member(), served.make_member(), served.make_member()
    thanks = thank(served, ana, bo)
    assert served.ask(cy, "POST", f"/recognitions/{thanks}/endorsements").status_code == 201
    react_to_told(served.job(), told(served))
    assert gained(served, ana) == [("comment", 5, "reaction")]
    assert gained(served, cy) == [("reaction", 2, "reaction")]
    assert gained(served, bo) == [], "being recognized is worth 0 until staff say otherwise"
    react_to_told(served.job(), told(served))
    assert (served.total(ana), served.total(cy)) == (5, 2), "told again, nothing more is awarded"


def test_staff_decide_what_something_is_worth(served: Circle) -> None:
    ana, bo = served.make_member(), served.make_member()
    set_reaction(served, GIVEN, 0)
    set_reaction(served, TriggerName.RECOGNITION_RECEIVED, 8)
    thank(served, ana, bo)
    react_to_told(served.job(), told(served))
    assert (gained(served, ana), gained(served, bo)) == ([], [("special_event", 8, "reaction")])
    assert served.activities(bo)[0].description == "As set"


def test_recognition_that_is_taken_back_takes_its_points_along(served: Circle) -> None:
    staff, ana, bo = served.make_member(role="staff"), served.make_member(), served.make_member()
    set_reaction(served, TriggerName.RECOGNITION_RECEIVED, 8)
    thanks = thank(served, ana, bo)
    react_to_told(served.job(), told(served))
    before = told(served)
    assert served.ask(staff, "POST", f"/recognitions/{thanks}/reversal", json={"reason": "Not so."}).status_code in (200, 201)
    react_to_told(served.job(), told(served))
    assert (served.total(ana), served.total(bo), gained(served, ana)) == (0, 0, [])
    react_to_told(served.job(), [*told(served), *before])
    assert (served.total(ana), served.total(bo)) == (0, 0)


def test_recognition_that_was_taken_back_before_it_was_told_awards_nothing(served: Circle) -> None:
    staff, ana, bo = served.make_member(role="staff"), served.make_member(), served.make_member()
    thanks = thank(served, ana, bo)
    served.ask(staff, "POST", f"/recognitions/{thanks}/reversal", json={"reason": "Not so."})
    react_to_told(served.job(), told(served)[::-1])
    assert served.activities(ana) == []


def test_members_who_are_gone_and_unknown_ones_are_skipped(circle: Circle) -> None:
    ana, bo = circle.make_member(), circle.make_member()
    circle.suspend(ana)
    now = circle.clock.at
    triggers = [Trigger(GIVEN, who, str(number), now) for number, who in enumerate((ana.id, new_id(), bo.id))]
    assert react(circle.job(), triggers) == 1
    assert (circle.total(ana), circle.total(bo)) == (0, 5)


def test_caps_that_count_everybody_count_reactions_too(circle: Circle) -> None:
    ana = circle.make_member()
    cap = {"name": "all", "activity_types": ["comment"], "window": "day", "points": 12, "mode": "deny", "applies_to": "all"}
    circle.set_rules(caps=[cap])
    now = circle.clock.at
    assert react(circle.job(), [Trigger(GIVEN, ana.id, str(number), now) for number in range(3)]) == 2
    assert circle.total(ana) == 10


def test_caps_of_what_members_claim_dont_count_them(circle: Circle) -> None:
    ana = circle.make_member()
    circle.set_goals()
    react(circle.job(), [Trigger(GIVEN, ana.id, str(number), circle.clock.at) for number in range(30)])
    assert circle.total(ana) == 150


# Signing in


def test_first_sign_in_of_a_local_day_awards_5(served: Circle) -> None:
    ana = served.make_member(time_zone="America/Los_Angeles")
    served.clock.set(datetime(2026, 11, 20, 7, 50, tzinfo=UTC))  # 23:50 of the 19th there
    served.headers(ana)
    assert award_sign_ins(served.job()) == 1
    assert award_sign_ins(served.job()) == 0
    served.later(minutes=15)
    served.headers(ana)
    assert award_sign_ins(served.job()) == 1
    served.later(minutes=1)
    served.headers(ana)
    assert award_sign_ins(served.job()) == 0
    assert gained(served, ana) == [("daily_login", 5, "reaction")] * 2
    assert served.streak(ana).current_days == 2


def test_using_a_session_that_lasts_counts_as_signing_in(served: Circle) -> None:
    ana = served.make_member()
    served.headers(ana)
    award_sign_ins(served.job())
    served.later(days=3)
    assert award_todays_sign_ins(served.job()) == 0
    with served.database.write.begin() as connection:
        connection.execute(update(member_session).values(last_used_at=served.clock.at))
    served.later(minutes=5)
    assert award_sign_ins(served.job()) == 1
    assert served.total(ana) == 10


def test_sign_in_that_a_stopped_worker_missed_is_found_within_a_day(served: Circle) -> None:
    ana = served.make_member()
    served.headers(ana)
    signed_in = served.clock.at
    served.later(hours=23)
    assert award_sign_ins(served.job()) == 0
    assert award_todays_sign_ins(served.job()) == 1
    assert served.activities(ana)[0].occurred_at == signed_in


def test_day_of_a_sign_in_is_read_as_the_streak_reads_it(served: Circle) -> None:
    """A zone counts from the end of the day on which it is chosen: by choosing zones nobody signs in on two days at once."""
    ana = served.make_member(time_zone="Asia/Tokyo")
    served.clock.set(datetime(2026, 11, 20, 2, tzinfo=UTC))
    served.headers(ana)
    assert award_sign_ins(served.job()) == 1
    served.move_to(ana, "America/Los_Angeles")  # where it is still the 19th
    served.later(minutes=1)
    served.headers(ana)
    assert award_sign_ins(served.job()) == 0
    assert served.total(ana) == 5


def test_no_sign_in_is_looked_for_where_staff_award_nothing(served: Circle) -> None:
    ana = served.make_member()
    set_reaction(served, TriggerName.DAILY_SIGN_IN, 0, ActivityType.DAILY_LOGIN)
    served.headers(ana)
    assert award_sign_ins(served.job()) == 0
    assert served.activities(ana) == []


def test_sign_ins_come_in_pages(served: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.progress.jobs.sign_ins.PAGE", 3)
    people = [served.make_member() for _ in range(4)]
    for who in people:
        served.headers(who)
        served.later(seconds=1)
    assert award_sign_ins(served.job()) == 4
    assert [served.total(who) for who in people] == [5] * 4
    served.later(minutes=31)
    assert award_sign_ins(served.job()) == 0


def test_two_triggers_of_one_name_are_two_and_of_one_key_one(circle: Circle) -> None:
    ana, now = circle.make_member(), circle.clock.at
    triggers = [Trigger(TriggerName.STUDY_CONVERSATION, ana.id, key, now - timedelta(hours=1)) for key in ("a", "b", "a")]
    react(circle.job(), triggers)
    assert circle.total(ana) == 20


MEMBER, THING = new_id(), new_id()
OTHERS: dict[str, tuple[dict[str, object], list[tuple[TriggerName, str]]]] = {
    "a voucher": ({"redemption": THING, "is_issued": True}, [(TriggerName.VOUCHER_REDEEMED, f"{THING}")]),
    "no voucher": ({"redemption": THING, "is_issued": False}, []),
    "a reward": ({"burn": THING, "reward": MEMBER, "program": MEMBER}, [(TriggerName.REWARD_REDEEMED, f"{THING}")]),
    "a discount": ({"burn": THING, "reward": None, "program": MEMBER}, []),
    "a program": ({"program": THING}, [(TriggerName.PROGRAM_JOINED, f"{THING}/{MEMBER}")]),
}
NAMES = {"voucher": RedemptionSettled.name, "reward": RewardRedeemed.name, "discount": RewardRedeemed.name, "program": MemberJoined.name}


@pytest.mark.parametrize("what", sorted(OTHERS))
def test_other_facts_trigger_what_staff_may_set(circle: Circle, what: str) -> None:
    fact, expected = OTHERS[what]
    at = circle.clock.at
    payload = orjson.dumps({**fact, "member": MEMBER}).decode()
    found = list(find_triggers(circle.job(), [Told("book", 1, 0, NAMES[what.split()[1]], payload, at)]))
    assert found == [Trigger(name, MEMBER, key, at) for name, key in expected]
