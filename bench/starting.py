"""From nothing to ready with the demonstration data, and the memory that it takes."""

import tempfile
import time
from pathlib import Path

from bench.house import Place, free_port, wait_ready
from bench.tables import Row

LONGEST, LARGEST_MB = 3.0, 220


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        place.run("migrate", "--quiet")
        place.run("demo")
        port = free_port()
        began = time.perf_counter()
        process = place.start("serve", "--port", str(port))
        try:
            wait_ready(port)
            took = time.perf_counter() - began
            wait_ready(port, path="/products?q=discharge+letters")
            sizes = [resident(pid) for pid in family(process.pid)]
        finally:
            process.terminate()
            process.wait(timeout=20)
        floor = bare_python(place)
    told = " + ".join(f"{size:.0f}" for size in sizes)
    return [
        Row(
            "start to ready (demonstration data)",
            f"{took:.2f} s",
            f"{floor:.2f} s to import the package",
            f"under {LONGEST:.0f} s",
            took < LONGEST,
        ),
        Row(
            "resident memory of each server process",
            f"{told} MB",
            "",
            f"each under {LARGEST_MB} MB",
            max(sizes) < LARGEST_MB,
        ),
    ]


def bare_python(place: Place) -> float:
    began = time.perf_counter()
    place.run("serve", "--help")
    return time.perf_counter() - began


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def resident(pid: int) -> float:
    """Resident memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
