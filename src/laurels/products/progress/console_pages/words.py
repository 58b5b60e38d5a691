"""What the staff's pages call what they set: marked messages."""

from laurels.products.progress.queries.definitions import SeasonStatus
from laurels.products.progress.rules import GoalMeasure, Measure, Source, TriggerName
from laurels.products.progress.rules.document import AppliesTo, CapMode, CapWindow
from laurels.web.language import N_

GOAL_MEASURE_LABELS = {
    GoalMeasure.ACTIVITIES.value: N_("Activities"),
    GoalMeasure.DAYS.value: N_("Days with one"),
    GoalMeasure.TOPICS.value: N_("Topics with one"),
}
MEASURE_LABELS = {
    Measure.TOTAL_POINTS.value: N_("All points"),
    Measure.LEVEL.value: N_("The level"),
    Measure.TIER.value: N_("The tier: the lowest is 0"),
    Measure.LONGEST_STREAK.value: N_("Days of the longest streak"),
    Measure.QUIZZES.value: N_("Quizzes completed"),
    Measure.PROJECTS.value: N_("Projects created"),
    Measure.COMMENTS.value: N_("Comments posted"),
    Measure.QUESTS.value: N_("Quests completed"),
    Measure.GOALS.value: N_("Weekly goals reached"),
    Measure.TOPIC_POINTS.value: N_("Points of a topic"),
}
ICON_LABELS = {
    "spark": N_("Spark"),
    "laurel": N_("Laurel"),
    "trophy": N_("Trophy"),
    "heart": N_("Heart"),
    "chat": N_("Speech bubble"),
    "book": N_("Book"),
    "users": N_("People"),
    "check": N_("Check mark"),
    "chart": N_("Chart"),
    "shield": N_("Shield"),
    "gift": N_("Gift"),
    "ticket": N_("Ticket"),
}
TRIGGER_LABELS = {
    TriggerName.DAILY_SIGN_IN.value: N_("The first sign-in of a day"),
    TriggerName.RECOGNITION_GIVEN.value: N_("Recognizing somebody"),
    TriggerName.ENDORSEMENT_GIVEN.value: N_("Endorsing a recognition"),
    TriggerName.RECOGNITION_RECEIVED.value: N_("Being recognized"),
    TriggerName.VOUCHER_REDEEMED.value: N_("Redeeming a voucher"),
    TriggerName.REWARD_REDEEMED.value: N_("Redeeming a program's reward"),
    TriggerName.PROGRAM_JOINED.value: N_("Joining a program"),
    TriggerName.CLASS_JOINED.value: N_("Joining a class"),
    TriggerName.STUDY_CONVERSATION.value: N_("Talking a document through"),
}
SEASON_LABELS = {
    SeasonStatus.PLANNED.value: N_("Planned"),
    SeasonStatus.RUNNING.value: N_("Running"),
    SeasonStatus.OVER.value: N_("Over"),
    SeasonStatus.ARCHIVED.value: N_("Archived"),
}
SEASON_TONES = {SeasonStatus.PLANNED.value: "brand", SeasonStatus.RUNNING.value: "ok"}

CAP_WINDOW_LABELS = {
    CapWindow.DAY.value: N_("a day"),
    CapWindow.WEEK.value: N_("a week"),
    CapWindow.MONTH.value: N_("a month"),
}
CAP_MODE_LABELS = {CapMode.DENY.value: N_("Give nothing if not all goes in"), CapMode.CLIP.value: N_("Give what room is left")}
APPLIES_TO_LABELS = {AppliesTo.SELF.value: N_("What members claim"), AppliesTo.ALL.value: N_("Whatever is awarded")}

SOURCE_LABELS = {
    Source.SELF.value: N_("The member"),
    Source.STAFF.value: N_("Staff"),
    Source.SERVICE.value: N_("A service"),
    Source.SYSTEM.value: N_("The system"),
    Source.REACTION.value: N_("The community"),
    Source.IMPORT.value: N_("A file"),
}
