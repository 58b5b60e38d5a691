"""What happens elsewhere in the community and may award points."""

from dataclasses import dataclass
from enum import StrEnum

from laurels.products.progress.rules.types import ActivityType

MAX_REACTION_POINTS = 1_000
"""Most points that something may award."""


class TriggerName(StrEnum):
    """What happened."""

    DAILY_SIGN_IN = "daily_sign_in"  # a member's first sign-in of a local day
    RECOGNITION_GIVEN = "recognition_given"  # a member gave credits with a message
    ENDORSEMENT_GIVEN = "endorsement_given"  # a member endorsed a recognition
    RECOGNITION_RECEIVED = "recognition_received"  # a member was given credits
    VOUCHER_REDEEMED = "voucher_redeemed"  # a member redeemed a voucher
    REWARD_REDEEMED = "reward_redeemed"  # a member burned points of a program for a reward
    PROGRAM_JOINED = "program_joined"  # a member joined a loyalty program
    CLASS_JOINED = "class_joined"  # a member joined a class
    STUDY_CONVERSATION = "study_conversation"  # a member asked three questions or more about a document


@dataclass(frozen=True, slots=True)
class Reaction:
    """What something that happened awards.

    Attributes:
        points: 0: nothing, and no activity is written.
        description: what the activity says.
    """

    trigger: TriggerName
    activity_type: ActivityType
    points: int
    description: str


DEFAULT_REACTIONS = (
    Reaction(TriggerName.DAILY_SIGN_IN, ActivityType.DAILY_LOGIN, 5, "Signed in"),
    Reaction(TriggerName.RECOGNITION_GIVEN, ActivityType.COMMENT, 5, "Recognized somebody"),
    Reaction(TriggerName.ENDORSEMENT_GIVEN, ActivityType.REACTION, 2, "Endorsed a recognition"),
    Reaction(TriggerName.RECOGNITION_RECEIVED, ActivityType.SPECIAL_EVENT, 0, "Was recognized"),
    Reaction(TriggerName.VOUCHER_REDEEMED, ActivityType.SPECIAL_EVENT, 0, "Redeemed a voucher"),
    Reaction(TriggerName.REWARD_REDEEMED, ActivityType.SPECIAL_EVENT, 0, "Redeemed a reward"),
    Reaction(TriggerName.PROGRAM_JOINED, ActivityType.SPECIAL_EVENT, 0, "Joined a program"),
    Reaction(TriggerName.CLASS_JOINED, ActivityType.SPECIAL_EVENT, 0, "Joined a class"),
    Reaction(TriggerName.STUDY_CONVERSATION, ActivityType.SPECIAL_EVENT, 10, "Talked a document through"),
)
"""One for each trigger: they count until staff set others."""
