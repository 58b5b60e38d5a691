"""Text files from outside: packed or plain, whole or damaged, and how much of them was read."""

from collections.abc import Callable
import gzip
from pathlib import Path
import zipfile

import pytest

from laurels.core.text_files import MAX_LINE, FileUnusable, read_lines

TEXT = "name\r\nZoë\n山\nlast"
LINES = ["name\r\n", "Zoë\n", "山\n", "last"]


def plain(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def gzipped(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content))


def gzipped_in_two(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content[:7]) + gzip.compress(content[7:]))


def zipped(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/", "")
        archive.writestr("folder/export.csv", content)
        archive.writestr("__MACOSX/folder/._export.csv", b"\0")


@pytest.mark.parametrize("name", ["export.csv", "export.csv.gz", "EXPORT"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("pack", [plain, gzipped, gzipped_in_two, zipped])
def test_lines_are_the_same_however_the_file_is_packed_and_called(
    tmp_path: Path, pack: Callable[[Path, bytes], None], bom: bytes, name: str
) -> None:
    file = tmp_path / name
    pack(file, bom + TEXT.encode())
    assert list(read_lines(file)) == LINES


@pytest.mark.parametrize("pack", [plain, gzipped])
def test_empty_file_has_no_lines(tmp_path: Path, pack: Callable[[Path, bytes], None]) -> None:
    file = tmp_path / "empty"
    pack(file, b"")
    assert list(read_lines(file)) == []


@pytest.mark.parametrize("pack", [plain, gzipped])
def test_progress_adds_up_to_the_bytes_on_the_disk(tmp_path: Path, pack: Callable[[Path, bytes], None]) -> None:
    file = tmp_path / "long.csv"
    pack(file, b"".join(b"%d,%d\n" % (number, number * number % 9_973) for number in range(50_000)))
    told: list[int] = []
    assert sum(1 for _ in read_lines(file, advance=told.append)) == 50_000
    assert sum(told) == file.stat().st_size and len(told) > 2


def test_endless_line_comes_in_pieces(tmp_path: Path) -> None:
    file = tmp_path / "endless"
    gzipped(file, b"x" * 100_000)
    assert len(next(read_lines(file))) == MAX_LINE + 1


def test_file_in_another_encoding_says_how_to_convert_it(tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes("a\nZoë\n".encode("latin1"))
    with pytest.raises(FileUnusable, match=r"isn't in UTF-8. Convert it: iconv"):
        list(read_lines(file))


def test_gzip_that_is_cut_off_gives_the_whole_lines_before_and_says_after_which(tmp_path: Path) -> None:
    file = tmp_path / "cut.csv.gz"
    file.write_bytes(gzip.compress(b"".join(b"%d\n" % (number * 7_919) for number in range(90_000)))[:-200])
    lines = read_lines(file)
    seen: list[str] = []
    with pytest.raises(FileUnusable) as refusal:
        seen.extend(iter(lambda: next(lines), None))
    assert seen == [f"{number * 7_919}\n" for number in range(len(seen))] and len(seen) > 1_000
    assert f"cut off after line {len(seen)}." in str(refusal.value)


def test_gzip_that_is_damaged_says_so(tmp_path: Path) -> None:
    file = tmp_path / "damaged.csv.gz"
    content = bytearray(gzip.compress(TEXT.encode()))
    content[-6] ^= 0xFF  # its checksum
    file.write_bytes(content)
    with pytest.raises(FileUnusable, match="damaged"):
        list(read_lines(file))


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["a.csv", "b.csv"], "the zip has 2 files. .*: a.csv, b.csv"),
        (["folder/"], "the zip has 0 files. .*: nothing"),
        (["[Content_Types].xml", "xl/workbook.xml"], "is a spreadsheet. Save it as CSV"),
    ],
)
def test_zip_of_anything_but_one_file_says_what_is_in_it(tmp_path: Path, names: list[str], reason: str) -> None:
    file = tmp_path / "many.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "a\n")
    with pytest.raises(FileUnusable, match=reason):
        list(read_lines(file))


@pytest.mark.parametrize(("field", "value", "reason"), [(0, 1, "encrypted"), (2, 9, "compression")])
def test_zip_that_cannot_be_opened_says_why(tmp_path: Path, field: int, value: int, reason: str) -> None:
    file = tmp_path / "closed.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "a\n")
    content = bytearray(file.read_bytes())
    content[content.index(b"PK\x03\x04") + 6 + field] = value  # flags, then the method, where a file begins
    content[content.index(b"PK\x01\x02") + 8 + field] = value  # and in the list of files
    file.write_bytes(content)
    with pytest.raises(FileUnusable, match=f"the zip can't be opened: .*{reason}.* Unpack it"):
        list(read_lines(file))


def test_zip_that_is_cut_off_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "cut.zip"
    zipped(file, TEXT.encode() * 100)
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(FileUnusable, match="damaged"):
        list(read_lines(file))


def test_file_that_is_not_there_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_lines(tmp_path / "nothing"))
