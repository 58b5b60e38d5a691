"""Study's reads, each within what the asker may see. Begin at `access`."""
