"""What the pot refuses."""

from laurels.core.errors import DomainError, Kind


class PriceMoved(DomainError):
    """A message costs more than its writer was ready to pay."""

    code = "price-moved"
    kind = Kind.CONFLICT
    detail = "Your next message costs {price} now, and you set {max_price} as the most. Ask for the price again, and send it anew."

    def __init__(self, *, price: int, max_price: int) -> None:
        super().__init__(price=price, max_price=max_price)


class Paused(DomainError):
    """A member has asked to be kept out for a time."""

    code = "paused"
    kind = Kind.CONFLICT
    detail = "You asked for a pause until {paused_until}. It can't be shortened; what you have stays yours."

    def __init__(self, *, paused_until: str) -> None:
        super().__init__(paused_until=paused_until)


class RoundGoesOn(DomainError):
    """A round's seed is revealed when it has ended."""

    code = "round-goes-on"
    kind = Kind.CONFLICT
    detail = "This round goes on: its seed is revealed, and its draws can be verified, when it has ended."


class RoundEnded(DomainError):
    """A round that was to be ended by hand has ended by itself."""

    code = "round-ended"
    kind = Kind.CONFLICT
    detail = "Round {round} has ended meanwhile, and another one goes on. Nothing was reset."

    def __init__(self, *, round: int) -> None:
        super().__init__(round=round)


class ReplySettled(DomainError):
    """A message has its reply, or its price was returned."""

    code = "reply-settled"
    kind = Kind.CONFLICT
    detail = "This message has been answered, or its price was returned. There is nothing to try again."


class ReplyUnderWay(DomainError):
    """The bot is being asked."""

    code = "reply-under-way"
    kind = Kind.CONFLICT
    detail = "The bot is being asked for a reply to this message already. Read it again in a moment."
