"""Classes, made and changed by their decisions."""

from laurels.products.study.accounts import owned, seats
from laurels.products.study.rules.permissions import OWNER
from products.study.school import School


def test_whoever_makes_a_class_owns_it_and_has_its_first_seat(school: School) -> None:
    ana = school.make_member()
    room = school.found(ana, "Physics I")
    mine = school.membership(room, ana)
    assert (room.name, room.owner_id, room.is_active, room.time_zone) == ("Physics I", ana.id, True, "Europe/Madrid")
    assert (mine.status, mine.is_manager, mine.can_share_class) == ("active", OWNER.is_manager, OWNER.can_share_class)
    assert (school.held(seats(room.id)), school.held(owned(ana.id))) == (1, 1)
    assert school.told("study.class_changed") == [{"class_id": str(room.id), "what": "details"}]
