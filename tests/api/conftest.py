"""A served community, for requests to be about."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
import httpx
import pytest

from api.contract import Town
from laurels.core.database import Database
from laurels.core.migrate import make_config
from support.members import MemberMaker, SignIn

PROGRAM = {
    "name": "Wine & Dine",
    "currency": "GBP",
    "zone": "Europe/London",
    "terms": {"rules": [{"name": "Everything", "spend_per": 10_000, "points": 5}]},
    "campaigns": [{"name": "Advent", "ends_at": "2026-12-25T00:00:00+00:00", "extra_points": 5, "budget": 1_000}],
    "rewards": [{"name": "Dinner for two", "cost": 2_500, "stock": 40}],
    "is_active": True,
}


@pytest.fixture
def town(server: str, database: Database, make_member: MemberMaker, sign_in: SignIn) -> Town:
    """A recognition, a redemption, a webhook, a program with its catalogue and a session that requests can be about."""
    mark_as_migrated(database)
    ana, bo, ada = make_member(), make_member(), make_member(role="admin")
    admin = sign_in(ada).headers
    with httpx.Client(base_url=f"{server}/api/v1", timeout=30) as http:
        http.put("/recognitions/values/Teamwork", json={}, headers=admin).raise_for_status()
        gift = {"receiver_id": str(bo.id), "credits": 9, "message": "Thanks"}
        given = http.post("/recognitions", json=gift, headers=sign_in(ana).headers).json()
        redeemed = http.post("/redemptions", json={"credits": 4}, headers=sign_in(bo).headers).json()
        hook = http.post("/webhooks", json={"url": "https://shop.example.org/hooks"}, headers=admin).json()
        tested = http.post(f"/webhooks/{hook['webhook_id']}/test", headers=admin).json()
        program = http.post("/programs", json=PROGRAM, headers=admin).json()["id"]
        [campaign] = http.get(f"/programs/{program}/campaigns", headers=admin).json()["items"]
        [reward] = http.get(f"/programs/{program}/rewards", headers=admin).json()["items"]
        key = http.post(f"/programs/{program}/keys", json={"name": "till", "scopes": ["read"]}, headers=admin).json()
        sessions = http.get("/auth/sessions", headers=sign_in(bo).headers).json()
    return Town(
        path={
            "member_id": str(bo.id),
            "recognition_id": given["recognition_id"],
            "redemption_id": redeemed["redemption_id"],
            "session_id": sessions["items"][0]["id"],
            "name": "Teamwork",
            "webhook_id": hook["webhook_id"],
            "delivery_id": tested["delivery_id"],
            "program_id": program,
            "campaign_id": campaign["id"],
            "reward_id": reward["id"],
            "key_id": key["id"],
        },
        body={"receiver_id": str(bo.id)},
    )


def mark_as_migrated(database: Database) -> None:
    """Write the revision into a database whose tables were made without migrations, so that it is ready to serve."""
    with database.write.begin() as connection:
        MigrationContext.configure(connection).stamp(ScriptDirectory.from_config(make_config()), "head")
