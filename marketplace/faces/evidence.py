"""The evidence of a product as both faces tell it: its studies beside the versions on sale, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Attachment, Product, Version
from marketplace.catalogue.queries.products import attachments_of, shown_versions
from marketplace.evidence.models import Study
from marketplace.evidence.queries.declared import countries, designs, gap_rules, strength_rules
from marketplace.evidence.queries.studies import studies_of
from marketplace.evidence.queries.summaries import Summary, known_of, summary_of
from marketplace.evidence.rules.declared import Group, Lack
from marketplace.evidence.rules.gaps import gaps_of, missing_groups
from marketplace.evidence.rules.versions import Fit, fit_of
from marketplace.evidence.schemas import Described, Vocabulary
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote


@dataclass(frozen=True, slots=True)
class ProductEvidence:
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
    """The evidence of a product whose live edition is loaded; drafts are left out, one's own too."""
    studies = [study for study in studies_of(db, product.id, by=by) if study.state != "draft"]
    counted = [study for study in studies if study.state == "published"]
    rules, gaps = strength_rules(frameworks), gap_rules(frameworks)
    words = {option.id: option.label for option in frameworks.taxonomies["evidence-strength"].options}
    fits = fits_of(studies, product, shown_versions(db, product.id))
    return ProductEvidence(
        summary=summary_of(counted, rules, gaps, words),
        studies=tuple(studies),
        fits=fits,
        gaps=gaps_of([known_of(study) for study in counted], rules, gaps, fits=[fits[each.id].id for each in counted]),
        groups=missing_groups((result.subgroup for study in counted for result in study.results), gaps),
    )


def fits_of(studies: Sequence[Study], product: Product, versions: Sequence[Version]) -> dict[UUID, Fit]:
    """How the version of each study stands to the one on sale. `versions` are those that were on show, newest first."""
    return {study.id: _fit(study, product.live_version, versions) for study in studies}


def _fit(study: Study, live: Version | None, versions: Sequence[Version]) -> Fit:
    edition = study.edition or _edition_of(study.version_number, versions)
    latest = live.edition if live else 0
    since = [each.change for each in versions if edition is not None and edition < each.edition <= latest]
    return fit_of(
        study.version_number, edition, on_sale=live.number if live else "",
        on_sale_edition=live.edition if live else None, since=since,
    )  # fmt: skip


def _edition_of(number: str, versions: Sequence[Version]) -> int | None:
    """The newest edition on show that the supplier called so."""
    return next((each.edition for each in versions if each.number == number), None)


def vocabulary(frameworks: Frameworks) -> Vocabulary:
    """What a study can name."""
    gaps = gap_rules(frameworks)
    return Vocabulary(
        designs=[option.id for option in designs(frameworks) if not option.retired],
        countries=[option.id for option in countries(frameworks) if not option.retired],
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
