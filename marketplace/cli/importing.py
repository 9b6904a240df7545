"""`import`: products from a file by a declared mapping. Running it twice changes nothing."""

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from marketplace.catalogue.actions.importing import begin_import, preview, run_import, start_import
from marketplace.catalogue.models import Import, ImportFailure
from marketplace.catalogue.queries.imports import failures_of
from marketplace.catalogue.rules.importing import Failed
from marketplace.cli.output import end_progress, progress, tell
from marketplace.faces.importing import report_of, told
from marketplace.faces.services import Services
from marketplace.faces.upkeep import mend_index
from marketplace.frameworks.loader import Frameworks, read_mapping
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.identity.actions.operators import the_operator
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.jobs import drain
from marketplace.kit.starting import keep_what_is_there
from marketplace.kit.values import replace
from marketplace.settings import Settings
from marketplace.wiring import House, house_from

LARGEST = 2_000_000_000
SHOWN = 20
EVERYTHING = 10_000_000


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    command = commands.add_parser("import")
    command.add_argument("files", type=Path, nargs="+", metavar="FILE", help="what to read, in the form of the mapping")
    command.add_argument(
        "--mapping", required=True, metavar="NAME-or-PATH", help="one of frameworks/imports/, or a file of your own"
    )
    command.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")
    command.add_argument("--publish", action="store_true", help="list the products at once, as the operator, unclaimed")
    command.add_argument(
        "--report", type=Path, metavar="DIR", help="write there what failed, to be mended and imported again"
    )
    command.add_argument("--json", action="store_true", help="one JSON document")
    command.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Exit 1 where any record failed; the good ones stay.

    What hears of the import runs here, the index among it; what runs by the clock is the worker's.
    """
    house = house_from(Settings())
    keep_what_is_there()
    mapping = find_mapping(house.services, arguments.mapping)
    if arguments.dry_run:
        results = [look(house.services, mapping, path, publish=arguments.publish) for path in arguments.files]
    else:
        mend_index(house.services)
        by = operator_of(house.services)
        results = [bring_in(house, mapping, path, arguments, by) for path in arguments.files]
        drain(house.services.database, house.subscribers, clock=house.services.clock)
    lines = "\n".join(line for one in results for line in lines_of(one))
    tell(lines, results if len(results) > 1 else results[0], as_json=arguments.json)
    return 1 if any(one["failed"] for one in results) else 0


def find_mapping(services: Services, name: str) -> ImportMapping:
    """A mapping by its name, or from a file of one's own."""
    shipped = services.frameworks.mappings
    if name in shipped:
        return shipped[name]
    if Path(name).is_file():
        return read_mapping(Path(name), services.frameworks)
    raise NotFound(f"there is no mapping {name}", f"Name a file, or one of {', '.join(shipped)}.")


def with_mapping(frameworks: Frameworks, mapping: ImportMapping) -> Frameworks:
    """What is declared, with a mapping of one's own among it."""
    return replace(frameworks, mappings={**frameworks.mappings, mapping.id: mapping})


def operator_of(services: Services) -> Actor:
    """The operator's organisation, founded where there is none yet: what comes in belongs to nobody until claimed."""
    with services.database.writing() as db:
        return the_operator(db, at=services.clock())


def look(services: Services, mapping: ImportMapping, path: Path, *, publish: bool) -> dict[str, Any]:
    """What a file would bring beside what stands there; nothing is written."""
    begun = Import(mapping=mapping.id, publish=publish)
    frameworks = with_mapping(services.frameworks, mapping)
    with _open(path) as stream, services.database.reading() as db:
        seen = preview(db, stream, begun, frameworks, most=EVERYTHING, shown=SHOWN)
    return {
        "file": str(path), "read": seen.looked_at, "holds": seen.holds, "new": seen.new, "changed": seen.changed,
        "same": seen.same, "failed": seen.failed, "unread": list(seen.unread),
        "failures": failed_in_words(seen.failures, mapping),
    }  # fmt: skip


def bring_in(house: House, mapping: ImportMapping, path: Path, asked: Namespace, by: Actor) -> dict[str, Any]:
    """Keep the file, then import it batch by batch; a run that was cut off goes on where it was."""
    services = house.services
    with _open(path) as stream:
        stored = services.files.put(stream, limit=LARGEST, name=path.name)
    with services.database.writing() as db:
        begun = begin_import(
            db, mapping=mapping, file_name=path.name, file_digest=stored.digest, publish=asked.publish, by=by,
            at=services.clock(),
        )  # fmt: skip
        start_import(db, begun, by=by, at=services.clock())
        import_id = begun.id
    done = run_import(
        services.database.writing, services.files.open, with_mapping(services.frameworks, mapping), import_id, by=by,
        clock=services.clock,
        progress=lambda now: progress(f"{now.rows_read:,} records read, {now.new:,} new, {now.failed:,} failed"),
    )  # fmt: skip
    end_progress()
    document = _document(services, mapping, path, done)
    if asked.report and done.failed:
        document["report"] = str(write_report(services, mapping, done, asked.report / f"{path.stem}-failed"))
    return document


def write_report(services: Services, mapping: ImportMapping, done: Import, place: Path) -> Path:
    """The records that failed, in the form of the file; returns where they are."""
    with services.database.reading() as db:
        report = report_of(db, done, mapping)
    place.parent.mkdir(parents=True, exist_ok=True)
    written = place.with_name(f"{place.name}.{report.ending}")
    written.write_bytes(report.content)
    return written


def _document(services: Services, mapping: ImportMapping, path: Path, done: Import) -> dict[str, Any]:
    with services.database.reading() as db:
        failures = failed_in_words(failures_of(db, done, most=SHOWN), mapping)
    numbers = {
        "read": done.rows_read,
        "new": done.new,
        "changed": done.changed,
        "same": done.same,
        "failed": done.failed,
    }
    return {"file": str(path), "import": done.ref, **numbers, "failures": failures}


def failed_in_words(failures: Iterable[Failed | ImportFailure], mapping: ImportMapping) -> list[str]:
    """A line for each record that failed, with everything that is wrong with it."""
    return [f"record {one.number}: {'; '.join(told(why, mapping) for why in one.reasons)}" for one in failures]


def lines_of(one: dict[str, Any]) -> Iterator[str]:
    """What became of a file: its counts, the first failures, and where all of them are."""
    yield f"{one['file']}: {counts(one)}"
    yield from (f"  {failure}" for failure in one["failures"])
    if more := one["failed"] - len(one["failures"]):
        yield f"  and {more:,} more"
    if one.get("unread"):
        yield f"  nothing reads: {', '.join(one['unread'])}"
    if "report" in one:
        yield f"  {one['report']} holds what failed: mend it and import it again"
    elif one["failed"] and "import" in one:
        yield f"  what failed can be taken as a file at /imports/{one['import']}, or with --report"


def counts(one: dict[str, Any]) -> str:
    return ", ".join(
        f"{one[name]:,} {name}" for name in ("read", "holds", "new", "changed", "same", "failed") if name in one
    )


def _open(path: Path) -> Any:
    if not path.is_file():
        raise Invalid(f"{path} is not a file", "Name a file that is there.")
    print(f"reading {path}", file=sys.stderr)
    return path.open("rb")
