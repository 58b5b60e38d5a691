"""How fast Laurels is, beside what one would write by hand on the same machine and database.

`python -m benchmarks` measures and writes docs/benchmarks.md. Begin reading at
`__main__`; each program that is measured is a module of its own: `by_writer`
(Laurels), `by_hand` (a transaction for each gift), `in_sets` (the same rows
with no logic: the limit), `over_http`, `by_import`.
"""
