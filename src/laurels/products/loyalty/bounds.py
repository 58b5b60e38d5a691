"""How much of everything a program may have. What its terms may say is bounded in `rules.terms`."""

MAX_PROGRAMS = 10_000
"""Programs of a community."""

MAX_PROGRAM_NAME = 80
MAX_DESCRIPTION = 2_000
MAX_UNIT_NAME = 30
MAX_REWARD_NAME = 120

MAX_VERSIONS = 500
"""Versions of a program's terms."""

MAX_LIVE_CAMPAIGNS = 100
"""Campaigns of a program that haven't ended."""

MAX_CAMPAIGNS = 2_000
"""Campaigns of a program, ended ones too: purchases told late still ask for them."""

MAX_REWARDS = 1_000
"""Rewards of a program, archived ones too."""

MAX_ADMINS = 50
"""Admins of a program, beside the community's."""

MAX_INVITATIONS = 100_000
"""Open invitations of a program."""

MAX_INVITED_AT_ONCE = 100

MAX_POINTS = 1_000_000_000
"""Most points of a cost, a burn rate and of one change of a budget."""

MAX_STOCK_CHANGE = 1_000_000
"""Most pieces added to a stock, or taken out, at once."""

MAX_PER_MEMBER = 1_000_000
MAX_CONFIRM_MINUTES = 30 * 24 * 60
"""Longest that a reservation is kept: thirty days."""

MAX_GRACE_DAYS = 365
MAX_VOUCHER_DAYS = 3_650

DEFAULT_CONFIRM_MINUTES = 15
DEFAULT_GRACE_DAYS = 30

MIN_RANDOM_CHARACTERS = 8
"""Least `#` of a voucher pattern: fewer could be guessed."""

VOUCHER_PATTERN = r"[A-Z0-9-]*(#[A-Z0-9-]*){8,32}"
"""How voucher patterns look: capital letters, digits and dashes as they are, and a random character for each `#`."""

MAX_VOUCHER_PATTERN = 40
