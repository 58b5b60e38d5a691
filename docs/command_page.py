"""docs/cli.md, made from the commands themselves; `python docs/generate.py` writes it."""

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from laurels.cli import app

_INTRODUCTION = """\
# Command line

`laurels`, in `.venv/bin` after `make setup`; `laurels COMMAND --help` tells the same on a terminal.

What a program may read goes to standard output (with `--json` as JSON), progress
and remarks to standard error. Exit codes: 0 done, 1 not done, 2 asked in a wrong
way, 130 stopped by Ctrl-C. What went wrong is told in one line, with the cure.

Commands take their settings from LAURELS_* variables or `.env`, as the server
does: run them where it runs, or with the same `LAURELS_HOME` and
`LAURELS_DATABASE_URL`.

Made by `python docs/generate.py` from the commands themselves.
"""


def command_page() -> str:
    """The whole page."""
    commands = list(commands_of(get_command(app), "laurels"))
    index = [f"- [`{name}`](#{name.replace(' ', '-')}): {_first_sentence(command)}" for name, command in commands]
    return "\n".join([_INTRODUCTION, *index, "", *(_section(name, command) for name, command in commands)])


def commands_of(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """(full name, command) of everything that can be run, in the order of the help."""
    parts = getattr(command, "commands", None)
    if parts is None:
        yield name, command
        return
    for part, inner in parts.items():
        yield from commands_of(inner, f"{name} {part}")


def _first_sentence(command: Any) -> str:
    return " ".join((command.help or "").partition("\n\n")[0].split())


def _section(name: str, command: Any) -> str:
    arguments = " ".join(one.name.upper() for one in command.params if not one.opts[0].startswith("-"))
    options = "[OPTIONS]" if any(one.opts[0].startswith("-") for one in command.params) else ""
    lines = [f"## {name}", "", "    " + " ".join(f"{name} {arguments} {options}".split()), "", command.help or "", ""]
    if command.params:
        lines += ["| option | meaning |", "| --- | --- |", *(_row(one) for one in command.params), ""]
    return "\n".join([*lines, (command.epilog or "").replace("**", "`"), ""])


def _row(one: Any) -> str:
    is_option = one.opts[0].startswith("-")
    spelled = ", ".join(f"`{opt}`" for opt in one.opts) if is_option else f"`{one.name.upper()}`"
    told = [one.help or ""]
    if choices := [str(choice.value) for choice in getattr(one.type_descriptor.annotation, "__members__", {}).values()]:
        told.append(f"One of: {', '.join(choices)}.")
    if one.required:
        told.append("Required.")
    elif one.default not in (None, "", [], False) and not callable(one.default):
        told.append(f"By default `{getattr(one.default, 'value', one.default)}`.")
    if one.envvar:
        told.append(f"Also read from `{one.envvar}`.")
    return f"| {spelled} | {' '.join(told)} |".replace("\n", " ")
