"""Mail: kept in a folder, or handed to a server."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
import logging
from pathlib import Path
import socketserver
import threading

import pytest

from laurels.identity import mail as module
from laurels.identity.mail import FolderMailer, Mail, Mailer, MailQueue, SmtpMailer, mailer_for

MAIL = Mail(to="ana@example.org", subject="Über dich", body="Hello,\n\n.a dot first\nBye\n")


class Inbox(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it gets (RFC 5321, as far as a client needs it)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.said: list[str] = []
        self.mails: list[EmailMessage] = []


class Conversation(socketserver.StreamRequestHandler):
    """One client."""

    server: Inbox

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            said = line.decode().strip()
            self.server.said.append(said)
            match said.split(" ")[0].upper():
                case "EHLO":
                    self.wfile.write(b"250-here\r\n250 AUTH PLAIN\r\n")
                case "AUTH":
                    self._say("235 welcome")
                case "DATA":
                    self._say("354 go on")
                    self.server.mails.append(self._read_mail())
                    self._say("250 kept")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _read_mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_mail_is_kept_as_a_file(tmp_path: Path) -> None:
    FolderMailer(tmp_path / "mail", sender="laurels@example.org").send(MAIL)
    [path] = (tmp_path / "mail").iterdir()
    kept = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (kept["To"], kept["From"], kept["Subject"]) == ("ana@example.org", "laurels@example.org", "Über dich")
    assert isinstance(kept, EmailMessage)
    assert kept.get_content().replace("\r\n", "\n") == MAIL.body


def test_a_mail_reaches_a_server(inbox: Inbox) -> None:
    url = f"smtp://ana:p%40ss@127.0.0.1:{inbox.server_address[1]}"
    mailer_for(url, folder=Path("unused"), sender="laurels@example.org").send(MAIL)
    [got] = inbox.mails
    assert (got["To"], got["Subject"], got.get_content().replace("\r\n", "\n")) == ("ana@example.org", "Über dich", MAIL.body)
    assert any(said.startswith("AUTH PLAIN") for said in inbox.said)


@pytest.mark.parametrize("url", ["http://example.org", "smtp:", "mail.example.org", "smtp://host:99999", "smtp://["])
def test_a_url_that_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="LAURELS_MAIL_URL"):
        mailer_for(url, folder=Path("unused"), sender="laurels@example.org")


def test_no_header_can_be_smuggled_in(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"newline|linefeed|carriage"):
        FolderMailer(tmp_path, sender="a@example.org").send(Mail(to="a@example.org\r\nBcc: b@example.org", subject="x", body="x"))


def test_the_queue_outlives_a_server_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    queue = MailQueue(SmtpMailer("smtp://127.0.0.1:1", sender="a@example.org"))
    with caplog.at_level(logging.ERROR):
        queue.put(MAIL)
        queue.close()
    assert "couldn't be sent" in caplog.text
    assert "ana@example.org" not in caplog.text


def test_the_queue_is_bounded(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 2)
    gate, sent = threading.Event(), []

    class Slow(Mailer):
        def send(self, mail: Mail) -> None:
            gate.wait(10)
            sent.append(mail)

    queue = MailQueue(Slow())
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            queue.put(MAIL)
    gate.set()
    queue.close()
    assert len(sent) == 2
    assert "dropped" in caplog.text
