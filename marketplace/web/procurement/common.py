"""What every page of a project stands in: the project, what the actor may do in it, and the way around it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import product_for
from marketplace.faces.ask import Ask, Values
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.kit.values import Value
from marketplace.procurement.models import Candidate, Project
from marketplace.procurement.policies import may_lead, may_write
from marketplace.procurement.queries.projects import find_project, seat_of
from marketplace.procurement.queries.standing import Look, looks_in, products_by_ref
from marketplace.procurement.rules.shortlist import ADDED, EXCLUDED, INCLUDED
from marketplace.procurement.schemas import VOLUMES
from marketplace.web.edge import is_own_path

STATES = {"open": ("Open", "live"), "decided": ("Decided", "met"), "closed": ("Closed", "unknown")}
TABS = {
    "": "Shortlist",
    "requirements": "Requirements",
    "searches": "Searches",
    "deadlines": "Deadlines",
    "people": "People",
    "comments": "Comments",
    "trail": "Audit trail",
}

LISTED = {
    ADDED: "on the list of {}, to be decided upon",
    INCLUDED: "included in {} before, which stays so",
    EXCLUDED: "excluded from {} before, which stays so until you decide anew",
}
"""By the decision that stands, what is told of a product that is put on the list."""


class Frame(Value):
    """The head of a project's pages: `word` and `kind` tell its state; what may be done here by this actor now."""

    ref: str
    name: str
    organisation: str
    base: str
    word: str
    kind: str
    is_own: bool
    may_write: bool
    may_lead: bool
    is_open: bool
    volumes: str
    tabs: Sequence[dict[str, Any]]


def frame_of(ask: Ask, project: Project, tab: str) -> Frame:
    """The head of a page of a project, with `tab` open."""
    word, kind = STATES[project.state]
    base, is_open = f"/projects/{project.ref}", project.state == "open"
    tabs = [{"label": label, "url": f"{base}/{key}".rstrip("/"), "current": key == tab} for key, label in TABS.items()]
    writes = may_write(ask.by, project, seat_of(ask.db, project, ask.by))
    return Frame(
        ref=project.ref, name=project.name, organisation=project.organisation.name, base=base, word=word, kind=kind,
        is_own=project.organisation_id == ask.by.organisation_id, may_write=writes and is_open,
        may_lead=may_lead(ask.by, project), is_open=is_open, volumes=volumes_in_words(project), tabs=tabs,
    )  # fmt: skip


def volumes_in_words(project: Project) -> str:
    """ "400 users, 90,000 uses a year, 3 sites, for 3 years"."""
    counted = [
        f"{project.volumes[unit]:,} {label.lower()}" for unit, label in VOLUMES.items() if unit in project.volumes
    ]
    years = f"for {project.term_years} year{'s' if project.term_years > 1 else ''}"
    return ", ".join([*counted, years]) if counted else f"No volumes given yet, {years}"


def project_of(ask: Ask, ref: str) -> Project:
    """The project, where this actor may know of it. Raises NotFound."""
    return find_project(ask.db, ref, by=ask.by)


def product_of(ask: Ask, ref: str) -> Product:
    """A product on show. Raises NotFound."""
    return product_for(ask.db, ref, by=ask.actor)


def look_of(ask: Ask, project: Project, product: Product) -> Look | None:
    """The product as it is today, for the volumes of the project."""
    return looks_in(ask.db, project, [product.id], on=day_in_london(ask.at)).get(product.id)


def products_of(ask: Ask) -> list[Product]:
    """The products that a form names. Raises Invalid where there are none, NotFound for one that is not on show."""
    refs = list(dict.fromkeys(ref for ref in ask.form.all("product") if ref.strip()))
    if not refs:
        raise Invalid("no product was chosen", "Choose at least one.", fields={"product": "Choose at least one."})
    products = products_by_ref(ask.db, refs)
    if len(products) < len(refs):
        raise NotFound("one of these products is not on the catalogue", "Choose it from the catalogue again.")
    return products


def named(products: Sequence[Product]) -> str:
    """A few names, and how many more."""
    names = ", ".join(product.name for product in products[:3])
    return f"{names} and {len(products) - 3} more" if len(products) > 3 else names


def listed_in_words(project: Project, products: Sequence[Product], candidates: Sequence[Candidate]) -> str:
    """What became of products that were put on the list: what is decided already stays so, and is not told as new."""
    verdicts = {candidate.product_id: candidate.decisions[-1].verdict for candidate in candidates}
    told = []
    for verdict, words in LISTED.items():
        if there := [product for product in products if verdicts.get(product.id) == verdict]:
            told.append(f"{named(there)}: {words.format(project.name)}.")
    return " ".join(told)


def options_of(labels: Mapping[str, str]) -> list[dict[str, str]]:
    """Codes and labels as the fields of a form take them."""
    return [{"value": code, "label": label} for code, label in labels.items()]


def typed(form: Values) -> dict[str, str]:
    """The first value of each field, as it was typed."""
    return {name: values[0] for name, values in form.items().items() if values}


def told_of(refusal: Refusal | None) -> dict[str, Any]:
    """What a page says of a refusal: the fact, the hint, and what is wrong by field."""
    if refusal is None:
        return {"refusal": None, "errors": {}}
    return {"refusal": {"fact": refusal.fact, "hint": refusal.hint}, "errors": refusal.fields}


def person_typed(ask: Ask, field: str) -> UUID | None:
    """The person chosen in a field; None for nobody. Raises Invalid for what is not one of those offered."""
    chosen = ask.form.one(field)
    try:
        return UUID(chosen) if chosen else None
    except ValueError as wrong:
        told = "Choose one of the people on the project."
        raise Invalid("nobody like that is on the project", told, fields={field: told}) from wrong


def whole_number(text: str, field: str) -> int | None:
    """A version or a turn that a form carries; None where it carries none. Raises Invalid for anything else."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(
            "this form was changed on the way", "Open the page again.", fields={field: "Open the page again."}
        )
    return int(text)


def back_to(form: Values, otherwise: str) -> str:
    """Where a form that stands on other pages leads back to: never off this site."""
    path = form.one("back")
    return path if path and is_own_path(path) else otherwise
