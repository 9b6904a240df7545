"""`desk`: the pure rules as calculators, without a database. Input is a YAML or JSON file."""

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import Any

import yaml

from marketplace.cli.output import tell
from marketplace.faces.desk import CALCULATORS
from marketplace.frameworks.loader import load
from marketplace.kit.errors import Invalid
from marketplace.settings import Settings


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    command = commands.add_parser("desk", help="calculators: " + ", ".join(CALCULATORS))
    command.add_argument("name", choices=sorted(CALCULATORS))
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    worked = CALCULATORS[arguments.name].work(read(arguments.file), load(Settings().frameworks))
    tell("\n".join(worked.lines), worked.document, as_json=arguments.json)
    return 0


def read(path: Path) -> dict[str, Any]:
    """What the file holds. Raises Invalid where it is missing, or neither YAML nor JSON with named values."""
    if not path.is_file():
        raise Invalid(f"{path} is not a file", "Name a YAML or JSON file.")
    text = path.read_text(encoding="utf-8")
    try:
        found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as wrong:
        raise Invalid(f"{path} cannot be read: {str(wrong).splitlines()[0]}", "Mend the file.") from wrong
    if not isinstance(found, dict):
        raise Invalid(f"{path} holds no named values", "Write `name: value` lines.")
    return found
