"""Claims as both faces tell them: what they can name, and each beside the studies of its product."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.evidence.models import Claim, Result, Study
from marketplace.evidence.queries.claims import Spoken, Weighed, claims_of, weigh
from marketplace.evidence.queries.declared import gap_rules
from marketplace.evidence.queries.studies import published_studies, studies_of
from marketplace.evidence.rules.effects import independence_of
from marketplace.evidence.rules.gaps import missing_groups
from marketplace.evidence.rules.needed import NeededRules, Plan, Shown, Whole, plan_of, whole_of
from marketplace.evidence.rules.versions import Fit
from marketplace.evidence.schemas.claims import ClaimWords
from marketplace.faces.evidence import fits_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

NEEDED = "evidence/needed.yaml"
SETTINGS, POPULATIONS = "care-settings", "patient-groups"


class ClaimRead(Value):
    """A claim with what speaks for and against it, and how the version of each study stands to the one on sale."""

    weighed: Weighed
    fits: Mapping[UUID, Fit]

    @property
    def claim(self) -> Claim:
        return self.weighed.claim

    @property
    def spoken(self) -> tuple[Spoken, ...]:
        return self.weighed.spoken


def needed_rules(frameworks: Frameworks) -> NeededRules:
    """What claims need to be shown by, in the newest version."""
    return NeededRules.model_validate(frameworks.plain[NEEDED][-1])


def claim_words(frameworks: Frameworks) -> ClaimWords:
    """What a claim can name."""
    return ClaimWords(
        settings=[option.id for option in frameworks.taxonomies[SETTINGS].options if not option.retired],
        populations=[option.id for option in frameworks.taxonomies[POPULATIONS].options if not option.retired],
        roles=list(gap_rules(frameworks).role),
    )


def claim_read(db: Session, claim: Claim, *, by: Actor | None) -> ClaimRead:
    """One claim beside every study of its product."""
    studies = studies_of(db, claim.product_id, by=by)
    return ClaimRead(weigh(claim, studies), fits_of(db, studies))


def claims_read(db: Session, product: Product, *, by: Actor | None) -> list[ClaimRead]:
    """Every claim of a product that the actor may read, beside its studies."""
    studies = studies_of(db, product.id, by=by)
    fits = fits_of(db, studies)
    return [ClaimRead(weigh(claim, studies), fits) for claim in claims_of(db, [product.id], by=by)]


def plan_for(read: ClaimRead, frameworks: Frameworks) -> Plan:
    """What the claim needs to be shown by, and what to do next where it is not."""
    rules = needed_rules(frameworks)
    shown = [
        Shown(
            design=each.study.design, independence=independence_of(each.study), country=each.study.country,
            fit=read.fits[each.study.id].id,
        )
        for each in read.spoken
    ]  # fmt: skip
    told = (result.subgroup for each in read.spoken for result in each.study.results)
    missing = len(missing_groups(told, gap_rules(frameworks)))
    return plan_of(read.claim.role, read.weighed.verdict, shown, rules, groups_missing=missing)


def plan_of_all(reads: Sequence[ClaimRead], frameworks: Frameworks) -> Whole:
    """What the claims of a product need together, and what to find out next."""
    return whole_of([plan_for(read, frameworks) for read in reads], needed_rules(frameworks))


def result_called(db: Session, claim: Claim, chosen: str) -> tuple[Study, Result]:
    """A result of a published study of the claim's product, named "STU-...:2". Raises Invalid by field."""
    ref, _, number = chosen.partition(":")
    for study in published_studies(db, [claim.product_id]):
        for result in study.results:
            if study.ref == ref and str(result.position) == number:
                return study, result
    told = "Choose a result of a published study of this product, such as STU-7K3M-QX9F-C:2."
    raise Invalid(f"there is no result {quote(chosen)} of this product", told, fields={"result": told})
