"""The receiver in docs/webhooks.md does what the document says."""

from datetime import UTC, datetime
import os
from pathlib import Path
import re
import signal
import subprocess
import sys

import pytest

from laurels.core.clock import FixedClock
from laurels.webhooks.rules import MAX_REPLAYED, MAX_TRIES, RETRY_AFTER
from support.servers import free_port, wait_until_listening
from webhooks.office import Office

DOCUMENT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


def test_documents_receiver_takes_ours_once_and_refuses_forgeries(office: Office, clock: FixedClock, tmp_path: Path) -> None:
    clock.set(datetime.now(UTC))  # the package goes by the machine's clock
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    program = tmp_path / "receiver.py"
    program.write_text(code)
    port = free_port()
    endpoint, secret = office.open(f"http://127.0.0.1:{port}/hooks")
    other, _ = office.open(f"http://127.0.0.1:{port}/hooks")
    variables = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
    process = subprocess.Popen([sys.executable, str(program)], env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        wait_until_listening(port, process)
        told = office.tell()
        office.queue(told)
        office.send()
        (delivery,) = office.deliveries(endpoint)
        assert (delivery.status, delivery.last_status) == ("delivered", 204)
        assert office.deliveries(other)[0].last_status == 400, "signed with another secret"
    finally:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=20)
    assert said == "points.earned {'points': 1}\n"


def test_document_tells_the_schedule_as_it_is() -> None:
    rows = re.findall(r"^\| (\d+) \| (\d+) (s|min|h) \|", DOCUMENT, re.MULTILINE)
    seconds = {"s": 1, "min": 60, "h": 3600}
    assert [int(row[0]) for row in rows] == list(range(2, MAX_TRIES + 1))
    assert [int(number) * seconds[unit] for _, number, unit in rows] == [pause.total_seconds() for pause in RETRY_AFTER]
    assert f"{MAX_REPLAYED:,} at once" in DOCUMENT


@pytest.mark.parametrize("name", ["LAURELS_WEBHOOKS_ALLOW_HTTP", "LAURELS_WEBHOOKS_ALLOW_PRIVATE"])
def test_document_names_settings_that_there_are(name: str) -> None:
    assert name in DOCUMENT and name in (Path(__file__).parents[2] / ".env.example").read_text()
