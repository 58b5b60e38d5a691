"""A small community that browser tests look at: people, thanks, endorsements, a voucher."""

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from browser.pot import Pots, open_known, settle_pot
from browser.programs import Programs, Shop, settle_programs
from browser.progress import Progress, settle_progress
from browser.study import Studies, settle_study
from laurels.core.clock import FixedClock
from laurels.core.ids import new_id
from laurels.core.windows import month_of
from laurels.identity.tables import Member
from laurels.ledger.writer import Proposal
from laurels.products.recognition import actions
from laurels.products.recognition.decisions import EndorseRecognition, GiveCredits
from laurels.products.recognition.policy import policy_of
from laurels.web.caller import Caller, Role
from support.members import MemberMaker, SignIn

NAMES = ("Ada Reyes", "Daiyu Chen", "Jonas Weber", "Grace Kim", "Lars Nilsen", "Priya Nair", "Quentin Roy", "Chloe Martin", "Ines Costa")
PASSWORD = "correct horse battery staple"
MESSAGES = (
    "Stayed late to walk me through recursion until it clicked. Thank you!",
    "Found the bug that I had stared at for two days.",
    "Shared the notes when I was ill, with drawings.",
    "Asked the question that nobody dared to ask.",
)


@dataclass
class Community:
    """Who is there. `staff` is an admin; `quiet` has neither given nor received."""

    app: FastAPI
    address: str
    clock: FixedClock
    make_member: MemberMaker
    sign_in: SignIn
    members: list[Member]
    staff: Member
    quiet: Member
    recognitions: list[UUID]
    programs: Programs = field(init=False)
    progress: Progress = field(init=False)
    pots: Pots = field(init=False)
    studies: Studies = field(init=False)

    def path(self, template: str) -> str:
        """A page's address: `{recognition}`, `{member}` and what `Programs`, `Progress`, `Pots` and `Studies` have stand for ids of it."""
        known = asdict(self.programs) | asdict(self.progress) | asdict(self.pots) | asdict(self.studies)
        return template.format(recognition=self.recognitions[-1], member=self.members[2].id, **known)

    def newcomer(self, name: str, **values: Any) -> Member:
        """Somebody whom no other test knows; signs in by PASSWORD."""
        return self.make_member(password=PASSWORD, display_name=name, **values)

    def wait(self, seconds: float) -> None:
        """Let the server go on."""
        Event().wait(seconds)

    def wait_until_followed(self, streams: int) -> None:
        """Wait until so many streams are open: what is told before reaches nobody."""
        live = self.app.state.context.live
        for _ in range(300):
            if len(live._watchers) >= streams and live._following.is_set():
                return
            self.wait(0.1)
        raise AssertionError("no stream was opened")

    def sell(self, receipt: str, member: Member, amount: int, *, days_ago: int) -> None:
        """A purchase in the first program, in pence, told only now."""
        context = self.app.state.context
        Shop(context, self.programs.program).sell(receipt, member, amount, context.clock.now() - timedelta(days=days_ago))

    def give(self, giver: Member, receiver: Member, credits: int, message: str = MESSAGES[0], value: str | None = "Teamwork") -> UUID:
        """Thank somebody, as the composer does."""
        context = self.app.state.context
        policy, now = policy_of(context.settings), self.clock.now()
        gift = GiveCredits(
            recognition=new_id(),
            giver=giver.id,
            receiver=receiver.id,
            credits=credits,
            message=message,
            value=value,
            month=month_of(now, policy.zone),
            policy=policy,
        )
        given: UUID = context.writer.post_now(Proposal(gift, now)).answer.recognition
        return given


def caller_of(member: Member) -> Caller:
    """A member as a caller, for actions."""
    return Caller(
        member_id=member.id,
        role=Role(member.role),
        session_id=new_id(),
        student_id=member.student_id,
        display_name=member.display_name,
        time_zone=member.time_zone,
        locale=member.locale,
        via="cookie",
    )


def settle(app: FastAPI, address: str, clock: FixedClock, make_member: MemberMaker, sign_in: SignIn) -> Community:
    """Fill an empty database by the same decisions that pages use."""
    open_known(app)
    members = [make_member(display_name=name, password=PASSWORD if name == NAMES[0] else None) for name in NAMES]
    staff = make_member(display_name="Sam Staff", role="admin", password=PASSWORD)
    quiet = make_member(display_name="Quiet Newcomer")
    context = app.state.context
    for position, name in enumerate(("Teamwork", "Curiosity", "Leadership")):
        actions.save_value(context, caller_of(staff), name, position=position, is_active=True, address_hash="")
    community = Community(app, address, clock, make_member, sign_in, members, staff, quiet, [])
    policy = policy_of(context.settings)
    for number in range(24):
        giver, receiver = members[number % 9], members[(number * 2 + 1 + number // 9) % 9]
        if giver is not receiver:
            value = ("Teamwork", "Curiosity", None)[number % 3]
            community.recognitions.append(community.give(giver, receiver, 5 * (1 + number % 4), MESSAGES[number % 4], value))
        clock.advance(timedelta(minutes=7))
    for recognition in community.recognitions[-6:]:
        context.writer.post_now(Proposal(EndorseRecognition(recognition, staff.id, policy), clock.now()))
    seal = app.state.vouchers.seal
    community.programs = settle_programs(context, members[1], staff, lambda burn: seal.close(burn, "WINE-7QM2-XVA9"))
    community.progress = settle_progress(context, members)
    community.pots = settle_pot(app, members)
    community.studies = settle_study(app, clock, make_member, sign_in, members)
    return community
