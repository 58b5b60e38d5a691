"""What pages call things of study: marked messages, translated where they are shown."""

from collections.abc import Callable, Iterable
from typing import Any

from laurels.products.study.queries.usage import ClassUse, Tracker, Used
from laurels.products.study.rules.permissions import Permission, Permissions, template_of
from laurels.web.language import N_

Say = Callable[[str], str]
"""Translates an English sentence."""

TEMPLATE_LABELS = {
    "reader": N_("Reader"),
    "participant": N_("Participant"),
    "sharer": N_("Sharer"),
    "manager": N_("Manager"),
}
"""Permissions that are given with one choice."""
TEMPLATE_SENTENCES = {
    "reader": N_("reads documents and shared chats"),
    "participant": N_("reads, asks and uploads"),
    "sharer": N_("the same, and sees the class's code"),
    "manager": N_("everything, but for deleting the class or handing it over"),
}
PERMISSION_LABELS = {
    Permission.READ: N_("Read documents and shared chats"),
    Permission.CHAT: N_("Ask questions"),
    Permission.UPLOAD: N_("Upload documents"),
    Permission.SHARE: N_("See and pass on the class's code"),
    Permission.MANAGE: N_("Manage the class"),
}
PERMISSION_WORDS = {
    Permission.READ: N_("read"),
    Permission.CHAT: N_("ask"),
    Permission.UPLOAD: N_("upload"),
    Permission.SHARE: N_("share the code"),
    Permission.MANAGE: N_("manage"),
}
"""The same within a list."""

STATE_LABELS = {"PENDING": N_("Waiting"), "PROCESSING": N_("Being read"), "READY": N_("Ready"), "FAILED": N_("Can't be read")}
STATE_TONES = {"PENDING": "", "PROCESSING": "brand", "READY": "ok", "FAILED": "bad"}

PERIOD_LABELS = {"day": N_("Today"), "week": N_("This week"), "month": N_("This month")}
OPERATION_LABELS = {"CHAT": N_("Answer"), "EMBEDDING": N_("Finding by meaning")}
USAGE_LABELS = {"held": N_("Set aside"), "settled": N_("Used"), "released": N_("Given back")}
USAGE_TONES = {"held": "gold", "settled": "", "released": ""}

ALERT_SENTENCES = {
    "own": {
        80: {
            "day": N_("In {name}, {percent}% of your tokens of the day are used or set aside."),
            "week": N_("In {name}, {percent}% of your tokens of the week are used or set aside."),
            "month": N_("In {name}, {percent}% of your tokens of the month are used or set aside."),
        },
        100: {
            "day": N_("In {name}, your tokens of the day are used up."),
            "week": N_("In {name}, your tokens of the week are used up."),
            "month": N_("In {name}, your tokens of the month are used up."),
        },
    },
    "share": {
        80: {
            "day": N_("In {name}, {percent}% of what its owner pays for you in a day is used or set aside."),
            "week": N_("In {name}, {percent}% of what its owner pays for you in a week is used or set aside."),
            "month": N_("In {name}, {percent}% of what its owner pays for you in a month is used or set aside."),
        },
        100: {
            "day": N_("In {name}, what its owner pays for you in a day is used up: you go on with your own tokens."),
            "week": N_("In {name}, what its owner pays for you in a week is used up: you go on with your own tokens."),
            "month": N_("In {name}, what its owner pays for you in a month is used up: you go on with your own tokens."),
        },
    },
    "sponsor": {
        80: {
            "day": N_("In {name}, {percent}% of what you pay for others in a day is used or set aside."),
            "week": N_("In {name}, {percent}% of what you pay for others in a week is used or set aside."),
            "month": N_("In {name}, {percent}% of what you pay for others in a month is used or set aside."),
        },
        100: {
            "day": N_("In {name}, what you pay for others in a day is used up: they go on with their own tokens."),
            "week": N_("In {name}, what you pay for others in a week is used up: they go on with their own tokens."),
            "month": N_("In {name}, what you pay for others in a month is used up: they go on with their own tokens."),
        },
    },
}
"""What a banner says, by who pays, the percentage that was reached, and the period."""

WORDS: dict[str, Any] = {
    "template_labels": TEMPLATE_LABELS,
    "state_labels": STATE_LABELS,
    "state_tones": STATE_TONES,
    "period_labels": PERIOD_LABELS,
    "operation_labels": OPERATION_LABELS,
    "usage_labels": USAGE_LABELS,
    "usage_tones": USAGE_TONES,
}
"""The tables as templates know them."""


def permissions_words(say: Say, permissions: Permissions, *, is_owner: bool = False) -> str:
    """What somebody is in a class: a template's name, or what they may do."""
    if is_owner:
        return say(N_("Owner"))
    template = template_of(permissions)
    if template is not None:
        return say(TEMPLATE_LABELS[template])
    if permissions.is_manager:
        return say(TEMPLATE_LABELS["manager"])
    may = [say(words) for permission, words in PERMISSION_WORDS.items() if getattr(permissions, permission.value)]
    return say(N_("May {list}")).format(list=", ".join(may)) if may else say(N_("May do nothing"))


def template_choices(say: Say) -> list[tuple[str, str, str]]:
    """The templates: key, name, what it lets one do."""
    return [(key, say(label), say(TEMPLATE_SENTENCES[key])) for key, label in TEMPLATE_LABELS.items()]


def budget_alerts(say: Say, uses: Iterable[ClassUse]) -> list[tuple[str, bool]]:
    """Limits of which so much is used that their owner is to know: sentences, and whether all of it is.

    For each class and payer one: of the limits that are used up the longest, else of those that nearly are.
    """
    found: list[tuple[str, bool]] = []
    for one in uses:
        trackers = (("own", one.own), ("share", one.share), ("sponsor", one.sponsor))
        for payer, tracker in trackers:
            worst = _worst(tracker) if tracker is not None else None
            if worst is None:
                continue
            percent = 100 * (worst.used + worst.held) // worst.limit
            sentence = ALERT_SENTENCES[payer][100 if percent >= 100 else 80][worst.window.period.value]
            found.append((say(sentence).format(name=one.standing.room.name, percent=percent), percent >= 100))
    return found


def _worst(tracker: Tracker) -> Used | None:
    """The limit of which to tell; None where there is nothing to. A limit of 0 was never meant to be used."""
    shares = [(one.used + one.held) * 100 // one.limit if one.limit else 0 for one in tracker]
    full = [one for one, share in zip(tracker, shares, strict=True) if share >= 100]
    near = [one for one, share in zip(tracker, shares, strict=True) if share >= 80]
    return full[-1] if full else (near[-1] if near else None)
