"""Study in the community that browser tests look at: classes with members and documents of every kind, tokens used and set aside."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import insert

from laurels.core.clock import FixedClock
from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study.tables import ChatSession, StudyClass, study_session
from products.study.school import School
from support.members import MemberMaker, SignIn

DAYS = 12
"""Days on which tokens were used."""


@dataclass(frozen=True)
class Studies:
    """What there is to look at.

    Attributes:
        own_class: the looker's own; `joined_class` is one where they are sponsored and may share the code; `archived_class` is closed.
        pupil: a member of their class.
        class_code: of a class that they aren't in.
    """

    own_class: str
    joined_class: str
    archived_class: str
    pupil: str
    class_code: str


def settle_study(app: FastAPI, clock: FixedClock, make_member: MemberMaker, sign_in: SignIn, members: Sequence[Member]) -> Studies:
    """Classes of the second member, and one that they joined."""
    context = app.state.context
    school = School(context.database, clock, context.settings, make_member, sign_in, lambda: app)
    school.writer = context.writer
    ada, looker, *others = members
    own = school.found(looker, "Physics I", description="Mechanics, heat and waves, by the slides of the lecture.", capacity=30)
    school.join(own, ada, *others[:4])
    school.permit(own, others[0], is_manager=True, can_share_class=True)
    school.permit(own, others[1], can_upload=False, can_chat=False)
    school.sponsor(own, ada, others[2])
    school.remove(own, others[3])
    joined = school.found(ada, "Notes for a thesis on photosynthesis in Antarctic moss")
    school.join(joined, looker)
    school.permit(joined, looker, can_share_class=True)
    school.sponsor(joined, looker)
    archived = school.found(looker, "Chemistry, last year")
    school.archive(archived)
    elsewhere = school.found(ada, "Optics")
    _use(school, clock, (own, joined), (ada, looker, others[2]))
    _fill(school, own, looker)
    return Studies(str(own.id), str(joined.id), str(archived.id), str(ada.id), elsewhere.class_code or "")


def _use(school: School, clock: FixedClock, rooms: Sequence[StudyClass], spenders: Sequence[Member]) -> None:
    """Tokens of some days, one limit nearly reached, one wholly, and a call that goes on."""
    own, joined = rooms
    now = clock.at
    for ago in reversed(range(DAYS)):
        clock.set(now - timedelta(days=ago))
        for number, who in enumerate(spenders):
            school.capture(school.spend(own, who, 4_000), 900 + 300 * ((ago + number) % 4), cost=400)
    clock.set(now)
    looker = spenders[1]
    school.limit(joined, looker, daily=5_000)
    school.capture(school.spend(joined, looker, 5_000), 4_200, cost=900)
    school.capture(school.spend(joined, looker, 3_000, operation="EMBEDDING", model_name="text-embedding-3-small"), 2_900, cost=58)
    school.limit(own, spenders[0], daily=2_000, weekly=2_000)
    school.spend(own, looker, 2_400)


def _fill(school: School, room: StudyClass, owner: Member) -> None:
    """Documents in every state, and chats, one of them shared."""
    why = {"error_code": "file-damaged", "error": "This file is damaged. Save it anew, and upload it again."}
    school.shelve(room, owner, filename="waves.pdf", file_type="pdf", processing_status="READY", progress=100, pages=31, passages=84)
    school.shelve(room, owner, filename="heat.pptx", file_type="pptx", processing_status="PROCESSING", progress=40)
    school.shelve(room, owner, filename="a-very-long-name-" * 8 + ".docx", file_type="docx", processing_status="FAILED", **why)
    school.shelve(room, owner)
    at = school.clock.at
    with school.database.write.begin() as connection:
        for title, is_shared in (("Why does the moon not fall onto the earth?", True), ("What is a lever?", False)):
            row = ChatSession(new_id(), room.id, owner.id, title, "standard", is_shared, 4, 2, at, at)
            connection.execute(insert(study_session).values(asdict(row)))
