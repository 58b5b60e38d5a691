"""How much of everything staff may set. What the rules may say is bounded in `rules`."""

MAX_SLUG = 40
"""Characters of a topic's, a goal's or a badge's lasting name."""

SLUG_PATTERN = r"[a-z][a-z0-9_-]*"
"""How lasting names look."""

MAX_DEFINITION_TITLE = 120
MAX_DESCRIPTION = 2_000
MAX_ACTIVITY_DESCRIPTION = 255
"""Characters of what an activity says."""

MAX_EVENT_ID = 200
"""Characters of the id under which a service or a file tells an activity."""

MAX_POSITION = 10_000

MAX_TOPICS = 200
"""Topics that can be chosen."""
MAX_TOPICS_EVER = 1_000
MAX_GOALS_EVER = 200
MAX_QUESTS = 100
"""Active quests: each that an activity may be a step of is a row read by its award."""
MAX_QUESTS_EVER = 2_000
MAX_BADGES = 50
"""Active badges: each that a member doesn't have is tried in every award."""
MAX_BADGES_EVER = 500
MAX_SEASONS = 500
MAX_RULES_VERSIONS = 10_000

MAX_TARGET = 10_000
"""Most activities of a weekly goal, most steps of a quest."""
MAX_REWARD = 1_000_000
"""Most points of a goal or a quest."""
MAX_AT_LEAST = 1_000_000_000
MAX_COOLDOWN_HOURS = 24 * 366
