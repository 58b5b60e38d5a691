"""Which passwords are accepted, and how they are hashed."""

import asyncio
from collections.abc import Iterator
import threading
import time

from argon2 import PasswordHasher
import pytest

from laurels.core.errors import Invalid, Unavailable
from laurels.identity import passwords as module
from laurels.identity.common_passwords import COMMON_PASSWORDS
from laurels.identity.passwords import MAX_WAITING, Passwords, check_password


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(memory_kib=8, passes=1)
    yield made
    made.close()


@pytest.mark.parametrize("password", ["x" * 9 + "y", "seven quiet lanterns", "ab" * 64, "пароль-десять", "🐢🐢🐢🐢🐢🐢🐢🐢🐢🐇"])
def test_good_passwords_are_accepted(password: str) -> None:
    check_password(password, "ana", None, "ana@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "nine char",
        "xy" * 64 + "z",
        "password123",
        "PASSWORD123",
        "ｐａｓｓｗｏｒｄ１２３",
        "aaaaaaaaaaaa",
        "ana@example.org",
        "ANA@example.ORG",
    ],
)
def test_weak_passwords_are_refused_with_a_reason(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_password(password, "ana", None, "ana@example.org", field="new_password")
    assert refusal.value.fields["field"] == "new_password"


def test_the_list_of_common_ones_holds_only_what_length_alone_lets_through() -> None:
    assert all(len(password) >= 10 and password == password.casefold() for password in COMMON_PASSWORDS)
    assert len(COMMON_PASSWORDS) > 200


def test_a_hash_verifies_its_password_however_it_is_typed(passwords: Passwords) -> None:
    stored = passwords.hash_now("caf\u00e9 lanterns")
    assert stored.startswith("$argon2id$")

    async def check() -> list[bool]:
        return [await passwords.verify(stored, typed) for typed in ("caf\u00e9 lanterns", "cafe\u0301 lanterns", "cafe lanterns")]

    assert asyncio.run(check()) == [True, True, False]


def test_no_hash_and_a_broken_one_verify_nothing(passwords: Passwords) -> None:
    async def check() -> list[bool]:
        return [await passwords.verify(None, "nobody has this password"), await passwords.verify("broken", "x")]

    assert asyncio.run(check()) == [False, False]


def test_verifying_nobody_takes_the_same_work(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    original = PasswordHasher.verify

    def watched(self: PasswordHasher, stored: str, password: str) -> bool:
        verified.append(stored.rpartition("p=1$")[0])
        return original(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    stored = passwords.hash_now("seven quiet lanterns")

    async def check() -> None:
        await passwords.verify(stored, "wrong")
        await passwords.verify(None, "wrong")

    asyncio.run(check())
    assert len(verified) == 2
    assert verified[0] == verified[1], "the decoy has other parameters than real hashes"


def test_defaults_are_owasps_and_old_hashes_are_known_as_such(passwords: Passwords) -> None:
    real = Passwords()
    try:
        assert real.hash_now("seven quiet lanterns").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert real.is_outdated(passwords.hash_now("seven quiet lanterns"))
        assert not real.is_outdated(real.hash_now("seven quiet lanterns"))
    finally:
        real.close()


def test_at_most_two_hash_at_once_and_a_bounded_number_waits(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, running, most = threading.Event(), [0], [0]
    lock = threading.Lock()

    def slow(self: Passwords, password: str) -> str:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        gate.wait(10)
        with lock:
            running[0] -= 1
        return password

    monkeypatch.setattr(module.Passwords, "_hash", slow)

    async def flood() -> None:
        tasks = [asyncio.create_task(passwords.hash(str(number))) for number in range(MAX_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await passwords.hash("one too many")
        gate.set()
        assert len(await asyncio.gather(*tasks)) == MAX_WAITING

    began = time.monotonic()
    asyncio.run(flood())
    assert most[0] <= 2
    assert time.monotonic() - began < 10
