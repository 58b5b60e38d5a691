"""The command line: `laurels --help` teaches it.

Each module holds a group of commands; `app` puts them together and turns what
can go wrong into one line with the cure. What a program may read goes to
standard output (with `--json` as JSON); progress and remarks go to standard
error. Exit codes: 0 done, 1 not done, 2 asked in a wrong way.
"""

from laurels.cli.app import app, main

__all__ = ["app", "main"]
