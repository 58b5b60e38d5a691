"""Study's use cases: read, decide, and tell. Begin at `classes`, then `asking`."""
