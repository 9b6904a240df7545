"""What stays with an organisation that uses a product: its own answers, framework by framework."""

from marketplace.assurance.actions.answers import allow_here, answer_here
from marketplace.assurance.queries.given import DEPLOYER, answers_of, local_answers, local_papers
from marketplace.assurance.queries.standings import has_local_part, local_standings, shown_version
from marketplace.assurance.rules.standings import FrameworkStanding
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import product_for
from marketplace.faces.ask import Ask
from marketplace.faces.frameworks import find_framework
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound, Refusal
from marketplace.web.assurance.answering import moved_in_words
from marketplace.web.assurance.questions import (
    Side,
    answers_page,
    dates_sent,
    named_documents,
    next_section,
    seen_of,
)
from marketplace.web.assurance.standings import row_of
from marketplace.web.catalogue.description import section_of
from marketplace.web.catalogue.fields import raw_of, saved_in_words
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post


@page("/products/{ref:str}/local-assurance", who=ANYBODY_SIGNED_IN)
def show_local(ask: Ask, ref: str) -> Page:
    """Each framework with a part for whoever uses the product, and how far one's own organisation is with it."""
    allow_here(ask.by)
    product = product_for(ask.db, ref, by=ask.by)
    rows = [row_of(each) for each in standings_here(ask, product)]
    values = {
        "product": {"ref": product.ref, "name": product.name},
        "organisation": ask.by.organisation_name,
        "applying": [each for each in rows if each["applies"]],
        "others": [each for each in rows if not each["applies"]],
    }
    return Page("assurance/local.html", values)


@page("/products/{ref:str}/local-assurance/answers", who=ANYBODY_SIGNED_IN)
def show_local_answers(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """One section of what one's own organisation answers of its use of the product."""
    allow_here(ask.by)
    return answers_page(ask, deployers_side(ask, ref), typed=ask.form, errors=errors_of(refusal))


@post("/products/{ref:str}/local-assurance/answers", who=ANYBODY_SIGNED_IN, again=show_local_answers)
def save_local_answers(ask: Ask, ref: str) -> Goto | Page:
    """Keep what is good; where something is not, the section comes again and says so."""
    allow_here(ask.by)
    side = deployers_side(ask, ref)
    section = section_of(ask, side.form)
    dated, wrong = dates_sent(side.framework, ask.form)
    before = standings_here(ask, side.product)
    saved = answer_here(
        ask.db, side.product, raw_of(side.form, ask.form), framework=side.framework, dated=dated,
        kept_at=named_documents(side.framework, ask.form), seen=seen_of(ask.form), by=ask.by, at=ask.at,
    )  # fmt: skip
    errors = {**saved.errors, **wrong}
    told = saved_in_words(side.form, saved.changed) + moved_in_words(
        saved.changed, before, standings_here(ask, side.product), who=DEPLOYER
    )
    side = deployers_side(ask, ref)
    if errors:
        again = answers_page(ask, side, typed=ask.form, errors=errors, told=told)
        again.status = 422
        return again
    return Goto(next_section(ask, side, section), told=told)


def deployers_side(ask: Ask, ref: str) -> Side:
    """The product, the framework of the address, and what one's own organisation answered. Raises NotFound."""
    product = product_for(ask.db, ref, by=ask.by)
    named = ask.form.one("framework") or ask.query.one("framework")
    framework = find_framework(ask.services.frameworks, named)
    if not has_local_part(framework) or ask.by.organisation_id is None:
        raise NotFound(f"{framework.label} has no part for whoever uses a product", "Choose one of the list.")
    version = shown_version(ask.db, product)
    supplied = answers_of(ask.db, product, at=ask.at)
    own = local_answers(ask.db, product, ask.by.organisation_id, at=ask.at)
    overview = f"/products/{product.ref}/local-assurance"
    return Side(
        who=DEPLOYER, product=product, framework=framework,
        papers=local_papers(framework, product, version, supplied, own), base=f"{overview}/answers",
        overview=overview,
        crumbs=(
            {"label": product.name, "url": f"/products/{product.ref}"},
            {"label": "Assurance", "url": f"/products/{product.ref}/assurance"},
            {"label": "What stays with you", "url": overview},
        ),
        applying=tuple(each.framework for each in standings_here(ask, product) if each.applies),
    )  # fmt: skip


def standings_here(ask: Ask, product: Product) -> tuple[FrameworkStanding, ...]:
    """How far the organisation of whoever asks is."""
    if ask.by.organisation_id is None:
        return ()
    return local_standings(
        ask.db, ask.services.frameworks, product, ask.by.organisation_id, on=day_in_london(ask.at), at=ask.at
    )


ROUTES = [show_local, show_local_answers, save_local_answers]
