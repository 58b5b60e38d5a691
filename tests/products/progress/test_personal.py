"""What progress keeps about a member, and what goes with them."""

from threading import Thread

from laurels.identity.actions import delete_member
from laurels.ledger.batch import run_batch
from laurels.ledger.writer import Proposal
from laurels.products.progress.actions.sharing import make_card
from laurels.products.progress.decisions.awarding import AwardPoints
from laurels.products.progress.personal import export_progress
from laurels.products.progress.tables import share_card
from products.progress.circle import Circle


def test_an_export_has_activities_goals_badges_and_streak(circle: Circle) -> None:
    ana, bo = circle.make_member(), circle.make_member()
    circle.award(ana, 20, description="Solved it")
    circle.award(bo, 30)
    with circle.database.read.connect() as connection:
        told = export_progress(connection, ana.id)
    assert [(one["amount"], one["description"]) for one in told["activities"]] == [(20, "Solved it")]
    assert {one["goal_type"] for one in told["goals"]} == {"activities_3", "streak_7"}
    assert [one["badge"] for one in told["badges"]] == ["first-step"]
    assert (len(told["progress"]), len(told["streak"]), told["quests"], told["season_standings"], told["cards"]) == (1, 1, [], [], [])


def test_deleting_an_account_blanks_words_and_leaves_the_boards(served: Circle) -> None:
    ana, bo = served.make_member(time_zone="Asia/Tokyo"), served.make_member()
    served.add_topics("chemistry")
    served.award(ana, 20, description="My words", topic="chemistry")
    served.award(bo, 30, description="Other words")
    make_card(served.database, ana.id, now=served.clock.at)
    served.later(hours=1)
    delete_member(served.app.state.identity, ana.id)
    [kept], [others] = served.activities(ana), served.activities(bo)
    assert (kept.description, kept.amount, others.description) == ("", 20, "Other words")
    assert [served.stands(ana, window) for window in ("2026-11", "2026-W47", "topic/chemistry")] == [0, 0, 0]
    assert (served.total(ana), served.stands(bo, "2026-11")) == (20, 30)
    assert "Tokyo" not in served.streak(ana).zones
    [card] = served._rows(share_card)
    assert card.revoked_at == served.clock.at


def test_deleting_somebody_without_points_writes_nothing(served: Circle) -> None:
    ana = served.make_member()
    before = served.heads()
    delete_member(served.app.state.identity, ana.id)
    assert served.heads() == before


def test_award_that_is_being_decided_while_its_member_leaves_keeps_no_words_and_no_place(served: Circle) -> None:
    ana = served.make_member()
    served.award(ana, 1)
    giving = served.giving(ana, 10, description="My words")
    leaving = Thread(target=delete_member, args=(served.app.state.identity, ana.id))
    now = served.clock.at
    with served.database.write.begin() as connection:
        run_batch(connection, [Proposal(AwardPoints(giving, served.basis, now), now)], now)
        leaving.start()
        leaving.join(0.5)
        assert leaving.is_alive()  # it waits for what is being decided
    leaving.join(30)
    assert served.activity(giving.activity).description == ""
    assert (served.stands(ana, "2026-11"), served.total(ana)) == (0, 11)
