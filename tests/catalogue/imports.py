"""Files of products and who imports them, as the tests of imports need them."""

import csv
import io
from datetime import datetime

from marketplace.catalogue.actions.importing import begin_import, run_import, start_import
from marketplace.catalogue.models import Import
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.db import Database

HEADER = ["Your reference", "Name", "Supplier", "Kind of product", "Summary", "Users"]


def a_file(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue().encode()


def a_row(ref: str, name: str = "", summary: str = "Drafts letters.", users: str = "Doctors") -> list[str]:
    return [ref, name or f"Product {ref}", "Elsewhere Ltd", "GenAI application", summary, users]


class Desk:
    """Imports files as somebody, on a database of the test's own."""

    def __init__(self, database: Database, frameworks: Frameworks, by: Actor, at: datetime) -> None:
        self.database, self.frameworks, self.by, self.at = database, frameworks, by, at
        self.files: dict[str, bytes] = {}

    def begin(self, content: bytes, *, publish: bool = False, mapping: str = "touchstone-csv") -> Import:
        digest = f"{len(self.files):064x}"
        self.files[digest] = content
        with self.database.writing() as db:
            begun = begin_import(
                db, mapping=self.frameworks.mappings[mapping], file_name="products.csv", file_digest=digest,
                publish=publish, by=self.by, at=self.at,
            )  # fmt: skip
            start_import(db, begun, by=self.by, at=self.at)
            db.flush()
            db.expunge(begun)
        return begun

    def run(self, begun: Import) -> Import:
        return run_import(
            self.database.writing, lambda digest: io.BytesIO(self.files[digest]), self.frameworks, begun.id,
            by=self.by, clock=lambda: self.at,
        )  # fmt: skip

    def bring_in(self, *rows: list[str], publish: bool = False) -> Import:
        return self.run(self.begin(a_file(*rows), publish=publish))


def counts(done: Import) -> tuple[int, int, int, int]:
    return done.new, done.changed, done.same, done.failed
