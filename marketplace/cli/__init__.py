"""The door for commands: `marketplace --help` explains each. Exit 0 done, 1 refused with reasons, 2 wrong usage.

With `--json` a command prints one JSON document on stdout and nothing else; progress goes to stderr.
"""

import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from marketplace.kit.starting import nothing_collected

MODULES = {
    "serve": "serving", "worker": "serving", "migrate": "data", "demo": "data", "reindex": "data", "backup": "data",
    "restore": "data", "export": "data", "import": "importing", "search": "finding", "doctor": "checks",
    "verify": "checks", "verify-credential": "credentials", "desk": "desk", "token": "people",
    "second-factor": "people",
}  # fmt: skip
"""Which module holds which command, in the order of the help. Only the module that is asked for is read."""


class Commands(_SubParsersAction):  # type: ignore[type-arg]
    """The commands; what one does stands at the top of its own help too."""

    def add_parser(self, name: str, **more: Any) -> ArgumentParser:
        told = more["help"]
        added: ArgumentParser = super().add_parser(name, description=f"{told[:1].upper()}{told[1:]}.", **more)
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
    """What reads these words: the module of the command that they begin with, or all of them for help."""
    top = ArgumentParser(prog="marketplace", description=__doc__)
    commands = top.add_subparsers(action=Commands, required=True, metavar="COMMAND")
    for name in _modules_for(words):
        import_module(f"marketplace.cli.{name}").add(commands)
    return top


def _modules_for(words: Sequence[str]) -> Iterable[str]:
    asked = MODULES.get(words[0]) if words else None
    return [asked] if asked else dict.fromkeys(MODULES.values())
