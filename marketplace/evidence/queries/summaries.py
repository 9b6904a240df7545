"""What the evidence of products comes to: one summary each, the same on card, page and in the index."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.evidence.models import Result, Study
from marketplace.evidence.queries.declared import filter_rules, gap_rules, strength_rules
from marketplace.evidence.queries.studies import published_studies
from marketplace.evidence.rules.declared import GapRules, Lack, StrengthRules
from marketplace.evidence.rules.effects import INDEPENDENT, Effect, independence_of
from marketplace.evidence.rules.filters import FilterRules, StudyKind, kind_of
from marketplace.evidence.rules.gaps import Known, gaps_of, group_of, is_whole
from marketplace.evidence.rules.grading import Grade, strength_of
from marketplace.evidence.rules.versions import Fit
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.values import Value, replace

NO_FITS: Mapping[UUID, Fit] = {}
UNMEASURED = "Studies here, none that measures an effect"


class Summary(Value, kw_only=True):
    """How strong the evidence of a product is, and what it rests on.

    `strength` is of taxonomy/evidence-strength.yaml, `word` what a card says, `level` 0 to 4. `studies` are those that
    count, `independent` how many of them the supplier neither paid for nor ran, `real_world` how many a contract
    made. `participants` adds up those that say how many took part. `grades` are the measures, the surest first. `kinds`
    are what its studies are like, each once.
    """

    strength: str
    word: str
    level: int
    studies: int
    independent: int
    real_world: int
    participants: int
    gaps: tuple[Lack, ...]
    grades: tuple[Grade, ...]
    kinds: tuple[StudyKind, ...] = ()


def summaries_of(db: Session, frameworks: Frameworks, product_ids: Sequence[UUID]) -> Mapping[UUID, Summary]:
    """A summary for each of these products, whether there are studies of it or not; two queries however many.

    It does not know which version is on sale: faces/evidence.py, which does, takes that into account.
    """
    return summaries_from(published_studies(db, product_ids), frameworks, product_ids)


def summaries_from(
    studies: Iterable[Study], frameworks: Frameworks, product_ids: Sequence[UUID], fits: Mapping[UUID, Fit] = NO_FITS
) -> Mapping[UUID, Summary]:
    """The same from studies at hand. `fits` says by study how its version stands to the one on sale, where known."""
    by_product: dict[UUID, list[Study]] = {product_id: [] for product_id in product_ids}
    for study in studies:
        by_product[study.product_id].append(study)
    rules, gaps = strength_rules(frameworks), gap_rules(frameworks)
    words = {option.id: option.label for option in frameworks.taxonomies["evidence-strength"].options}
    nothing = summary_of((), rules, gaps, words)
    summaries = {
        key: summary_of(found, rules, gaps, words, fits) if found else nothing for key, found in by_product.items()
    }
    studied = [key for key, found in by_product.items() if found]
    if not studied:
        return summaries
    filters = filter_rules(frameworks)
    return summaries | {key: replace(summaries[key], kinds=kinds_of(by_product[key], filters)) for key in studied}


def summary_of(
    studies: Sequence[Study], rules: StrengthRules, gaps: GapRules, words: Mapping[str, str],
    fits: Mapping[UUID, Fit] = NO_FITS,
) -> Summary:  # fmt: skip
    """What these published studies come to; `words` are those of each strength."""
    told = {study.id: fits[study.id].id for study in studies if study.id in fits}
    effects = (effect for study in studies for effect in effects_of(study, told.get(study.id, "")))
    strength = strength_of(effects, rules)
    return Summary(
        strength=strength.id,
        word=UNMEASURED if studies and not strength.level else words[strength.id],
        level=strength.level,
        studies=len(studies),
        independent=sum(independence_of(study) == INDEPENDENT for study in studies),
        real_world=sum(bool(study.contract_ref) for study in studies),
        participants=sum(study.participants or 0 for study in studies),
        gaps=gaps_of([known_of(study) for study in studies], rules, gaps, fits=list(told.values()) if told else None),
        grades=strength.grades,
    )


def kinds_of(studies: Iterable[Study], rules: FilterRules) -> tuple[StudyKind, ...]:
    """What these studies are like, each kind once, in a fixed order."""
    return tuple(
        sorted({kind_of(independence_of(study), study.country, study.participants, rules) for study in studies})
    )


def effects_of(study: Study, fit: str = "") -> Iterable[Effect]:
    """The results in all who took part, as the rules read them; those of subgroups are shown and not graded."""
    return (effect_of(study, result, fit) for result in study.results if not result.subgroup)


def effect_of(study: Study, result: Result, fit: str = "") -> Effect:
    """One result with what its study says of it."""
    return Effect(
        study=study.ref, design=study.design, independence=independence_of(study), measure=result.measure,
        unit=result.unit, effect=result.effect, better=result.better, estimate=result.estimate, low=result.low,
        high=result.high, fit=fit,
    )  # fmt: skip


def known_of(study: Study) -> Known:
    """What a study brings, for the list of what is missing."""
    return Known(
        design=study.design,
        independence=independence_of(study),
        country=study.country,
        is_registered=bool(study.registration),
        roles=frozenset(result.role for result in study.results),
        groups=frozenset(group_of(result.subgroup) for result in study.results if result.subgroup),
        is_whole=all(is_whole(result.effect, result.low) for result in study.results),
    )
