"""What shops tell, as rows: their ids and digests are made here, so that the same event is the same row."""

from datetime import UTC, datetime
from hashlib import blake2b, sha256
from uuid import UUID

import orjson

from laurels.products.loyalty.rules import Line, Purchase, fingerprint
from laurels.products.loyalty.tables import PurchaseRow, ReturnRow


def purchase_id(program: UUID, transaction_id: str) -> UUID:
    """The id of a program's purchase: BLAKE2b-128 (RFC 7693) of both, so that it is known without looking."""
    return _hashed("purchase", program, transaction_id)


def return_id_of(program: UUID, return_id: str) -> UUID:
    """The id of a program's return, made as a purchase's is."""
    return _hashed("return", program, return_id)


def _hashed(kind: str, program: UUID, own: str) -> UUID:
    return UUID(bytes=blake2b(f"{kind}\x1f{program}\x1f{own}".encode(), digest_size=16).digest())


def purchase_row(
    program: UUID, sent: Purchase, *, now: datetime, batch: UUID | None = None, place: int = 0, metadata: str | None = None
) -> PurchaseRow:
    """A purchase as it is kept, before it is decided.

    Args:
        metadata: JSON of what the shop adds for itself; it doesn't tell events apart.
    """
    lines = orjson.dumps([(line.category, line.amount) for line in sent.lines]).decode() if sent.lines else None
    return PurchaseRow(
        id=purchase_id(program, sent.transaction_id),
        program=program,
        transaction_id=sent.transaction_id,
        member_ref=sent.member_ref,
        member=None,
        amount=sent.amount,
        occurred_at=sent.occurred_at,
        lines=lines,
        details=metadata,
        fingerprint=fingerprint(sent),
        batch=batch,
        place=place,
        status="accepted",
        refusal=None,
        refusal_fields=None,
        terms_version=None,
        base_points=0,
        tier_points=0,
        campaign_points=0,
        points=0,
        repaid=0,
        shares=None,
        lot=None,
        lot_position=None,
        returned_amount=0,
        returned_points=0,
        accepted_at=now,
        decided_at=None,
    )


def purchase_of(row: PurchaseRow, currency: str) -> Purchase:
    """A kept purchase as the rules know it; it was in the program's currency, or it wouldn't be kept."""
    lines = _read_lines(row.lines)
    return Purchase(row.transaction_id, row.member_ref, row.amount, currency, row.occurred_at, lines)


def _read_lines(text: str | None) -> tuple[Line, ...]:
    return tuple(Line(category, amount) for category, amount in orjson.loads(text)) if text else ()


def return_row(
    program: UUID,
    return_id: str,
    *,
    amount: int,
    occurred_at: datetime,
    now: datetime,
    transaction_id: str | None = None,
    member_ref: str | None = None,
    batch: UUID | None = None,
    place: int = 0,
) -> ReturnRow:
    """A return as it is kept, before it is decided. It names its purchase, or whose it is.

    Raises:
        ValueError: it names both or neither: a mistake of the caller.
    """
    if (transaction_id is None) == (member_ref is None):
        raise ValueError("a return names its purchase or its member")
    return ReturnRow(
        id=return_id_of(program, return_id),
        program=program,
        return_id=return_id,
        purchase=None if transaction_id is None else purchase_id(program, transaction_id),
        transaction_id=transaction_id,
        member_ref=member_ref,
        member=None,
        amount=amount,
        occurred_at=occurred_at,
        fingerprint=_digest(return_id, transaction_id, member_ref, amount, occurred_at.astimezone(UTC).isoformat()),
        batch=batch,
        place=place,
        status="accepted",
        refusal=None,
        refusal_fields=None,
        policy=None,
        points=0,
        taken=0,
        owed=0,
        accepted_at=now,
        decided_at=None,
    )


def returned_goods(row: ReturnRow, currency: str) -> Purchase:
    """A return that stands alone, as a purchase of what came back."""
    return Purchase(row.return_id, row.member_ref or "", row.amount, currency, row.occurred_at)


def _digest(*parts: str | int | None) -> str:
    return sha256(orjson.dumps(parts)).hexdigest()
