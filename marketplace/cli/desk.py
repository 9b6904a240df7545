"""`desk`: the pure rules as calculators, without a database. Input is a YAML or JSON file, or a CSV named in it."""

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import Any

import yaml

from marketplace.cli.output import tell
from marketplace.faces.desk import CALCULATORS
from marketplace.frameworks.loader import load
from marketplace.kit.errors import Invalid
from marketplace.kit.sheets import read_csv
from marketplace.settings import Settings


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    command = commands.add_parser("desk", help="calculators: " + ", ".join(CALCULATORS))
    command.add_argument("name", choices=sorted(CALCULATORS))
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    given = with_tables(read(arguments.file), arguments.file.parent)
    worked = CALCULATORS[arguments.name].work(given, load(Settings().frameworks))
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


def with_tables(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The values, with the rows of a CSV file where one is named in place of a list. Raises Invalid where none is."""
    return {name: _table(folder / value) if _is_table(value) else value for name, value in given.items()}


def _is_table(value: Any) -> bool:
    return isinstance(value, str) and value.lower().endswith(".csv")


def _table(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise Invalid(f"{path} is not a file", "Name a CSV file beside the one that names it.")
    with path.open("rb") as stream:
        return [dict(row.cells) for row in read_csv(stream)]
