"""`search`: one query, or many from a file of JSON Lines."""

import json
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marketplace.catalogue.queries.asking import product_query
from marketplace.catalogue.rules.costing import FIELDS, LIMITS, NUMBERS, Costing, read_costing
from marketplace.cli.output import tell
from marketplace.faces.finding import chosen_filters, known_filters
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid
from marketplace.ports.search.port import SORTS, Found, Query, Search
from marketplace.settings import Settings
from marketplace.wiring import house_from


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    command = commands.add_parser("search")
    command.add_argument("words", nargs="*", metavar="WORDS", help="what is needed, in any words")
    command.add_argument(
        "--filter", action="append", default=[], metavar="key=value", help="such as care-setting=outpatients; repeat it"
    )
    command.add_argument("--sort", choices=["relevance", *SORTS], default="relevance", help="best match otherwise")
    for name, label in {**NUMBERS, **LIMITS}.items():
        command.add_argument(f"--{name.replace('_', '-')}", default="", metavar="N", help=label)
    command.add_argument("--limit", type=int, default=20, help="how many to list (20)")
    command.add_argument("--batch", type=Path, metavar="FILE", help="one query a line, one line of hits for each")
    command.add_argument("--json", action="store_true", help="one JSON document")
    command.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    services = house_from(Settings()).services
    chosen = chosen_filters(read_filters(arguments.filter), known_filters(services.frameworks))
    if not 1 <= arguments.limit <= 1_000:
        raise Invalid(f"{arguments.limit} results cannot be asked for", "Ask for 1 to 1,000.")
    if arguments.batch:
        return run_batch(services.search, arguments.batch, arguments.limit)
    costing = read_costs({name: getattr(arguments, name) for name in FIELDS})
    with services.database.reading() as db:
        query = product_query(
            db, " ".join(arguments.words), chosen, on=day_in_london(services.clock()), with_stale=True, costing=costing,
            sort=arguments.sort, limit=arguments.limit,
        )  # fmt: skip
    found = services.search.find(query)
    lines = [f"{hit.ref}  {hit.stored.get('title', '')}  ({hit.stored.get('supplier', '')})" for hit in found.hits]
    document = {"total": found.total, "corrected": found.corrected, "hits": hits_of(found)}
    instead = [f"searched for {found.corrected} instead"] if found.corrected else []
    tell("\n".join([f"{found.total} products", *instead, *lines]), document, as_json=arguments.json)
    return 0


def run_batch(search: Search, path: Path, limit: int) -> int:
    """One answer line for each query line, in order. Raises Invalid, naming the line that cannot be read."""
    if not path.is_file():
        raise Invalid(f"{path} is not a file", "Name a file that is there.")
    with path.open(encoding="utf-8", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, start=1):
            asked = read_line(line, number)
            found = search.find(Query(words=asked["q"], limit=limit))
            sys.stdout.write(json.dumps({"id": asked["id"], "hits": hits_of(found)}, ensure_ascii=False) + "\n")
    return 0


def read_line(line: str, number: int) -> dict[str, Any]:
    try:
        line.encode()
        asked: dict[str, Any] = json.loads(line)
        if not isinstance(asked["q"], str):
            raise TypeError
        return {"id": asked["id"], "q": asked["q"]}
    except (ValueError, KeyError, TypeError) as wrong:
        raise Invalid(f"line {number} is not a query", 'Write each line as {"id": ..., "q": "words"}.') from wrong


def hits_of(found: Found) -> list[dict[str, Any]]:
    return [
        {"ref": hit.ref, "external_ref": hit.stored.get("external_ref"), "score": round(hit.score, 6)}
        for hit in found.hits
    ]


def read_costs(typed: Mapping[str, str]) -> Costing:
    """The buyer's volumes and limits. Raises Invalid by name."""
    costing, wrong = read_costing(typed)
    if wrong:
        raise Invalid("; ".join(f"--{name.replace('_', '-')}: {told}" for name, told in wrong.items()))
    return costing


def read_filters(pairs: list[str]) -> dict[str, frozenset[str]]:
    chosen: dict[str, frozenset[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise Invalid(
                f"{pair} is not a filter", "Write --filter key=value, such as --filter care-setting=outpatients."
            )
        chosen[key] = chosen.get(key, frozenset()) | {value}
    return chosen
