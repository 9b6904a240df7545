"""`desk`: the pure rules as calculators, without a database. Input is a YAML or JSON file, or a CSV named in it."""

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from marketplace.cli.output import end_progress, progress, tell
from marketplace.faces.desk import CALCULATORS
from marketplace.faces.desk.against import compare
from marketplace.faces.desk.worked import Worked
from marketplace.frameworks.loader import Frameworks, load
from marketplace.kit.calendar import day_in_london
from marketplace.kit.db import Database
from marketplace.kit.errors import Invalid
from marketplace.kit.sheets import read_csv
from marketplace.settings import Settings


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    command = commands.add_parser("desk")
    command.add_argument("name", choices=sorted(CALCULATORS), help="which one; /desk shows each with an example")
    command.add_argument("file", type=Path, metavar="FILE", nargs="?", help="what it works on, as YAML or JSON")
    command.add_argument(
        "--against", type=Path, metavar="DIR", help="check alone: a copy of frameworks/ with what is drafted"
    )
    command.add_argument("--json", action="store_true", help="one JSON document")
    command.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    if arguments.against and arguments.name != "check":
        raise Invalid("--against goes with check", "It compares frameworks.")
    if arguments.file is None and not arguments.against:
        raise Invalid("no file is named", "Name a YAML or JSON file.")
    given = with_tables(read(arguments.file), arguments.file.parent) if arguments.file else None
    current = load(Settings().frameworks)
    if arguments.against:
        worked = against(arguments.against, current, given)
    else:
        worked = CALCULATORS[arguments.name].work(given or {}, current)
    tell("\n".join(worked.lines), worked.document, as_json=arguments.json)
    return 0


def against(folder: Path, current: Frameworks, given: dict[str, Any] | None) -> Worked:
    """What a draft of the declarations changes; of products, where there is a database. Raises Invalid."""
    if not (folder / "assurance").is_dir():
        raise Invalid(f"{folder} is no copy of the declarations", "Name a folder with everything that frameworks/ has.")
    draft, at = load(folder), datetime.now(UTC)
    words: dict[str, Any] = {"on": day_in_london(at), "at": at, "told": judged}
    url = Settings().database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return compare(current, draft, given, db=None, **words)
    database = Database(url)
    try:
        with database.reading() as db:
            return compare(current, draft, given, db=db, **words)
    finally:
        database.close()
        end_progress()


def judged(done: int, of: int) -> None:
    progress(f"{done:,} of {of:,} products are judged")


def read(path: Path) -> dict[str, Any]:
    """What the file holds. Raises Invalid where it is missing, or neither YAML nor JSON with named values."""
    if not path.is_file():
        raise Invalid(f"{path} is not a file", "Name a YAML or JSON file.")
    try:
        text = path.read_text(encoding="utf-8")
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
