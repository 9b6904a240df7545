"""A supplier answers: a framework a section at a time; one answer moves every framework that asks the same."""

from collections.abc import Iterable

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.queries.certificates import DTAC
from marketplace.assurance.queries.given import Papers, answers_of, papers_of
from marketplace.assurance.queries.standings import shown_version, standings_of
from marketplace.assurance.rules.counting import moves, places_of
from marketplace.assurance.rules.standings import FrameworkStanding
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.queries.products import attachments_of, own_product
from marketplace.faces.ask import Ask
from marketplace.faces.frameworks import find_framework
from marketplace.frameworks.schema.assurance import Who
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.web.assurance.questions import Side, answers_page, dates_sent, documents_sent, next_section, seen_of
from marketplace.web.catalogue.description import section_of
from marketplace.web.catalogue.fields import raw_of, saved_in_words
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post

WRITE = Permission.CATALOGUE_WRITE
MOST_TOLD = 8
"""So many places or moves are named; the others are counted."""


@page("/listings/{ref:str}/assurance/answers", who=WRITE)
def show_answers(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """One section of a framework: each question with what passes, its date, and the documents behind it."""
    return answers_page(ask, suppliers_side(ask, ref), typed=ask.form, errors=errors_of(refusal))


@post("/listings/{ref:str}/assurance/answers", who=WRITE, again=show_answers)
def save_answers(ask: Ask, ref: str) -> Goto | Page:
    """Keep what is good, and say what it moved; where something is not good, the section comes again and says so."""
    side = suppliers_side(ask, ref)
    section = section_of(ask, side.form)
    dated, wrong = dates_sent(side.framework, ask.form)
    before = standings_now(ask, side.product)
    saved = answer(
        ask.db, side.product, raw_of(side.form, ask.form), framework=side.framework, dated=dated,
        documents=documents_sent(side.framework, ask.form), seen=seen_of(ask.form), by=ask.by, at=ask.at,
    )  # fmt: skip
    errors = {**saved.errors, **wrong}
    told = saved_in_words(side.form, saved.changed) + moved_in_words(
        saved.changed, before, standings_now(ask, side.product), who="supplier"
    )
    side = suppliers_side(ask, ref)
    if errors:
        again = answers_page(ask, side, typed=ask.form, errors=errors, told=told)
        again.status = 422
        return again
    return Goto(next_section(ask, side, section), told=told)


def suppliers_side(ask: Ask, ref: str) -> Side:
    """One's own product, the framework of the address, and the answers as they stand at this moment."""
    product, framework = own(ask, ref)
    version = shown_version(ask.db, product)
    standings = standings_now(ask, product)
    overview = f"/listings/{product.ref}/assurance/frameworks"
    return Side(
        who="supplier", product=product, framework=framework, papers=papers_now(ask, product, version, framework),
        base=f"/listings/{product.ref}/assurance/answers",
        overview=f"/listings/{product.ref}/assurance" if framework.id == DTAC else overview,
        crumbs=(
            {"label": "Our products", "url": "/listings"}, {"label": product.name, "url": f"/listings/{product.ref}"},
            {"label": "Assurance", "url": f"/listings/{product.ref}/assurance"},
            {"label": "Frameworks", "url": overview},
        ),
        listed=frozenset(version.answers), there=tuple(attachments_of(ask.db, product.id)),
        applying=tuple(each.framework for each in standings if each.applies),
    )  # fmt: skip


def own(ask: Ask, ref: str) -> tuple[Product, AssuranceFramework]:
    """One's own product, and the framework that the address or the form names; DTAC where neither does."""
    named = ask.form.one("framework") or ask.query.one("framework") or DTAC
    return own_product(ask.db, ref, by=ask.by), find_framework(ask.services.frameworks, named)


def standings_now(ask: Ask, product: Product) -> tuple[FrameworkStanding, ...]:
    return standings_of(ask.db, ask.services.frameworks, product, on=day_in_london(ask.at), at=ask.at)


def papers_now(ask: Ask, product: Product, version: Version, framework: AssuranceFramework) -> Papers:
    """The answers as they stand at this moment, without anybody's findings."""
    return papers_of(framework, product, version, answers_of(ask.db, product, at=ask.at))


def moved_in_words(
    changed: Iterable[str], before: Iterable[FrameworkStanding], after: Iterable[FrameworkStanding], *, who: Who
) -> str:
    """In how many places the answers count, and what they moved; empty where they count in one place alone."""
    asked_in = places_of((each.framework for each in after if each.applies), who=who)
    counted = [place for name in changed for place in asked_in.get(name, ())]
    if len(counted) < 2:
        return ""
    told = f" {'This answer counts' if len(set(changed)) == 1 else 'These answers count'} in {len(counted)} places"
    told += f": {_some([place.words for place in counted], ', ')}."
    moved = [move.in_words for move in moves(before, after)]
    return f"{told} Moved: {_some(moved, '; ')}." if moved else told


def _some(words: list[str], between: str) -> str:
    more = f" and {len(words) - MOST_TOLD} more" if len(words) > MOST_TOLD else ""
    return between.join(words[:MOST_TOLD]) + more


ROUTES = [show_answers, save_answers]
