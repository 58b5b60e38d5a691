"""What recognition keeps about a member, and what goes with them."""

from threading import Thread

from laurels.core.ids import new_id
from laurels.core.windows import month_of
from laurels.identity.actions import delete_member
from laurels.ledger.batch import run_batch
from laurels.ledger.writer import Proposal
from laurels.products.recognition.decisions import GiveCredits
from laurels.products.recognition.personal import erase_recognition, export_recognition
from laurels.products.recognition.rules import UTC_ZONE, Policy
from products.recognition.community import Community


def test_an_export_has_what_a_member_gave_received_endorsed_and_redeemed(served: Community) -> None:
    ana, bo, cy = served.join(), served.join(), served.join()
    given, got, others = served.gave(ana, bo, 10), served.gave(bo, ana, 20), served.gave(bo, cy, 5)
    served.post(ana, f"/recognitions/{others}/endorsements")
    redeemed = served.redeem(ana, 5).json()["redemption_id"]
    with served.database.read.connect() as connection:
        told = export_recognition(connection, ana.id)
    assert {str(one["id"]) for one in told["recognitions"]} == {given, got}
    assert [str(one["recognition"]) for one in told["endorsements"]] == [others]
    assert [str(one["id"]) for one in told["redemptions"]] == [redeemed]
    assert "code_sealed" not in told["redemptions"][0]


def test_erasing_blanks_what_a_member_wrote_and_keeps_the_rest(served: Community) -> None:
    staff, ana, bo = served.join(role="staff"), served.join(), served.join()
    given, got = served.gave(ana, bo, 10, message="My words"), served.gave(bo, ana, 20, message="Their words")
    served.post(staff, f"/recognitions/{got}/reversal", {"reason": "The staff's words"})
    with served.database.write.begin() as connection:
        erase_recognition(connection, ana.id)
    read = served.get(bo, f"/recognitions/{given}").json()
    assert (read["message"], read["credits_transferred"]) == ("", 10)
    other = served.get(bo, f"/recognitions/{got}").json()
    assert (other["message"], other["reversal_reason"]) == ("Their words", "The staff's words")
    with served.database.write.begin() as connection:
        erase_recognition(connection, staff.id)
    assert served.get(bo, f"/recognitions/{got}").json()["reversal_reason"] == ""


def test_gift_that_is_being_decided_while_its_giver_leaves_keeps_no_words(served: Community) -> None:
    """On PostgreSQL it committed after the words were blanked and before the account was gone, with its words."""
    ana, bo, now = served.join(), served.join(), served.clock.now()
    served.gave(ana, bo, 1)
    gift = GiveCredits(new_id(), ana.id, bo.id, 10, "My words", None, month_of(now, UTC_ZONE), Policy())
    leaving = Thread(target=delete_member, args=(served.app.state.identity, ana.id))
    with served.database.write.begin() as connection:
        run_batch(connection, [Proposal(gift, now)], now)
        leaving.start()
        leaving.join(0.5)
        assert leaving.is_alive()  # it waits for what is being decided
    leaving.join(30)
    read = served.get(bo, f"/recognitions/{gift.recognition}").json()
    assert (read["message"], read["sender"]["display_name"], read["credits_transferred"]) == ("", "", 10)


def test_deleting_an_account_erases_and_keeps_the_ledger(served: Community) -> None:
    ana, bo = served.join(password="seven quiet lanterns"), served.join()
    given = served.gave(ana, bo, 10, message="My words")
    before = served.heads()
    answer = served.http.request("DELETE", "/api/v1/auth/account", json={"password": "seven quiet lanterns"}, headers=served.headers(ana))
    assert answer.status_code < 300, answer.text
    read = served.get(bo, f"/recognitions/{given}").json()
    assert (read["message"], read["sender"]["id"]) == ("", str(ana.id))
    assert ana.display_name != read["sender"]["display_name"]
    assert served.heads() == before
    assert served.get(bo, "/leaderboards/recognition").json()["items"][0]["member_id"] == str(bo.id)
