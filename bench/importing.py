"""Importing and indexing a large file: seconds, and resident memory throughout."""

import csv
import tempfile
import time
from pathlib import Path
from threading import Thread

from bench.house import PRODUCTS, Place, write_products
from bench.tables import Row

LONGEST, LARGEST_MB = 120, 400


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        write_products(place.folder / "products.csv", PRODUCTS)
        place.run("migrate", "--quiet")
        floor = read_only(place.folder / "products.csv")
        began = time.perf_counter()
        process = place.start(
            "import", str(place.folder / "products.csv"), "--mapping", "touchstone-csv", "--publish", "--json"
        )
        peak = Peak(process.pid)
        code = process.wait()
        took = time.perf_counter() - began
    size = peak.megabytes()
    return [
        Row(
            f"import and index {PRODUCTS:,} rows",
            f"{took:.0f} s",
            f"{floor:.1f} s to read the CSV",
            f"under {LONGEST} s",
            took < LONGEST and code == 0,
        ),
        Row("resident memory throughout", f"{size:.0f} MB", "", f"under {LARGEST_MB} MB", size < LARGEST_MB),
    ]


def read_only(path: Path) -> float:
    began = time.perf_counter()
    with path.open() as file:
        for _ in csv.reader(file):
            pass
    return time.perf_counter() - began


class Peak:
    """Watches the resident memory of a process until it ends."""

    def __init__(self, pid: int) -> None:
        self.kilobytes = 0
        self.thread = Thread(target=self._watch, args=(Path(f"/proc/{pid}/status"),), daemon=True)
        self.thread.start()

    def megabytes(self) -> float:
        self.thread.join()
        return self.kilobytes / 1024

    def _watch(self, status: Path) -> None:
        while True:
            try:
                lines = [line for line in status.read_text().splitlines() if line.startswith("VmRSS")]
            except OSError:
                return
            if not lines:
                return
            self.kilobytes = max(self.kilobytes, int(lines[0].split()[1]))
            time.sleep(0.1)
