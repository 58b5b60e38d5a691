"""The largest things that the pot takes."""

MAX_MESSAGE = 2_000
"""Characters of a message."""
MAX_REPLY = 8_000
"""Characters of a reply that are kept."""
MAX_REASON = 300
"""Characters of a reason that staff give."""
MAX_PAUSE_DAYS = 365
"""The longest pause that a member may ask for at once."""
