"""Writing a description: the declared form, a section at a time, saved as a draft whenever one likes."""

from typing import Any

from marketplace.catalogue.actions.editions import LONGEST_NAME, LONGEST_NUMBER, Saved, name_edition, save_answers
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.queries.products import open_version, own_product, reviews_of
from marketplace.catalogue.rules.editions import CHANGES
from marketplace.faces.ask import Ask, Values
from marketplace.frameworks import answers
from marketplace.frameworks.schema.forms import Form
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Conflict, Invalid, NotFound, Refusal
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.web.catalogue.fields import Filled, fields_of, raw_of, saved_in_words
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Answer, Goto, Page, page, post
from marketplace.web.keeping import with_kept

LARGEST = 1_000_000


class Step(Value):
    """A section in the list of steps."""

    label: str
    state: str
    url: str


@page("/listings/{ref:str}/description", who=Permission.CATALOGUE_WRITE)
def show_description(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """One section of the form; after a refusal, with everything that was typed."""
    product, version = own_draft(ask, ref)
    return description_page(ask, product, version, typed=ask.form, errors=errors_of(refusal))


@post("/listings/{ref:str}/description", who=Permission.CATALOGUE_WRITE, again=show_description, largest=LARGEST)
def save_description(ask: Ask, ref: str) -> Answer:
    """Save the good answers; the others come back with what is wrong, as they were typed."""
    product, version = own_draft(ask, ref)
    form = ask.services.frameworks.form(product.kind)
    section = section_of(ask, form)
    saved = save_answers(
        ask.db, product, version, raw_of(form.section(section), ask.form), form=form.section(section),
        row_version=row_version(ask.form), by=ask.by, at=ask.at,
    )  # fmt: skip
    told = saved_in_words(form, saved.changed)
    if saved.errors:
        return again_with_errors(ask, product, version, saved, told)
    return Goto(next_place(ask, product, version, form, section), told=told)


@page("/listings/{ref:str}/facts", who=Permission.CATALOGUE_WRITE)
def show_facts(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What the product is called, which version the draft describes, and how that differs from the last."""
    product, version = own_draft(ask, ref)
    kept = {"name": version.name, "number": version.number, "change": version.change}
    values = {
        "product": product,
        "version": version,
        "typed": {name: ask.form.one(name, value) for name, value in kept.items()},
        "changes": [{"value": key, "label": label} for key, label in CHANGES.items() if key != "first"],
        "limits": {"name": LONGEST_NAME, "number": LONGEST_NUMBER},
        "errors": errors_of(refusal),
    }
    return Page("catalogue/facts.html", values)


@post("/listings/{ref:str}/facts", who=Permission.CATALOGUE_WRITE, again=show_facts)
def save_facts(ask: Ask, ref: str) -> Goto:
    """Save the name, the version and the kind of change."""
    product, version = own_draft(ask, ref)
    name_edition(
        ask.db, product, version, name=ask.form.one("name"), number=ask.form.one("number"),
        change=ask.form.one("change", "first"), row_version=row_version(ask.form), by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/listings/{product.ref}", told="Saved.")


def own_draft(ask: Ask, ref: str) -> tuple[Product, Version]:
    """One's own product and its open edition. Raises NotFound, and Conflict where no edition is open."""
    product = own_product(ask.db, ref, by=ask.by)
    version = open_version(ask.db, product)
    if version is None:
        raise Conflict(f"{product.name} has no open edition", "Begin a new edition first.")
    return product, version


def section_of(ask: Ask, form: Form) -> str:
    """The section of the address or the form; the first where none is named. Raises NotFound."""
    asked = ask.form.one("section") or ask.query.one("section") or form.sections[0].id
    if asked not in {section.id for section in form.sections}:
        raise NotFound(f"there is no section {quote(asked)}", "Choose one of the list.")
    return asked


def row_version(typed: Values) -> int | None:
    """The version that the page was made from. Raises Invalid for what no page of ours sends."""
    sent = typed.one("row-version")
    if sent and not (sent.isascii() and sent.isdigit() and len(sent) < 12):
        raise Invalid(f"{quote(sent)} is not the version of a page", "Open the page again.")
    return int(sent) if sent else None


def description_page(
    ask: Ask, product: Product, version: Version, *, typed: Values, errors: dict[str, str], told: str = ""
) -> Page:
    """A section of the form, in plain values: it is also rendered after the good answers were committed."""
    form = ask.services.frameworks.form(product.kind)
    section = section_of(ask, form)
    shown = next(each for each in form.sections if each.id == section)
    place, title = f"/listings/{product.ref}/description?section={section}", f"{shown.label}: {product.name}"
    ask, kept = with_kept(ask, place, title, version=version.row_version)
    typed = ask.form if kept.is_back else typed
    reviews = reviews_of(ask.db, version.id)
    remarks = reviews[0].reasons if reviews and reviews[0].outcome == "sent back" else {}
    filled = Filled(form, version.answers, typed, errors, remarks)
    values = {
        "product": {"ref": product.ref, "name": product.name},
        "row_version": version.row_version,
        "section": shown,
        "kept": kept,
        "steps": steps_of(product, version, form, section),
        "fields": fields_of(filled, section),
        "countries": [option.label for option in ask.services.frameworks.taxonomies["countries"].options],
        "errors": errors,
        "told": told,
        "is_editable": version.state == "draft",
    }
    return Page("catalogue/description.html", values)


def again_with_errors(ask: Ask, product: Product, version: Version, saved: Saved, told: str) -> Page:
    """The section again: what was good is saved already, and the page says so."""
    answer = description_page(ask, product, version, typed=ask.form, errors=saved.errors, told=told)
    answer.status = 422
    return answer


def steps_of(product: Product, version: Version, form: Form, current: str) -> list[Step]:
    lacking = {gap.section for gap in answers.missing(form, version.answers)}
    base = f"/listings/{product.ref}/description"
    return [Step(each.label, _state(each.id, current, lacking), f"{base}?section={each.id}") for each in form.sections]


def _state(section: str, current: str, lacking: set[str]) -> str:
    if section == current:
        return "current"
    return "waiting" if section in lacking else "done"


def next_place(ask: Ask, product: Product, version: Version, form: Form, section: str) -> str:
    """Where to go after saving: the same section, or on; but not past questions that this answer opened."""
    base = f"/listings/{product.ref}"
    here = f"{base}/description?section={section}"
    opened = set(_open(form, version.answers, section)) - set(ask.form.all("shown"))
    if ask.form.one("go") != "on" or opened:
        return here
    ids = [each.id for each in form.sections]
    following = ids[ids.index(section) + 1 :]
    return f"{base}/description?section={following[0]}" if following else base


def _open(form: Form, described: dict[str, Any], section: str) -> list[str]:
    skipped = answers.asked(form, described)
    return [entry.question.id for entry in form.section(section).entries if not skipped[entry.question.id]]


ROUTES = [show_description, save_description, show_facts, save_facts]
