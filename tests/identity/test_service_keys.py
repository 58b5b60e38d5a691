"""Service keys: kept as a hash, good for what they say, and for no moment longer."""

from datetime import timedelta
import hmac
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
import jwt
import pytest
from sqlalchemy import func, inspect, select, text

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.errors import Invalid, Missing
from laurels.core.ids import UUID, new_id
from laurels.identity import authenticator, service_keys
from laurels.identity.audit_log import list_actions
from laurels.identity.errors import TooManyKeys
from laurels.identity.key_lookup import TOUCH_AFTER
from laurels.identity.key_schemas import NewServiceKeyAnswer, ServiceKeyAnswer, ServiceKeyBody
from laurels.identity.parts import Identity
from laurels.identity.service_keys import CreatedKey, create_key, get_key, list_keys, revoke_key
from laurels.identity.tables import service_key
from laurels.identity.tokens import Keys, hash_of_service_key, issue_service_key, read_service_key
from laurels.web.caller import AnyCaller, Caller, Role, ServiceOrSigned, require_scope, service_or
from laurels.web.paths import API_PREFIX
from laurels.web.routing import RouteTable, add_routes
from support.members import MemberMaker, SignIn

SUBJECT = f"program/{uuid4()}"
ELSEWHERE = f"program/{uuid4()}"
WHO = "/api/v1/test/who"
EARN = "/api/v1/test/earn"

router = APIRouter(prefix="/test", tags=["Tests"])


@router.get("/who")
async def tell_caller(caller: ServiceOrSigned) -> dict[str, Any]:
    """Tell who calls."""
    if isinstance(caller, Caller):
        return {"actor": caller.actor}
    return {"actor": caller.actor, "subject": caller.subject, "scopes": sorted(caller.scopes), "name": caller.name}


@router.post("/earn")
async def earn(caller: Annotated[AnyCaller, service_or(Role.ADMIN, scope="earn")], subject: str = SUBJECT) -> None:
    """Do what needs a scope."""
    require_scope(caller, subject, "earn", what="program")


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    """The whole application, and two endpoints as products will have them."""
    add_routes(app, router, prefix=API_PREFIX)
    app.router.routes.insert(0, RouteTable(app.router.routes[-2:]))
    return app


@pytest.fixture
def identity(client: TestClient, app: FastAPI) -> Identity:
    """The running application's."""
    found: Identity = app.state.identity
    return found


def make(identity: Identity, *scopes: str, **changed: Any) -> CreatedKey:
    return create_key(identity, **{"subject": SUBJECT, "name": "till", "scopes": scopes or ("earn", "read"), "by": None, **changed})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# What a key opens


def test_a_key_says_who_calls(client: TestClient, identity: Identity) -> None:
    made = make(identity)
    answer = client.get(WHO, headers=bearer(made.token))
    assert answer.json() == {"actor": f"key/{made.key.id}", "subject": SUBJECT, "scopes": ["earn", "read"], "name": "till"}


def test_a_member_may_use_the_same_endpoint(client: TestClient, make_member: MemberMaker, sign_in: SignIn) -> None:
    who, admin = make_member(), make_member(role="admin")
    assert client.get(WHO, headers=sign_in(who).headers).json() == {"actor": f"member/{who.id}"}
    assert refusal(client.post(EARN, headers=sign_in(who).headers)) == (403, "forbidden")
    assert client.post(EARN, headers=sign_in(admin).headers).status_code == 200
    assert refusal(client.post(EARN)) == (401, "unauthenticated")


def test_a_key_needs_the_scope_and_the_subject(client: TestClient, identity: Identity) -> None:
    good, reader, others = make(identity, "earn"), make(identity, "read"), make(identity, "earn", subject=ELSEWHERE)
    assert client.post(EARN, headers=bearer(good.token)).status_code == 200
    refused = client.post(EARN, headers=bearer(reader.token))
    assert (refusal(refused), refused.json()["scope"]) == ((403, "scope-missing"), "earn")
    there, nowhere = (
        client.post(EARN, headers=bearer(good.token), params={"subject": subject}) for subject in (ELSEWHERE, f"program/{uuid4()}")
    )
    assert refusal(there) == refusal(nowhere) == refusal(client.post(EARN, headers=bearer(others.token))) == (404, "not-found")


@pytest.mark.parametrize("path", ["/api/v1/auth/me", "/api/v1/members", "/api/v1/audit", "/recognition"])
def test_what_is_for_members_refuses_a_key_by_403(client: TestClient, identity: Identity, path: str) -> None:
    answer = client.get(path, headers=bearer(make(identity).token) | {"Accept": "application/json"})
    assert refusal(answer) == (403, "members-only")
    assert "Sign in as a member" in answer.json()["detail"]


def test_what_is_open_to_all_takes_a_key_for_a_stranger(client: TestClient, identity: Identity) -> None:
    assert client.get("/sign-in", headers=bearer(make(identity).token)).status_code == 200


def test_beside_a_key_cookies_count_for_nothing(client: TestClient, identity: Identity, make_member: MemberMaker, sign_in: SignIn) -> None:
    made = make(identity)
    client.cookies.update(sign_in(make_member(role="admin")).cookies)
    assert client.get(WHO, headers=bearer(made.token)).json()["actor"] == f"key/{made.key.id}"
    assert refusal(client.get("/api/v1/auth/me", headers=bearer(made.token))) == (403, "members-only")
    revoke_key(identity, subject=SUBJECT, key_id=made.key.id, by=None)
    assert refusal(client.get(WHO, headers=bearer(made.token))) == (401, "service-key-refused")


# What opens nothing


def test_a_revoked_key_opens_nothing_from_the_next_request_on(client: TestClient, identity: Identity) -> None:
    made, kept = make(identity), make(identity)
    assert client.get(WHO, headers=bearer(made.token)).status_code == 200
    revoked = revoke_key(identity, subject=SUBJECT, key_id=made.key.id, by=None)
    answer = client.get(WHO, headers=bearer(made.token))
    assert (refusal(answer), answer.headers["www-authenticate"]) == ((401, "service-key-refused"), 'Bearer realm="laurels"')
    assert client.get(WHO, headers=bearer(kept.token)).status_code == 200
    assert revoked.revoked_at == identity.now()


def test_a_key_ends_at_its_instant(client: TestClient, identity: Identity, clock: FixedClock) -> None:
    made = make(identity, expires_at=clock.now() + timedelta(hours=1))
    clock.advance(timedelta(hours=1, microseconds=-1))
    assert client.get(WHO, headers=bearer(made.token)).status_code == 200
    clock.advance(timedelta(microseconds=1))
    assert refusal(client.get(WHO, headers=bearer(made.token))) == (401, "service-key-refused")


def malformed(token: str) -> dict[str, str]:
    """Texts that are nearly a key, by what is wrong with them."""
    head, body = token[:36], token[36:]
    last = "A" if body[-1] != "A" else "B"
    return {
        "prefix alone": "lk_",
        "no secret": token[:35],
        "empty secret": head,
        "another's id": f"lk_{new_id().hex}_{body}",
        "id in capitals": f"lk_{token[3:35].upper()}_{body}",
        "id with dashes": f"lk_{UUID(hex=token[3:35])}_{body}",
        "id that is none": f"lk_{'g' * 32}_{body}",
        "secret cut": token[:-1],
        "secret longer": token + "A",
        "secret padded": token + "=",
        "secret changed at its end": token[:-1] + last,
        "secret turned around": head + body[::-1],
        "secret of another": head + issue_service_key(new_id())[36:],
        "prefix in capitals": "LK_" + token[3:],
        "prefix doubled": "lk_" + token,
        "two": f"{token} {token}",
        "comma": f"{token},{token}",
        "other alphabet": head + body[:-1] + "+",
        "not ascii": head + body[:-1] + "é",
        "wide digits": f"lk_{chr(0xE9)}{token[4:]}",
        "quoted": f'"{token}"',
        "huge": token * 200,
    }


@pytest.mark.parametrize("wrong", malformed(issue_service_key(new_id())))
def test_what_is_nearly_a_key_opens_nothing(client: TestClient, identity: Identity, wrong: str) -> None:
    made = make(identity)
    sent = malformed(made.token)[wrong]
    headers: Any = {b"authorization": b"Bearer " + sent.encode("latin-1")}
    assert client.get(WHO, headers=headers).status_code == 401
    assert client.get(WHO, headers=bearer(made.token)).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "lk_", ""])
def test_a_key_comes_as_a_bearer_token_only(client: TestClient, identity: Identity, scheme: str) -> None:
    made = make(identity)
    assert client.get(WHO, headers={"Authorization": f"{scheme} {made.token}"}).status_code == 401
    assert client.get(WHO, headers={"Authorization": made.token}).status_code == 401
    assert client.get(WHO, params={"access_token": made.token, "key": made.token}).status_code == 401
    assert client.get(WHO, headers={"Authorization": f"bearer {made.token}"}).status_code == 200


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_token_that_claims_to_be_a_key_is_none(client: TestClient, identity: Identity, algorithm: str) -> None:
    made = make(identity)
    claims = {"sub": str(made.key.id), "sid": str(made.key.id), "scopes": ["earn"], "subject": SUBJECT, "typ": "access"}
    forged = jwt.encode(claims, "" if algorithm == "none" else made.token, algorithm=algorithm)
    for sent in (forged, f"lk_{forged}"):
        assert client.get(WHO, headers=bearer(sent)).status_code == 401


def test_a_good_access_token_is_no_key_and_a_key_no_access_token(
    client: TestClient, identity: Identity, make_member: MemberMaker, sign_in: SignIn
) -> None:
    access = sign_in(make_member()).headers["Authorization"].removeprefix("Bearer ")
    assert client.get(WHO, headers=bearer(f"lk_{access}")).status_code == 401
    assert client.get("/api/v1/auth/me", headers=bearer(make(identity).token[3:])).status_code == 401


def test_secrets_are_compared_in_constant_time(client: TestClient, identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(identity)
    compared: list[tuple[Any, Any]] = []

    def compare(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return hmac.compare_digest(one, other)

    class Watched:
        compare_digest = staticmethod(compare)

    monkeypatch.setattr(authenticator, "hmac", Watched)
    wrong = made.token[:36] + issue_service_key(new_id())[36:]
    assert client.get(WHO, headers=bearer(wrong)).status_code == 401
    assert client.get(WHO, headers=bearer(made.token)).status_code == 200
    kept = made.key.secret_hash
    assert compared == [(kept, hash_of_service_key(identity.keys, wrong)), (kept, kept)]


# What is kept


def test_the_key_is_nowhere_in_the_database(identity: Identity, client: TestClient, database: Database, make_member: MemberMaker) -> None:
    made = make(identity, by=make_member(role="admin").id)
    client.get(WHO, headers=bearer(made.token))
    revoke_key(identity, subject=SUBJECT, key_id=made.key.id, by=None)
    secret = made.token[36:]
    with database.read.connect() as connection:
        tables = [text(f'SELECT * FROM "{name}"') for name in inspect(connection).get_table_names()]  # names of ours
        kept = [str(row) for table in tables for row in connection.execute(table)]
    assert any(made.key.secret_hash in row for row in kept), "the search would miss what is there"
    assert not any(secret in row for row in kept)
    assert secret not in repr(made)
    assert len(made.key.secret_hash) == 64


def test_the_hash_depends_on_the_secret_key_of_the_community() -> None:
    token = issue_service_key(new_id())
    ours, others = (hash_of_service_key(Keys.of(letter * 32), token) for letter in (b"a", b"b"))
    assert ours != others
    assert issue_service_key(new_id())[36:] != token[36:]
    read = read_service_key(Keys.of(b"a" * 32), token)
    assert read is not None and (read.key_id.hex, read.hash) == (token[3:35], ours)


def test_use_is_noted_once_a_minute_and_only_with_the_secret(
    client: TestClient, app: FastAPI, identity: Identity, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(identity)
    noted: list[UUID] = []
    note_use = identity.key_lookup.note_use

    def note(key_id: UUID) -> None:
        noted.append(key_id)
        note_use(key_id)
        identity.key_lookup._touches.submit(int).result(10)  # the note is written before the next request

    monkeypatch.setattr(identity.key_lookup, "note_use", note)

    def use(token: str) -> Any:
        client.get(WHO, headers=bearer(token))
        with database.read.connect() as connection:
            return get_key(connection, made.key.id).last_used_at

    assert use(made.token[:36] + issue_service_key(new_id())[36:]) is None
    assert use(made.token) == (first := clock.now())
    clock.advance(TOUCH_AFTER)
    assert (use(made.token), len(noted)) == (first, 1)
    clock.advance(timedelta(microseconds=1))
    assert (use(made.token), len(noted)) == (clock.now(), 2)


# Making, listing and revoking


def test_making_and_revoking_are_in_the_audit_log(identity: Identity, database: Database, make_member: MemberMaker) -> None:
    admin = make_member(role="admin")
    made = make(identity, by=admin.id, address_hash="a" * 32)
    for _ in range(2):
        revoke_key(identity, subject=SUBJECT, key_id=made.key.id, by=admin.id, address_hash="b" * 32)
    with database.read.connect() as connection:
        revoked, created = list_actions(connection, limit=10, subject=f"service_key/{made.key.id}")
    assert (created.action, created.actor_id, created.before, created.address_hash) == ("service_key.created", admin.id, "{}", "a" * 32)
    assert created.after == f'{{"expires_at":null,"scopes":"earn read","subject":"{SUBJECT}"}}'
    assert (revoked.action, revoked.actor_id, revoked.before, revoked.address_hash) == (
        "service_key.revoked",
        admin.id,
        '{"revoked":false}',
        "b" * 32,
    )


def test_a_key_is_revoked_by_its_own_subject_only(client: TestClient, identity: Identity, clock: FixedClock) -> None:
    made = make(identity)
    for subject, key_id in ((ELSEWHERE, made.key.id), (SUBJECT, new_id())):
        with pytest.raises(Missing):
            revoke_key(identity, subject=subject, key_id=key_id, by=None)
    assert client.get(WHO, headers=bearer(made.token)).status_code == 200
    first = revoke_key(identity, subject=SUBJECT, key_id=made.key.id, by=None)
    clock.advance(timedelta(days=1))
    again = revoke_key(identity, subject=SUBJECT, key_id=made.key.id, by=None)
    assert again.revoked_at == first.revoked_at, "when it was first; its last use may be noted meanwhile"
    with pytest.raises(Missing):
        revoke_key(identity, subject=ELSEWHERE, key_id=made.key.id, by=None)


def test_keys_are_listed_by_subject_newest_first_with_revoked_ones(identity: Identity, database: Database) -> None:
    first, second, others = make(identity), make(identity), make(identity, subject=ELSEWHERE)
    revoked = revoke_key(identity, subject=SUBJECT, key_id=first.key.id, by=None)
    with database.read.connect() as connection:
        assert list_keys(connection, SUBJECT) == [second.key, revoked]
        assert list_keys(connection, SUBJECT, limit=1) == [second.key]
        assert list_keys(connection, SUBJECT, before_id=second.key.id) == [revoked]
        assert list_keys(connection, None) == [others.key, second.key, revoked]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["earn burn"]}, "scopes"),
        ({"scopes": ["Earn"]}, "scopes"),
        ({"scopes": ["earn\n"]}, "scopes"),
        ({"scopes": ["a" * 33]}, "scopes"),
        ({"scopes": [f"s{number}" for number in range(11)]}, "scopes"),
        ({"scopes": ["earn", "fly"], "known_scopes": {"earn", "burn"}}, "scopes"),
        ({"subject": ""}, "subject"),
        ({"subject": "program/"}, "subject"),
        ({"subject": "program/a/b"}, "subject"),
        ({"subject": "program/a b"}, "subject"),
        ({"subject": "p" * 101}, "subject"),
        ({"name": ""}, "name"),
        ({"name": "n" * 61}, "name"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(identity: Identity, database: Database, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(identity, **changed)
    assert refused.value.fields["field"] == field
    with database.read.connect() as connection:
        assert connection.execute(select(func.count()).select_from(service_key)).scalar_one() == 0


def test_a_key_expires_in_the_future(identity: Identity, clock: FixedClock) -> None:
    with pytest.raises(Invalid):
        make(identity, expires_at=clock.now())
    assert make(identity, expires_at=clock.now() + timedelta(microseconds=1)).key.expires_at is not None


def test_scopes_are_kept_once_and_in_order(identity: Identity) -> None:
    assert make(identity, "read", "earn", "read", known_scopes=["read", "earn", "burn"]).key.scopes == "earn read"


def test_live_keys_of_a_subject_are_limited(identity: Identity, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_keys, "MAX_KEYS", 2)
    make(identity, expires_at=clock.now() + timedelta(hours=1))
    made = make(identity)
    with pytest.raises(TooManyKeys):
        make(identity)
    make(identity, subject=ELSEWHERE)
    revoke_key(identity, subject=SUBJECT, key_id=made.key.id, by=None)
    make(identity)
    clock.advance(timedelta(hours=1))
    make(identity)


def test_live_keys_of_one_maker_are_limited_and_listed_apart(identity: Identity, make_member: MemberMaker) -> None:
    ana, bo = make_member().id, make_member().id
    first = make(identity, by=ana, most=3, most_by_one=1)
    with pytest.raises(TooManyKeys):
        make(identity, by=ana, most=3, most_by_one=1)
    second = make(identity, by=bo, most=3, most_by_one=1)
    make(identity, by=None, most=3)
    with pytest.raises(TooManyKeys):
        make(identity, by=bo, most=3, most_by_one=2)
    with identity.database.read.connect() as connection:
        found = [[key.id for key in list_keys(connection, SUBJECT, by=who)] for who in (ana, bo)]
        assert found == [[first.key.id], [second.key.id]]
        assert len(list_keys(connection, SUBJECT)) == 3


def test_answers_tell_all_but_the_hash(identity: Identity) -> None:
    made = make(identity)
    told = ServiceKeyAnswer.of(made.key).model_dump(mode="json")
    assert told["scopes"] == ["earn", "read"] and told["created_at"].endswith("+00:00")
    assert made.key.secret_hash not in str(told) and made.token not in str(told)
    assert NewServiceKeyAnswer.of_new(made).model_dump(mode="json") == {**told, "token": made.token}


def test_body_reads_an_instant_and_refuses_what_is_no_scope() -> None:
    body = ServiceKeyBody.model_validate_json('{"name": " till ", "scopes": ["earn"], "expires_at": "2027-01-31T00:00:00+01:00"}')
    assert body.name == "till" and body.expires_at is not None and body.expires_at.isoformat() == "2027-01-31T00:00:00+01:00"
    for wrong in ('{"name": "till", "scopes": []}', '{"name": "till", "scopes": ["a b"]}', '{"name": "", "scopes": ["earn"]}'):
        with pytest.raises(ValueError, match=r"scopes|name"):
            ServiceKeyBody.model_validate_json(wrong)
