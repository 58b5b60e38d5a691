"""What progress does a second, and how soon: `python -m benchmarks.progress` writes docs/benchmarks-progress.md."""
