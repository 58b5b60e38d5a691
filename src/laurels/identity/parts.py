"""What identity has one of per process: made by `laurels.main` and the command line, found at `app.state.identity`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.core.secrets import keyed_hash, secret_key
from laurels.core.settings import Settings
from laurels.identity.exports import export_identity
from laurels.identity.key_lookup import KeyLookup
from laurels.identity.mail import MailQueue, mailer_for
from laurels.identity.passwords import Passwords
from laurels.identity.personal import PersonalParts
from laurels.identity.session_lookup import SessionLookup
from laurels.identity.sessions import MAX_CLIENT_LENGTH, Origin
from laurels.identity.tokens import Keys
from laurels.web.addresses import household_of


@dataclass
class Identity:
    """Identity's parts, for its actions and endpoints."""

    settings: Settings
    clock: Clock
    database: Database
    keys: Keys
    passwords: Passwords
    lookup: SessionLookup
    key_lookup: KeyLookup
    mails: MailQueue
    personal: PersonalParts

    def start(self) -> None:
        """Begin to answer who calls. The command line needs no start."""
        self.lookup.start()
        self.key_lookup.start()

    def stop(self) -> None:
        """Answer who waits, send mails that wait, and end the threads."""
        self.lookup.stop()
        self.key_lookup.stop()
        self.passwords.close()
        self.mails.close()

    def now(self) -> datetime:
        """The time, by the clock that was passed in."""
        return self.clock.now()


def open_identity(settings: Settings, database: Database, clock: Clock) -> Identity:
    """Make identity's parts; nothing is started.

    Raises:
        SecretKeyUnusable: the secret key is too short.
        ValueError: the mail server's URL isn't one.
    """
    personal = PersonalParts()
    personal.add("identity", export=export_identity)
    mailer = mailer_for(settings.mail_url.get_secret_value(), folder=settings.home / "mail", sender=settings.mail_sender)
    return Identity(
        settings=settings,
        clock=clock,
        database=database,
        keys=Keys.of(secret_key(settings)),
        passwords=Passwords(),
        lookup=SessionLookup(database, clock, session_days=settings.session_days),
        key_lookup=KeyLookup(database, clock),
        mails=MailQueue(mailer),
        personal=personal,
    )


async def identity_of(request: Request) -> Identity:
    """The process's identity parts."""
    identity: Identity = request.app.state.identity
    return identity


IdentityParts = Annotated[Identity, Depends(identity_of)]


def origin_of(request: Request) -> Origin:
    """Where a request comes from, with its address hashed under our key: enough to compare, and no address is kept."""
    host = household_of(request.client.host) if request.client else "unknown"
    keys: Keys = request.app.state.identity.keys
    agent = request.headers.get("user-agent", "")
    client = "".join(character for character in agent[:MAX_CLIENT_LENGTH] if character.isprintable())
    return Origin(client=client, address_hash=keyed_hash(keys.addresses, host))
