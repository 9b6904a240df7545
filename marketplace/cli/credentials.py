"""`verify-credential`: whether a certificate is what was given out and holds, with nothing but published files."""

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from marketplace.assurance.rules.checking import Checked, Trusted, check, facts_of, keys_of
from marketplace.cli.output import tell
from marketplace.faces.credentials import LARGEST_PDF, credential_in, product_in
from marketplace.faces.sealing import trusted
from marketplace.kit.credentials import read_document
from marketplace.kit.errors import Invalid
from marketplace.kit.ready import readiness
from marketplace.settings import Settings
from marketplace.wiring import services_from

MARKS = {True: "holds", False: "DOES NOT HOLD", None: "not looked at"}


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    command = commands.add_parser("verify-credential")
    command.add_argument("file", type=Path, metavar="FILE", help="the certificate as it was given out")
    command.add_argument("--keys", type=Path, action="append", default=[], metavar="did.json",
                         help="the keys of an issuer whom you trust; without it, this house's own")  # fmt: skip
    command.add_argument("--list", type=Path, action="append", default=[], dest="lists", metavar="FILE",
                         help="a status list as it was published: revocation, suspension")  # fmt: skip
    command.add_argument("--product", default="", help="the reference of the product that you have in hand")
    command.add_argument("--json", action="store_true", help="one JSON document")
    command.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Exit 0 where everything that was looked at holds, 1 with each reason where not."""
    services = services_from(Settings())
    at = services.clock()
    credential = credential_in(_bytes(arguments.file, LARGEST_PDF))
    if arguments.keys:
        trust = trusted_of(map(_document, arguments.keys), map(_document, arguments.lists))
    else:
        if not readiness(services.database, at=at).is_ready:
            raise Invalid("there are no keys to check with", "Name those of the issuer: --keys did.json.")
        with services.database.reading() as db:
            trust = trusted(db, services, at=at)
    checked = check(credential, trust, product=product_in(arguments.product), at=at)
    tell("\n".join(lines_of(credential, checked)), _told(credential, checked), as_json=arguments.json)
    return 0 if checked.holds else 1


def trusted_of(issuers: Iterable[Mapping[str, Any]], lists: Iterable[Mapping[str, Any]]) -> Trusted:
    """What published files make a check go by. Raises Invalid."""
    keys = {did: known for each in issuers for did, known in keys_of(each).items()}
    return Trusted(keys, {str(each.get("id")): each for each in lists})


def lines_of(credential: Mapping[str, Any], checked: Checked) -> list[str]:
    """The answer for people: what it is of, each question, and the word at the end."""
    facts = facts_of(credential)
    head = [f"{facts['reference']}: {facts['name']}, by {facts['supplier']}, assessed by {facts['body']}"]
    rows = [f"  {each.question:<14} {MARKS[each.holds]:<14} {each.told}" for each in checked.checks]
    if not checked.is_genuine:
        end = "Do not rely on it."
    else:
        end = "It is what its issuer gave out" + (", and it holds." if checked.holds else ", and it does not hold.")
    return [*(head if facts["reference"] else []), *rows, end]


def _told(credential: Mapping[str, Any], checked: Checked) -> dict[str, Any]:
    return {
        "holds": checked.holds, "is_genuine": checked.is_genuine, "reasons": list(checked.reasons),
        "says": facts_of(credential),
        "looked_at": [{"question": each.question, "holds": each.holds, "told": each.told} for each in checked.checks],
    }  # fmt: skip


def _document(path: Path) -> Mapping[str, Any]:
    return read_document(_bytes(path, LARGEST_PDF))


def _bytes(path: Path, most: int) -> bytes:
    if not path.is_file():
        raise Invalid(f"{path} is not a file", "Name the file as it was given out.")
    with path.open("rb") as file:
        return file.read(most + 1)
