"""One module per kind of file: `read(file, limits) -> Reading`. Loaded in the reading process alone, by name."""
