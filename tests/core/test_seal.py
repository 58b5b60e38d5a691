"""Secrets at rest."""

from uuid import uuid4

import pytest

from laurels.core.seal import Seal, SealBroken

KEY, OTHER = b"k" * 32, b"o" * 32


def test_a_sealed_code_opens_for_its_order_only() -> None:
    seal, order = Seal(KEY), uuid4()
    sealed = seal.close(order, "K7QM-2XVA-9RTD-HW4E")
    assert seal.open(order, sealed) == "K7QM-2XVA-9RTD-HW4E"
    assert "K7QM" not in sealed
    with pytest.raises(SealBroken):
        seal.open(uuid4(), sealed)
    with pytest.raises(SealBroken):
        Seal(OTHER).open(order, sealed)


def test_the_same_code_is_never_sealed_the_same() -> None:
    seal, order = Seal(KEY), uuid4()
    assert len({seal.close(order, "CODE") for _ in range(50)}) == 50


def test_what_was_tampered_with_doesnt_open() -> None:
    seal, order = Seal(KEY), uuid4()
    sealed = seal.close(order, "CODE")
    for wrong in (sealed[:-6] + "AAAA==", "v2." + sealed[3:], "", "v1.", "v1.é", "v1.AAAA", sealed[:10]):
        with pytest.raises(SealBroken):
            seal.open(order, wrong)
