"""Mail to members, by a plug-in: kept as files where no server is set, so that nothing is lost on a laptop."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
import logging
import os
from pathlib import Path
import smtplib
import threading
from typing import Protocol
from urllib.parse import unquote, urlsplit

from laurels.core.ids import new_id

MAX_WAITING = 200
"""Mails that wait to be sent; past that they are dropped, with a line in the log."""

TIMEOUT_SECONDS = 20

_NO_URL = "LAURELS_MAIL_URL must look like smtp://host:25 or smtps://user:password@host"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, in plain text."""

    to: str
    subject: str
    body: str


class Mailer(Protocol):
    """Takes a mail to where it goes. May block; may raise OSError or smtplib.SMTPException."""

    def send(self, mail: Mail) -> None: ...


class FolderMailer(Mailer):
    """Keeps each mail as a file (RFC 5322) that its owner alone can read."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, mail: Mail) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{new_id()}.eml"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_message(mail, self._sender).as_bytes(policy=SMTP))
        _log.info("a mail is kept in %s", self._folder)


class SmtpMailer(Mailer):
    """Hands mails to a server: `smtp://host:port` (with STARTTLS where it is offered) or `smtps://user:password@host`."""

    def __init__(self, url: str, *, sender: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(_NO_URL) from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError(_NO_URL)
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = port or (465 if self._is_tls else 25)
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._sender = sender

    def send(self, mail: Mail) -> None:
        connect = smtplib.SMTP_SSL if self._is_tls else smtplib.SMTP
        with connect(self._host, self._port, timeout=TIMEOUT_SECONDS) as server:
            server.ehlo()
            if not self._is_tls and server.has_extn("starttls"):
                server.starttls()
                server.ehlo()
            if self._login:
                server.login(*self._login)
            server.send_message(_message(mail, self._sender))


class MailQueue:
    """Sends on a thread of its own, so that an answer takes as long with a mail as without."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")
        self._waiting = threading.BoundedSemaphore(MAX_WAITING)

    def put(self, mail: Mail) -> None:
        """Send it soon. A failure is logged: whoever caused the mail must not learn of it."""
        if not self._waiting.acquire(blocking=False):
            _log.error("a mail was dropped: %d wait already", MAX_WAITING)
            return
        self._threads.submit(self._send, mail)

    def close(self) -> None:
        """Send what waits, then end."""
        self._threads.shutdown()

    def _send(self, mail: Mail) -> None:
        try:
            self._mailer.send(mail)
        except Exception as error:  # nobody waits for the outcome: the log is all that can know
            _log.error("a mail couldn't be sent: %s", type(error).__name__)
        finally:
            self._waiting.release()


def mailer_for(url: str, *, folder: Path, sender: str) -> Mailer:
    """The mailer that a setting asks for; with none, the folder.

    Raises:
        ValueError: the URL isn't one of a mail server.
    """
    return SmtpMailer(url, sender=sender) if url else FolderMailer(folder, sender=sender)


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message
