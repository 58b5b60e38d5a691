"""The process that reads: what it may not do, and that nothing of it is left."""

import os
from pathlib import Path
import signal
import subprocess
import sys
from tempfile import SpooledTemporaryFile

import pytest

from laurels.products.study.extraction import LIMITS, FileType, Limits, ReaderStopped, extract_pages, probe, processes
from laurels.products.study.extraction.errors import FileBroken, FileTooLong, FileWithoutText
from products.study.extraction.files import pdf

LINES = ["words and words and words and words"] * 50


class Recorded(subprocess.Popen[bytes]):
    """A process that can be found again."""

    all: list["Recorded"]

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[call-overload]
        Recorded.all.append(self)
        self.environment = options["env"]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Recorded]:
    """The processes that a test started."""
    Recorded.all = []
    monkeypatch.setattr(processes.subprocess, "Popen", Recorded)
    return Recorded.all


@pytest.fixture
def long_pdf(tmp_path: Path) -> Path:
    """More pages than a pipe holds: its process waits until they are read."""
    path = tmp_path / "long.pdf"
    path.write_bytes(pdf([LINES] * 200))
    return path


def run_limited(code: str, limits: str = "") -> subprocess.CompletedProcess[str]:
    start = "from laurels.products.study.extraction.child import *; limit_this_process(Limits(" + limits + "))\n"
    return subprocess.run([sys.executable, "-I", "-B", "-c", start + code], capture_output=True, text=True, env={}, check=False)


def test_pages_come_while_the_file_is_read(long_pdf: Path, recorded: list[Recorded]) -> None:
    with extract_pages(long_pdf, FileType.PDF) as pages:
        first = next(pages)
        assert (first.number, pages.page_count) == (1, 200)
        assert recorded[0].poll() is None
        assert [page.number for page in pages] == list(range(2, 201))
    assert recorded[0].poll() is not None


def test_who_stops_reading_ends_the_process(long_pdf: Path, recorded: list[Recorded]) -> None:
    with extract_pages(long_pdf, FileType.PDF) as pages:
        next(pages)
    assert recorded[0].returncode == -signal.SIGKILL


def test_an_error_of_who_reads_ends_the_process(long_pdf: Path, recorded: list[Recorded]) -> None:
    with pytest.raises(KeyError), extract_pages(long_pdf, FileType.PDF) as pages:
        raise KeyError(next(pages))
    assert recorded[0].returncode == -signal.SIGKILL


def test_a_trial_reads_the_first_page_alone(long_pdf: Path, recorded: list[Recorded]) -> None:
    assert probe(long_pdf, FileType.PDF).page_count == 200
    assert recorded[0].returncode is not None


def test_a_process_that_somebody_ends_is_no_fault_of_the_file(long_pdf: Path, recorded: list[Recorded]) -> None:
    with extract_pages(long_pdf, FileType.PDF) as pages:
        next(pages)
        os.kill(recorded[0].pid, signal.SIGKILL)
        with pytest.raises(ReaderStopped):
            list(pages)


def test_a_process_that_crashes_is_the_files_fault(long_pdf: Path, recorded: list[Recorded]) -> None:
    with extract_pages(long_pdf, FileType.PDF) as pages:
        next(pages)
        os.kill(recorded[0].pid, signal.SIGSEGV)
        with pytest.raises(FileBroken):
            list(pages)


def test_a_process_that_cannot_be_started_is_no_fault_of_the_file(long_pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ReaderStopped):
        extract_pages(long_pdf, FileType.PDF)


def test_a_program_that_is_not_installed_whole_is_no_fault_of_the_file(
    long_pdf: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(processes, "_START", "import laurels.nowhere")
    with pytest.raises(ReaderStopped):
        extract_pages(long_pdf, FileType.PDF)
    assert "ended with status 1" in caplog.text


@pytest.mark.parametrize(
    "said",
    [
        "print('words')",
        'print(\'{"page": 1, "text": "before the outline"}\')',
        'print(\'{"page_count": 1, "title": null}\'); print(\'{"page": 2, "text": "a"}\')',
        'print(\'{"page_count": 1, "title": null}\'); print(\'{"page_count": 1, "title": null}\')',
        'print(\'{"page_count": 1, "title": null}\'); print(\'{"page": 1, "text": "\' + "x" * 2_000_000)',
    ],
)
def test_a_process_that_was_taken_over_is_not_believed(long_pdf: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr(processes, "_START", said)
    with pytest.raises(FileBroken):
        list(extract_pages(long_pdf, FileType.PDF))


def test_a_process_that_says_more_pages_than_may_be_is_not_believed(long_pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = 'print(\'{"page_count": 1, "title": null}\')\nfor n in range(1, 9): print(\'{"page": %d, "text": "a"}\' % n)'
    monkeypatch.setattr(processes, "_START", said)
    with pytest.raises(FileTooLong):
        list(extract_pages(long_pdf, FileType.PDF, Limits(max_pages=5)))


def test_it_has_no_environment(long_pdf: Path, recorded: list[Recorded], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET_KEY", "not for documents")
    probe(long_pdf, FileType.PDF)
    assert recorded[0].environment == {}


def test_it_loads_neither_the_web_nor_the_database(tmp_path: Path) -> None:
    code = "import sys, laurels.products.study.extraction.child as c\nfor name in c._MODULES.values(): c.import_module(c._READERS + name)\n"
    code += "print(sorted({'fastapi', 'sqlalchemy', 'pydantic', 'laurels.main', 'requests', 'numpy'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-I", "-B", "-c", code], capture_output=True, text=True, env={}, check=True)
    assert found.stdout == "[]\n"


def test_it_may_write_no_file(tmp_path: Path) -> None:
    found = run_limited(f"open({str(tmp_path / 'made')!r}, 'wb', 0).write(b'words')")
    assert "File too large" in found.stderr


def test_it_may_not_fill_the_memory() -> None:
    assert "MemoryError" in run_limited("bytearray(300 * 2**20)", "memory_bytes=200 * 2**20").stderr


def test_it_may_not_open_many_files() -> None:
    assert "Too many open files" in run_limited("kept = [open('/dev/null') for _ in range(100)]").stderr


def test_it_may_not_compute_for_ever() -> None:
    assert run_limited("while True: pass", "cpu_seconds=1").returncode == -signal.SIGXCPU


def test_it_leaves_no_core_and_may_start_no_process() -> None:
    """Told by the limits: the superuser, whom tests may run as, may start processes whatever they are."""
    found = run_limited("print(*map(resource.getrlimit, (resource.RLIMIT_CORE, resource.RLIMIT_NPROC)))")
    assert found.stdout == "(0, 0) (0, 0)\n"


def test_a_file_may_be_given_open(long_pdf: Path) -> None:
    with long_pdf.open("rb") as file:
        file.seek(100)
        assert probe(file, FileType.PDF).page_count == 200
        assert len(list(extract_pages(file, FileType.PDF))) == 200


def test_a_file_may_be_one_that_is_still_in_memory() -> None:
    with SpooledTemporaryFile(max_size=2**20) as file:
        file.write(pdf([["words"]]))
        assert [page.text for page in extract_pages(file, FileType.PDF)] == ["words"]


def test_a_file_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        extract_pages(tmp_path / "none.pdf", FileType.PDF)


def test_a_document_without_text_is_refused_at_its_end_and_stays_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([[], []]))
    with extract_pages(path, FileType.PDF, LIMITS) as pages:
        assert [next(pages).text, next(pages).text] == ["", ""]
        with pytest.raises(FileWithoutText):
            next(pages)
        assert list(pages) == []
