"""How files are looked at: what was said of each, and whether soon enough. As a program, in a process with little memory."""

import json
import resource
import sys
import time
from pathlib import Path
from typing import BinaryIO, NamedTuple

from marketplace.kit.errors import Invalid
from marketplace.ports.files.sniff import media_type_of

SECONDS, MEMORY = 2.0, 256_000_000
QUIET, MOST_LOOKS = 0.4, 3
"""What the floor takes of a core that nothing else uses, in seconds."""


class Looked(NamedTuple):
    """The fact and the hint of a refusal, both empty where the file was taken."""

    fact: str
    hint: str
    is_in_time: bool


def looked_at(file: BinaryIO, name: str) -> Looked:
    """What is slow by its bytes is so each time: a busy machine may be slow twice."""
    looks = (_looked_at(file, name) for _ in range(MOST_LOOKS))
    return next((look for look in looks if look.is_in_time), Looked("", "", is_in_time=False))


def _looked_at(file: BinaryIO, name: str) -> Looked:
    file.seek(0)
    fact = hint = ""
    began = time.process_time()
    try:
        media_type_of(file, name)
    except Invalid as refusal:
        fact, hint = refusal.fact, refusal.hint
    return Looked(fact, hint, is_in_time(time.process_time() - began))


def is_in_time(took: float) -> bool:
    """Two seconds of a quiet machine: more on one that is busy or slow, by a floor measured beside it."""
    if took < SECONDS:
        return True
    began = time.process_time()
    assert sum(number & 1 for number in range(5_000_000)) == 2_500_000
    return took < SECONDS * (time.process_time() - began) / QUIET


def highest() -> int:
    """The most memory that this process has had so far, in bytes."""
    with Path("/proc/self/status").open() as status:
        return 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main(folder: Path) -> None:
    """For each file of the folder, a line: its name, how it was looked at, and the most memory until then."""
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            told = [path.name, looked_at(file, path.name), highest()]
        sys.stdout.write(f"{json.dumps(told)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
