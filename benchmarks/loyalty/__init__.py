"""What loyalty does a second, and how soon: `python -m benchmarks.loyalty` writes docs/benchmarks-loyalty.md."""
