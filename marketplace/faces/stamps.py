"""What has to be the same for the page of a product to be the same, over all rooms that it shows: one light query."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Certificate, Classing, Renewal
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import STAMP, Stamp
from marketplace.evidence.models import Study
from marketplace.kit.errors import Invalid
from marketplace.kit.ids import check_reference
from marketplace.kit.values import Value

CERTIFIED = Certificate.product_id == Product.id
RENEWED = select(func.count(Renewal.id)).join(Certificate, Certificate.id == Renewal.certificate_id)
PAGE_STAMP = STAMP.add_columns(
    select(func.count(Certificate.id)).where(CERTIFIED).scalar_subquery().label("certificates"),
    select(func.sum(Certificate.row_version)).where(CERTIFIED).scalar_subquery().label("certified"),
    RENEWED.where(CERTIFIED, Renewal.state == "accepted").scalar_subquery().label("renewals"),
    select(func.count(Classing.id)).where(Classing.product_id == Product.id).scalar_subquery().label("classings"),
    select(func.count(Study.id)).where(Study.product_id == Product.id).scalar_subquery().label("studies"),
    select(func.sum(Study.row_version)).where(Study.product_id == Product.id).scalar_subquery().label("studied"),
)


class PageStamp(Value):
    """Every change to the product, its certificates and its studies counts one of these up. The day is not in it."""

    product: Stamp
    certificates: int
    certified: int
    renewals: int
    classings: int
    studies: int
    studied: int

    @property
    def is_bare(self) -> bool:
        """Whether there is neither certificate nor study, so that nobody need ask what they come to."""
        return not self.certificates and not self.studies


def page_stamp_of(db: Session, ref: str) -> PageStamp | None:
    """The stamp of a product that everybody can see; None where there is none."""
    try:
        spelled = check_reference(ref, "PRD")
    except Invalid:
        return None
    row = db.execute(PAGE_STAMP, {"ref": spelled}).one_or_none()
    if row is None:
        return None
    return PageStamp(
        Stamp(row.id, row.organisation_id, row.live_version_id, row.row_version, row.version),
        row.certificates, row.certified or 0, row.renewals, row.classings, row.studies, row.studied or 0,
    )  # fmt: skip
