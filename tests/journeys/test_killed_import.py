"""An import that is killed at many moments, and started again each time: no row is lost and none is doubled."""

import csv
import json
import random
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bench.house import COLUMNS
from marketplace.catalogue.models import Import, ImportFailure, Product, Version
from tests.journeys.processes import Place, kill, wait_for
from tests.moments import MOMENTS

ROWS = 3_000
BAD = ROWS // 100
SEED = 20_261_124


SOME_FAILED = 1
"""The exit code of an import with bad rows."""


@pytest.mark.slow
def test_an_import_killed_at_fifty_moments_is_whole_at_the_end(tmp_path: Path, template: Path) -> None:
    """File after file into one database, until as many kills as there are moments have hit a process at work."""
    chance = random.Random(SEED)
    clean, took = a_clean_run(Place(tmp_path / "clean", template))
    place, kills, half_way, files = Place(tmp_path / "killed", template), 0, 0, []

    while kills < MOMENTS:
        files.append(write_file(place.folder, len(files) + 1))
        while kills < MOMENTS and not is_in(place, files[-1], "finished"):
            kills += killed_somewhere(place, files[-1], min(took / 4, 0.8), chance)
            half_way += is_in(place, files[-1], "running")
        place.run(*importing(files[-1]), ends=SOME_FAILED)

    assert half_way >= MOMENTS // 3, "most kills came before anything was written, or after"
    place.run("worker", "--once")
    verified = json.loads(place.run("verify", "--json"))
    assert verified == {"record": [], "editions": [], "money": [], "index": [], "files": []}
    assert [what_came_of(place, path) for path in files] == [clean] * len(files)


def a_clean_run(place: Place) -> tuple[dict[str, int], float]:
    """What one run that nobody disturbs brings, and the seconds that it takes."""
    path = write_file(place.folder, 1)
    began = time.monotonic()
    place.run(*importing(path), ends=SOME_FAILED)
    took = time.monotonic() - began
    brought = what_came_of(place, path)
    good = ROWS - BAD
    assert brought == {"products": good, "references": good, "editions": good, "new": good, "changed": 0, "failed": BAD}
    return brought, took


def killed_somewhere(place: Place, path: Path, window: float, chance: random.Random) -> bool:
    """Start the import and kill it: mostly while it reads and writes, one time in five while it comes up."""
    process = place.start(*importing(path))
    if chance.random() > 0.2:
        wait_for(lambda: "reading" in place.told() or not process.is_alive(), what="for the import to begin")
    time.sleep(chance.uniform(0, window))
    return kill(process)


def what_came_of(place: Place, path: Path) -> dict[str, int]:
    """What the file brought in, however many runs it took. Each run that finished has read all and told each failure."""
    with place.database.reading() as db:
        runs = db.scalars(select(Import).where(Import.file_name == path.name)).all()
        mine = Product.external_ref.startswith(f"{path.stem}-")
        products = select(func.count(), func.count(Product.external_ref.distinct())).where(mine)
        found, references = db.execute(products).one()
        editions = db.scalar(select(func.count()).select_from(Version).join(Product, Version.product_id == Product.id).where(mine))
        told = {run.id: db.scalar(select(func.count()).where(ImportFailure.import_id == run.id)) for run in runs}
    assert [(run.state, run.rows_read, run.failed, told[run.id]) for run in runs] == [("finished", ROWS, BAD, BAD)] * len(runs)
    new, changed = sum(run.new for run in runs), sum(run.changed for run in runs)
    return {"products": found, "references": references, "editions": editions, "new": new, "changed": changed, "failed": BAD}


def is_in(place: Place, path: Path, state: str) -> bool:
    """Whether an import of the file is in this state."""
    with place.database.reading() as db:
        return state in db.scalars(select(Import.state).where(Import.file_name == path.name)).all()


def importing(path: Path) -> tuple[str, ...]:
    return ("import", str(path), "--mapping", "touchstone-csv", "--publish", "--json")


def write_file(folder: Path, number: int, rows: int = ROWS) -> Path:
    """A spreadsheet of products with references of its own; every hundredth has no name."""
    path = folder / f"F{number}.csv"
    with path.open("w", newline="") as file:
        sheet = csv.DictWriter(file, COLUMNS, restval="")
        sheet.writeheader()
        for row in range(rows):
            sheet.writerow({
                "Your reference": f"F{number}-{row}", "Name": "" if row % 100 == 50 else f"Letter writer {number} {row}",
                "Supplier": f"Supplier {row % 40}", "Kind of product": "GenAI application",
                "Summary": f"Drafts letter {row} for doctors.", "Purpose": "Clinic letters", "Users": "Doctors",
            })  # fmt: skip
    return path
