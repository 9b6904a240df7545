"""The evidence of a product as both faces tell it: its studies beside the versions on sale, and what is missing."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Attachment, Product
from marketplace.catalogue.queries.products import EditionShown, attachments_of, editions_shown
from marketplace.evidence.models import Study
from marketplace.evidence.queries.declared import (
    care_settings,
    countries,
    designs,
    gap_rules,
    patient_groups,
)
from marketplace.evidence.queries.studies import published_studies, studies_of
from marketplace.evidence.queries.summaries import Summary, summaries_from
from marketplace.evidence.rules.declared import Group, Lack
from marketplace.evidence.rules.gaps import missing_groups
from marketplace.evidence.rules.versions import Fit, fit_of
from marketplace.evidence.schemas import Described, Vocabulary
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value, replace


class ProductEvidence(Value):
    """Everything that is known of a product. `studies` are published or retracted; `fits` says by study how the
    version studied stands to the one on sale; `gaps` and `groups` are what is missing.
    """

    summary: Summary
    studies: tuple[Study, ...]
    fits: Mapping[UUID, Fit]
    gaps: tuple[Lack, ...]
    groups: tuple[Group, ...]

    @property
    def counted(self) -> list[Study]:
        """The studies that count: those that were not retracted."""
        return [study for study in self.studies if study.state == "published"]


def evidence_of(db: Session, frameworks: Frameworks, product: Product, *, by: Actor | None) -> ProductEvidence:
    """The evidence of a product; drafts are left out, one's own too."""
    studies = [study for study in studies_of(db, product.id, by=by) if study.state != "draft"]
    counted = [study for study in studies if study.state == "published"]
    fits = fits_of(db, studies)
    summary = summaries_from(counted, frameworks, [product.id], fits)[product.id]
    groups = missing_groups((result.subgroup for study in counted for result in study.results), gap_rules(frameworks))
    return ProductEvidence(summary=summary, studies=tuple(studies), fits=fits, gaps=summary.gaps, groups=groups)


def summaries_on_sale(db: Session, frameworks: Frameworks, product_ids: Sequence[UUID]) -> Mapping[UUID, Summary]:
    """What the evidence of each product comes to for the version on sale; a fixed number of queries."""
    studies = published_studies(db, product_ids)
    return summaries_from(studies, frameworks, product_ids, fits_of(db, studies))


def fits_of(db: Session, studies: Sequence[Study]) -> dict[UUID, Fit]:
    """How the version of each study stands to the one of its product that is on sale."""
    editions = editions_shown(db, {study.product_id for study in studies}) if studies else {}
    return {study.id: _fit(study, editions[study.product_id]) for study in studies}


def _fit(study: Study, editions: Sequence[EditionShown]) -> Fit:
    live = next((each for each in editions if each.is_live), None)
    called = next((each.edition for each in editions if each.number == study.version_number), None)
    edition = study.edition or called
    since = [each.change for each in editions if live and edition and edition < each.edition <= live.edition]
    return fit_of(
        study.version_number, edition, on_sale=live.number if live else "",
        on_sale_edition=live.edition if live else None, since=since,
    )  # fmt: skip


def vocabulary(frameworks: Frameworks) -> Vocabulary:
    """What a study can name."""
    gaps = gap_rules(frameworks)
    return Vocabulary(
        designs=[option.id for option in designs(frameworks) if not option.retired],
        countries=[option.id for option in countries(frameworks) if not option.retired],
        settings=[option.id for option in care_settings(frameworks) if not option.retired],
        populations=[option.id for option in patient_groups(frameworks) if not option.retired],
        roles=list(gaps.role),
        groups=list(gaps.group),
    )


def document_of(db: Session, study: Study) -> Attachment | None:
    """The document beside the product that a study points at by its digest, while it is there."""
    found = attachments_of(db, study.product_id) if study.document_digest else []
    return next((each for each in found if each.digest == study.document_digest), None)


def with_document(db: Session, product: Product, described: Described, chosen: str) -> Described:
    """The study with the document that was chosen among those of its product by its id. Raises Invalid by field."""
    if not chosen:
        return described
    found = next((each for each in attachments_of(db, product.id) if str(each.id) == chosen), None)
    if found is None:
        told = "Choose one of the documents of this product."
        raise Invalid(f"there is no document {quote(chosen)} beside {product.name}", told, fields={"document": told})
    return replace(described, document_digest=found.digest, document_name=found.name)
