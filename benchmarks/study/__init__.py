"""Study measured. Retrieval by itself: `retrieval` (how well questions find their paragraph), `search_speed` (how quickly)."""
