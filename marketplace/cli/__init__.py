"""The door for commands: `marketplace --help` explains each. Exit 0 done, 1 refused with reasons, 2 wrong usage.

With `--json` a command prints one JSON document on stdout and nothing else; progress goes to stderr.
"""

import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from pydantic import ValidationError

from marketplace.kit.starting import nothing_collected


class Command(NamedTuple):
    """Which module holds a command, and what the command does."""

    module: str
    told: str


COMMANDS = {
    "serve": Command("serving", "serve pages and API (127.0.0.1:8000)"),
    "worker": Command("serving", "handle recorded events and schedules"),
    "migrate": Command("data", "bring the database to the newest schema"),
    "demo": Command("data", "load the demonstration data; running it again changes nothing"),
    "reindex": Command("data", "rebuild the search index aside, then swap"),
    "backup": Command("data", "write a consistent copy of database and files"),
    "restore": Command("data", "bring such a copy back into an empty place"),
    "export": Command("data", "write the open data: catalogue and record"),
    "import": Command("importing", "bring products in from a CSV, JSON, JSON Lines or XML file"),
    "search": Command("finding", "search the catalogue; --batch reads JSON Lines of {id, q}"),
    "doctor": Command("checks", "check the set-up and say what to mend"),
    "verify": Command("checks", "check the record, the index and the files; name what does not hold"),
    "verify-credential": Command("credentials", "check a certificate: its JSON, or its PDF"),
    "desk": Command("desk", "run a calculator of the desk; `desk --help` names them"),
    "token": Command("people", "make a key for programs for a person; it is shown once"),
    "second-factor": Command("people", "let a person who lost theirs sign in with a password alone again"),
}
"""In the order of the help. Only the module of the command that is asked for is read."""


class Commands(_SubParsersAction):  # type: ignore[type-arg]
    """The commands; what one does stands at the top of its own help too."""

    def add_parser(self, name: str, **more: Any) -> ArgumentParser:
        told = COMMANDS[name].told
        description = f"{told[:1].upper()}{told[1:]}."
        added: ArgumentParser = super().add_parser(name, help=told, description=description, **more)
        return added


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    words = sys.argv[1:] if words is None else words
    with nothing_collected():
        top = parser(words)
    arguments = top.parse_args(words)
    try:
        code: int = arguments.run(arguments)
    except ValidationError as error:
        reasons = "; ".join(str(fault["msg"]) for fault in error.errors())
        print(f"the settings do not hold: {reasons}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except Exception as fault:
        output = import_module("marketplace.cli.output")
        refusal = output.refusal_of(fault)
        if refusal is None:
            raise
        told: int = output.refuse(refusal, as_json=getattr(arguments, "json", False))
        return told
    return code


def parser(words: Sequence[str]) -> ArgumentParser:
    """What reads these words: by the module of the command that they begin with; for help, by the names alone."""
    top = ArgumentParser(prog="marketplace", description=__doc__)
    commands = top.add_subparsers(action=Commands, required=True, metavar="COMMAND")
    asked = COMMANDS.get(words[0]) if words else None
    if asked is not None:
        import_module(f"marketplace.cli.{asked.module}").add(commands)
        return top
    for name in COMMANDS:
        commands.add_parser(name)
    return top
