"""The bench of assessors that tests of assurance speak of."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from tests.assurance.scenes import Bench, a_bench
from tests.worlds import quick_part


@quick_part
def bench(db: Session, services: Services, now: datetime) -> Bench:
    """Dr Ruth Bell, Tom Sexton and Ivy Marlowe, assessors at Sandlings Assurance."""
    return a_bench(db, services, at=now)
