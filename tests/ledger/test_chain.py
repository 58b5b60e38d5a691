"""The chain's encoding is fixed: a hash noted today must be found in ten years."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from laurels.ledger import chain

AT = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)
ROWS = [chain.encode_row((1, 1, "give", UUID(int=1), None)), chain.encode_row((1, 1, 0, "a", "b", 5, "gift", None, -5, 5))]


def test_row_is_a_compact_json_array() -> None:
    assert ROWS[0] == b'[1,1,"give","00000000-0000-0000-0000-000000000001",null]'


def test_link_is_the_sha256_of_header_and_rows() -> None:
    header = f'["laurels-chain-1","{chain.GENESIS}","toys",1795168800123456]'.encode()
    assert chain.link(chain.GENESIS, "toys", AT, ROWS) == sha256(header + b"\n" + ROWS[0] + b"\n" + ROWS[1]).hexdigest()


def test_link_is_another_for_any_other_batch() -> None:
    later = AT + timedelta(microseconds=1)
    links = [
        chain.link(chain.GENESIS, "toys", AT, ROWS),
        chain.link("1" * 64, "toys", AT, ROWS),
        chain.link(chain.GENESIS, "joys", AT, ROWS),
        chain.link(chain.GENESIS, "toys", later, ROWS),
        chain.link(chain.GENESIS, "toys", AT, ROWS[::-1]),
        chain.link(chain.GENESIS, "toys", AT, ROWS[:1]),
        chain.link(chain.GENESIS, "toys", AT, []),
    ]
    assert len(set(links)) == len(links)


def test_checksum_is_crc32() -> None:
    assert chain.checksum(b"123456789") == 0xCBF43926
