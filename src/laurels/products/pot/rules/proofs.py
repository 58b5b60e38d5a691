"""Proofs as files: what `GET /pot/rounds/{number}/proof` answers, read again."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from laurels.products.pot.rules.draw import label_of
from laurels.products.pot.rules.verifying import Finding, PublishedRound, verify_round

MAX_PROOF_BYTES = 256_000_000
"""The largest file that is read: of some 600,000 draws."""

Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A number of a proof: exact in JSON."""


class _Read(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class ProofDraw(_Read):
    """One draw of a proof."""

    number: Count
    message: str
    member: str
    client_seed: str
    price_number: Count
    price: Count
    heat: Count
    pot_after: Count
    ppm: Count
    prize: Count


class Proof(_Read):
    """A round's proof; what else the file says is passed over."""

    pot: str
    round: Count
    label: str
    params: str
    params_hash: str
    commitment: str
    seed: str
    ended_by: str
    winner: str | None
    amount: Count
    draws: tuple[ProofDraw, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _name_one_round(self) -> Self:
        if self.label != label_of(self.round):
            raise ValueError(f"the label of round {self.round} is {label_of(self.round)}, not {self.label}")
        return self

    def findings(self) -> list[Finding]:
        """What is wrong with the round; nothing where it was fair."""
        told = PublishedRound(
            number=self.round,
            params=self.params,
            params_hash=self.params_hash,
            commitment=self.commitment,
            seed=self.seed,
            ended_by=self.ended_by,
            winner=self.winner,
            amount=self.amount,
        )
        return list(verify_round(told, self.draws))


def read_proof(text: bytes) -> Proof:
    """A proof, from its file.

    Raises:
        ValueError: it isn't one; the message says where.
    """
    try:
        return Proof.model_validate_json(text)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in wrong["loc"]) or "the file"
        raise ValueError(f"{place}: {wrong['msg'].removeprefix('Value error, ')}") from None
