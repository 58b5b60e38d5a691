"""What service keys of progress are for, and may be for."""

SUBJECT = "progress"
"""The subject of every service key of progress."""

AWARD = "award"
"""The scope of keys that say what members did."""
READ = "read"
"""The scope of keys that read what members did."""

SCOPES = (AWARD, READ)
