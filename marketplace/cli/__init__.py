"""The door for commands: `marketplace --help` explains each. Exit 0 done, 1 refused with reasons, 2 wrong usage.

With `--json` a command prints one JSON document on stdout and nothing else; progress goes to stderr.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from pydantic import ValidationError

from marketplace.cli import checks, credentials, data, desk, finding, importing, people, serving
from marketplace.cli.output import refuse
from marketplace.kit.errors import Refusal

COMMANDS = (serving, data, importing, finding, checks, credentials, desk, people)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = parser().parse_args(words)
    try:
        code: int = arguments.run(arguments)
    except Refusal as refusal:
        return refuse(refusal, as_json=getattr(arguments, "json", False))
    except ValidationError as error:
        reasons = "; ".join(str(fault["msg"]) for fault in error.errors())
        print(f"the settings do not hold: {reasons}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    return code


def parser() -> ArgumentParser:
    top = ArgumentParser(prog="marketplace", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    return top
