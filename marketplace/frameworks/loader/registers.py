"""Registers of real bodies, and the list of passwords that everybody knows: read once, beside what is declared."""

import csv
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from marketplace.frameworks.loader.keeping import together
from marketplace.frameworks.loader.reading import read_plain
from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value, field

FOLDER = "registers"
DECLARED = "registers.yaml"
COMMON_PASSWORDS = "common-passwords.txt"
COLUMNS = ["id", "name", "other-names", "town", "postcode", "nation", "status", "type"]


class Register(Value):
    """Who publishes a register, and when it was received. `identifier` is what its ids are: ods-code or ror-id."""

    id: str
    label: str
    organisation_kind: str
    identifier: str
    publisher: str
    licence: str
    received: str


class Listed(Value):
    """A body as a register lists it; what the register leaves out is empty."""

    register: Register
    id: str
    name: str
    other_names: tuple[str, ...]
    town: str
    nation: str
    status: str
    types: frozenset[str]


class Registers(Value):
    """Every body of every register by its id, and the text of the list of common passwords."""

    registers: tuple[Register, ...] = ()
    bodies: Mapping[str, Listed] = field(default_factory=dict)
    common_passwords: str = ""


def read_registers(root: Path) -> Registers:
    """The registers below `root`/registers. Raises Invalid for a file that is not as declared."""
    folder = root / FOLDER
    digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.*"))}
    return together(folder / DECLARED, digests, lambda: _read(folder))


def _read(folder: Path) -> Registers:
    declared = read_plain(folder / DECLARED)["registers"]
    bodies: dict[str, Listed] = {}
    for each in declared:
        register = _register(each)
        for body in _bodies(folder / each["file"], register):
            bodies.setdefault(body.id, body)
    common = (folder / COMMON_PASSWORDS).read_text(encoding="utf-8")
    return Registers(tuple(map(_register, declared)), bodies, common)


def _register(declared: Mapping[str, Any]) -> Register:
    return Register(
        id=declared["id"],
        label=declared["label"],
        organisation_kind=declared["organisation-kind"],
        identifier=declared["identifier"],
        publisher=declared["source"]["publisher"],
        licence=declared["source"]["licence"],
        received=str(declared["received"]),
    )


def _bodies(path: Path, register: Register) -> Iterator[Listed]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, strict=True)
        if rows.fieldnames != COLUMNS:
            raise Invalid(f"{FOLDER}/{path.name}: its columns are not {', '.join(COLUMNS)}")
        for row in rows:
            yield Listed(
                register=register,
                id=row["id"],
                name=row["name"],
                other_names=tuple(name for name in row["other-names"].split("|") if name),
                town=row["town"],
                nation=row["nation"],
                status=row["status"],
                types=frozenset(row["type"].split()),
            )
