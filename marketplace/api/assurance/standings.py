"""A product under every framework: its supplier's side, and what an organisation answers of its own use of it."""

from datetime import date

from marketplace.api.assurance.sent import Answered, dates_of, refuse_faults, values_of
from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, patch
from marketplace.api.shapes import In, Line, Listed, Out, all_of
from marketplace.assurance.actions.answers import allow_here, answer_here
from marketplace.assurance.queries.standings import local_standings, standings_of
from marketplace.assurance.rules.standings import FrameworkStanding
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import own_product, product_for
from marketplace.faces.frameworks import find_framework
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london


class StandingOut(Out):
    """A product under one framework. `applies` is applies, not-known (which counts as applying) or does-not-apply.

    `basis` is certificate, attestation, answers or own: who says so.
    """

    framework: str
    version: int
    label: str
    kind: str
    applies: str
    reason: str
    mark: str
    tier: str
    status: str
    cause: str
    basis: str
    until: date | None
    until_cause: str
    certificate: str | None
    answered: int
    asked: int


class LocalAnswerIn(Answered):
    """An answer of one's own use. `kept_at` names the documents that you keep behind it."""

    kept_at: list[Line] | None = None


class LocalAnswersIn(In):
    framework: Line
    answers: dict[str, LocalAnswerIn]


@get("/listings/{ref:str}/assurance/frameworks", who=Permission.CATALOGUE_WRITE)
def list_standings(ask: Asked, ref: str) -> Listed[StandingOut]:
    """A product of one's own under every framework, with why each applies or does not."""
    product = own_product(ask.db, ref, by=ask.by)
    found = standings_of(ask.db, ask.services.frameworks, product, on=day_in_london(ask.at), at=ask.at)
    return all_of(standing_out(each) for each in found)


@get("/products/{ref:str}/local-assurance", who=ANYBODY_SIGNED_IN)
def list_local_standings(ask: Asked, ref: str) -> Listed[StandingOut]:
    """What stays with one's own organisation, and how far it is."""
    allow_here(ask.by)
    return _local(ask, product_for(ask.db, ref, by=ask.by))


@patch("/products/{ref:str}/local-assurance", who=ANYBODY_SIGNED_IN)
def change_local_answers(ask: Asked, ref: str, body: LocalAnswersIn) -> Listed[StandingOut]:
    """Answer some questions of one's own use of a product. All of them hold, or none is kept."""
    allow_here(ask.by)
    product, sent = product_for(ask.db, ref, by=ask.by), body.answers
    saved = answer_here(
        ask.db, product, values_of(sent), framework=find_framework(ask.services.frameworks, body.framework),
        dated=dates_of(sent),
        kept_at={name: each.kept_at for name, each in sent.items() if each.kept_at is not None},
        by=ask.by, at=ask.at,
    )  # fmt: skip
    refuse_faults(saved.errors)
    return _local(ask, product)


def standing_out(standing: FrameworkStanding) -> StandingOut:
    applicability = standing.applicability
    return StandingOut(
        framework=standing.framework.id, version=standing.framework.version, label=standing.framework.label,
        kind=standing.framework.kind, applies=applicability.state, reason=standing.reason,
        mark=applicability.source.mark if applicability.source else "",
        tier=applicability.tier.label if applicability.tier else "", status=standing.status, cause=standing.cause,
        basis=standing.basis, until=standing.until, until_cause=standing.until_cause,
        certificate=standing.certificate_ref, answered=standing.answered, asked=standing.asked,
    )  # fmt: skip


def _local(ask: Asked, product: Product) -> Listed[StandingOut]:
    organisation_id = allow_here(ask.by)
    found = local_standings(
        ask.db, ask.services.frameworks, product, organisation_id, on=day_in_london(ask.at), at=ask.at
    )
    return all_of(standing_out(each) for each in found)


CALLS = [list_standings, list_local_standings, change_local_answers]
