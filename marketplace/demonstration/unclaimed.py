"""Products that nobody has claimed, brought in by the operator from a file, and a supplier who says: that is ours."""

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.claims import ask_claim
from marketplace.catalogue.actions.importing import begin_import, run_import, start_import
from marketplace.catalogue.events import ProductClaimAsked
from marketplace.catalogue.models import Import
from marketplace.demonstration.content import ClaimOf
from marketplace.demonstration.listings import DESK
from marketplace.demonstration.stage import Scene, Stage, happened, product_known
from marketplace.kit.db import Database

MAPPING = "touchstone-csv"
LARGEST = 1_000_000


def bring_unclaimed(database: Database, stage: Stage) -> None:
    """Import the file, unless it was imported before."""
    declared = stage.content.unclaimed
    at = stage.moment(declared.days_ago, 120)
    with (stage.content.folder / declared.file).open("rb") as stream:
        stored = stage.files.put(stream, limit=LARGEST, name=declared.file)
    mapping = stage.frameworks.mappings[MAPPING]
    with database.writing() as db:
        known = select(Import.id).where(Import.file_digest == stored.digest, Import.state == "finished")
        if db.scalar(known.limit(1)) is not None:
            return
        by = stage.somebody(db, DESK, "operator")
        begun = begin_import(
            db, mapping=mapping, file_name=declared.file, file_digest=stored.digest, publish=True, by=by, at=at
        )
        start_import(db, begun, by=by, at=at)
        import_id = begun.id
    run_import(database.writing, stage.files.open, stage.frameworks, import_id, by=by, clock=lambda: at)


def claims(stage: Stage) -> list[Scene]:
    return [Scene(stage.moment(each.days_ago), partial(_claim, stage, each)) for each in stage.content.unclaimed.claims]


def _claim(stage: Stage, declared: ClaimOf, db: Session) -> None:
    product = product_known(db, declared.product)
    if product.organisation_id is None and not happened(db, ProductClaimAsked, product.id):
        by = stage.actor(db, declared.by, declared.organisation)
        ask_claim(db, product, reason=declared.reason, by=by, at=stage.moment(declared.days_ago, 75))
