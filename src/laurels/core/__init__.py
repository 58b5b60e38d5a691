"""What every room stands on: settings, databases, clock, identifiers, errors, logging.

Knows nothing of the rooms above it.
"""
