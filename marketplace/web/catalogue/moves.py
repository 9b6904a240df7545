"""The moves of a listing, each a noun under its address: three lines, and the record does the rest."""

from marketplace.catalogue.actions.editions import begin_edition
from marketplace.catalogue.actions.listing import (
    confirm_listing,
    publish_listing,
    reinstate_listing,
    send_back,
    submit_listing,
    suspend_listing,
    take_back_listing,
    withdraw_listing,
)
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import moderated_product, offers_of, own_product
from marketplace.faces.ask import Ask
from marketplace.faces.safety import hindered_by_hazards
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.web.catalogue.listings import errors_of, show_listing
from marketplace.web.catalogue.moderation import show_workbench
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post

REMARK = "remark."
QUESTIONS = {
    "withdrawal": ("Withdraw", "Why is it withdrawn?", "Its page stays, says so, and shows this reason to everybody."),
    "suspension": ("Suspend", "Why is it suspended?", "Buyers see the word Suspended and this reason."),
    "reinstatement": ("Reinstate", "Why can it be shown again?", "The record keeps this reason."),
}
NEVER_SHOWN = "It was never on show, so nobody but your organisation and the moderators reads this."


@post("/listings/{ref:str}/submission", who=Permission.CATALOGUE_WRITE, again=show_listing)
def submit(ask: Ask, ref: str) -> Goto:
    """Ask for the open edition to be published."""
    product = own_product(ask.db, ref, by=ask.by)
    offers = offers_of(ask.db, product.id, on=day_in_london(ask.at))
    form = ask.services.frameworks.form(product.kind)
    hindered = hindered_by_hazards(ask.db, ask.services.frameworks, product)
    submit_listing(ask.db, product, form=form, offers=offers, hindered=hindered, by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}", told=f"{product.name} is with a moderator now. You will be told.")


@post("/listings/{ref:str}/recall", who=Permission.CATALOGUE_WRITE, again=show_listing)
def take_back(ask: Ask, ref: str) -> Goto:
    """Take the submitted edition back, to write on it again."""
    product = own_product(ask.db, ref, by=ask.by)
    version = take_back_listing(ask.db, product, by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}", told=f"Edition {version.edition} is a draft again. No moderator sees it.")


@post("/listings/{ref:str}/confirmation", who=Permission.CATALOGUE_WRITE, again=show_listing)
def confirm(ask: Ask, ref: str) -> Goto:
    """Say that the listing is still true."""
    product = own_product(ask.db, ref, by=ask.by)
    confirm_listing(ask.db, product, by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}", told=f"{product.name} is confirmed as true today.")


@post("/listings/{ref:str}/edition", who=Permission.CATALOGUE_WRITE, again=show_listing)
def begin(ask: Ask, ref: str) -> Goto:
    """Begin the draft of the next edition."""
    product = own_product(ask.db, ref, by=ask.by)
    draft = begin_edition(ask.db, product, by=ask.by, at=ask.at)
    return Goto(
        f"/listings/{product.ref}", told=f"Edition {draft.edition} is begun; edition {draft.edition - 1} stays."
    )


@post("/listings/{ref:str}/publication", who=Permission.CATALOGUE_MODERATE, again=show_workbench)
def publish(ask: Ask, ref: str) -> Goto:
    """Put the submitted edition on show."""
    product = moderated_product(ask.db, ref, by=ask.by)
    hindered = hindered_by_hazards(ask.db, ask.services.frameworks, product)
    version = publish_listing(ask.db, product, hindered=hindered, by=ask.by, at=ask.at)
    return Goto("/moderation", told=f"Edition {version.edition} of {product.name} is published.")


@post("/listings/{ref:str}/return", who=Permission.CATALOGUE_MODERATE, again=show_workbench)
def return_it(ask: Ask, ref: str) -> Goto:
    """Send the submitted edition back with reasons, each beside its question."""
    product = moderated_product(ask.db, ref, by=ask.by)
    remarks = {name.removeprefix(REMARK): ask.form.one(name) for name in ask.form.items() if name.startswith(REMARK)}
    try:
        send_back(ask.db, product, {"": ask.form.one("reason"), **remarks}, by=ask.by, at=ask.at)
    except Invalid as wrong:
        fields = {f"{REMARK}{name}" if name in remarks else "reason": text for name, text in wrong.fields.items()}
        raise Invalid(wrong.fact, wrong.hint, fields=fields) from wrong
    return Goto("/moderation", told=f"{product.name} is sent back; its supplier has been told why.")


@page("/listings/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN)
def ask_why_withdraw(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Ask for the reason before a listing is withdrawn."""
    return why(ask, supplier_s_or_moderated(ask, ref), "withdrawal", refusal)


@post("/listings/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN, again=ask_why_withdraw)
def withdraw(ask: Ask, ref: str) -> Goto:
    """Take the listing off the catalogue."""
    product = supplier_s_or_moderated(ask, ref)
    withdraw_listing(ask.db, product, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    told = f"{product.name} is withdrawn. {'Its page says so.' if product.live_version_id else ''}".strip()
    return Goto(home_of(ask, product), told=told)


@page("/listings/{ref:str}/suspension", who=Permission.CATALOGUE_MODERATE)
def ask_why_suspend(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Ask for the reason before a listing is suspended."""
    return why(ask, moderated_product(ask.db, ref, by=ask.by), "suspension", refusal)


@post("/listings/{ref:str}/suspension", who=Permission.CATALOGUE_MODERATE, again=ask_why_suspend)
def suspend(ask: Ask, ref: str) -> Goto:
    """Mark the listing as not to be bought for now."""
    product = moderated_product(ask.db, ref, by=ask.by)
    suspend_listing(ask.db, product, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/moderation/{product.ref}", told=f"{product.name} is suspended. Buyers see why.")


@page("/listings/{ref:str}/reinstatement", who=Permission.CATALOGUE_MODERATE)
def ask_why_reinstate(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Ask for the reason before a listing comes back."""
    return why(ask, moderated_product(ask.db, ref, by=ask.by), "reinstatement", refusal)


@post("/listings/{ref:str}/reinstatement", who=Permission.CATALOGUE_MODERATE, again=ask_why_reinstate)
def reinstate(ask: Ask, ref: str) -> Goto:
    """Put the suspended listing back on show."""
    product = moderated_product(ask.db, ref, by=ask.by)
    hindered = hindered_by_hazards(ask.db, ask.services.frameworks, product)
    reinstate_listing(ask.db, product, reason=ask.form.one("reason"), hindered=hindered, by=ask.by, at=ask.at)
    return Goto(f"/moderation/{product.ref}", told=f"{product.name} is live again.")


def why(ask: Ask, product: Product, noun: str, refusal: Refusal | None) -> Page:
    label, question, hint = QUESTIONS[noun]
    if noun == "withdrawal" and product.live_version_id is None:
        hint = NEVER_SHOWN
    values = {
        "title": f"{label} {product.name}", "label": label, "question": question, "hint": hint,
        "to": f"/listings/{product.ref}/{noun}", "back": home_of(ask, product), "typed": ask.form.one("reason"),
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("catalogue/why.html", values)


def supplier_s_or_moderated(ask: Ask, ref: str) -> Product:
    """One's own product; for a moderator, any. Raises NotFound."""
    try:
        return own_product(ask.db, ref, by=ask.by)
    except NotFound:
        return moderated_product(ask.db, ref, by=ask.by)


def home_of(ask: Ask, product: Product) -> str:
    """Where whoever acts looks after the product."""
    is_own = product.organisation_id is not None and product.organisation_id == ask.by.organisation_id
    return f"/listings/{product.ref}" if is_own else f"/moderation/{product.ref}"


ROUTES = [
    submit, take_back, confirm, begin, publish, return_it, ask_why_withdraw, withdraw, ask_why_suspend, suspend,
    ask_why_reinstate, reinstate,
]  # fmt: skip
