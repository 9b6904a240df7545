"""What people can comment on, in every room: the thing is found as the actor may see it, or it is not found at all."""

from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Deployment, Incident
from marketplace.assurance.queries.cases import find_case
from marketplace.assurance.queries.safety.deployments import find_deployment
from marketplace.assurance.queries.safety.incidents import find_incident
from marketplace.catalogue.queries.imports import import_for
from marketplace.catalogue.queries.products import product_for, product_of_id
from marketplace.contracts.queries.contracts import find_contract, parties_of
from marketplace.evidence.queries.studies import find_study
from marketplace.identity.actions.remarks import Saying
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor, Permission
from marketplace.identity.queries.organisations import find_organisation
from marketplace.identity.queries.remarks import spoken_with
from marketplace.identity.rules.remarks import EVERYBODY, PRIVATE, SHARED, About
from marketplace.kit.errors import Invalid, NotAllowed, NotFound
from marketplace.kit.text import quote
from marketplace.payments.queries.invoices import find_invoice
from marketplace.procurement.queries.joint.finding import find_procurement

LABELS = {
    "listing": "Product", "contract": "Contract", "case": "Assurance case", "study": "Study",
    "organisation": "Organisation", "import": "Import", "procurement": "Purchase", "deployment": "Deployment",
    "incident": "Incident", "invoice": "Invoice",
}  # fmt: skip
Finder = Callable[[Session, str, Actor], About]


def thing_of(db: Session, kind: str, ref: str, *, by: Actor) -> About:
    """The thing of that kind and reference. Raises NotFound for what the actor may not open, NotAllowed for nobody."""
    if by.organisation_id is None or by.person_id is None:
        raise NotAllowed("a comment is made and read for an organisation", "Act for one of yours.")
    if kind not in FINDERS:
        raise NotFound(f"there are no comments on {quote(kind)}", f"There are some on {', '.join(FINDERS)}.")
    return FINDERS[kind](db, ref, by)


def saying_of(about: About, *, words: str, reach: str, assigned_to_id: UUID | None, due_on: object = None) -> Saying:
    """A comment as a form or a program gives it: `reach` is private, everybody or the id of one organisation."""
    others = {str(key): key for key, _ in about.others}
    given = {"assigned_to_id": assigned_to_id, "due_on": due_on}
    if reach in others:
        return Saying(words, SHARED, others[reach], **given)  # type: ignore[arg-type]
    if reach not in (PRIVATE, EVERYBODY):
        told = "Choose who can read it."
        raise Invalid("the comment says not for whom it is", told, fields={"reach": told})
    return Saying(words, reach, **given)  # type: ignore[arg-type]


def _listing(db: Session, ref: str, by: Actor) -> About:
    product = product_for(db, ref, by=by)
    is_own = product.organisation_id == by.organisation_id
    return About(
        "listing", product.id, product.ref, product.live_version.name if product.live_version else product.name,
        f"/listings/{product.ref}" if is_own else f"/products/{product.ref}",
        _with_owner(db, "listing", product.id, product.organisation_id, by), hears=Permission.CATALOGUE_WRITE.value,
    )  # fmt: skip


def _study(db: Session, ref: str, by: Actor) -> About:
    study = find_study(db, ref, by=by)
    product = product_of_id(db, study.product_id, by=by)
    path = f"/products/{product.ref}/studies/{study.ref}"
    others = _with_owner(db, "study", study.id, study.organisation_id, by)
    return About("study", study.id, study.ref, study.title, path, others, hears=Permission.CATALOGUE_WRITE.value)


def _organisation(db: Session, ref: str, by: Actor) -> About:
    """Whatever organisation: one's notes on a supplier are one's own, unless they are shared with it."""
    found = find_organisation(db, ref)
    path = f"/organisations/{found.ref}" if found.id == by.organisation_id else f"/comments/organisation/{found.ref}"
    others = _with_owner(db, "organisation", found.id, found.id, by)
    return About("organisation", found.id, found.ref, found.name, path, others, hears=Permission.MEMBER_MANAGE.value)


def _import(db: Session, ref: str, by: Actor) -> About:
    found = import_for(db, ref, by=by)
    needs = Permission.CATALOGUE_IMPORT.value
    return About("import", found.id, found.ref, f"the import {found.file_name}", f"/imports/{found.ref}", needs=needs)


def _contract(db: Session, ref: str, by: Actor) -> About:
    contract = find_contract(db, ref, by=by)
    parties = _named(db, [each.organisation_id for each in parties_of(db, contract.id) if each.left_on is None], by)
    needs = Permission.CONTRACT_READ.value
    path = f"/contracts/{contract.ref}"
    return About("contract", contract.id, contract.ref, contract.name, path, (), parties, needs, needs)


def _procurement(db: Session, ref: str, by: Actor) -> About:
    """For those who take part: the supplier is asked elsewhere, and is not among them."""
    found = find_procurement(db, ref, by=by)
    there = [party.organisation_id for party in found.parties if party.takes_part]
    parties = _named(db, there, by) if by.organisation_id in there else ()
    needs, hears = Permission.PROJECT_READ.value if by.is_buyer else "", Permission.PROJECT_WRITE.value
    path = f"/procurements/{found.ref}"
    return About("procurement", found.id, found.ref, found.name, path, (), parties, needs, hears)


def _case(db: Session, ref: str, by: Actor) -> About:
    """Between the supplier and the body that assesses; what assessors say among themselves is private to the body."""
    case = find_case(db, ref, by=by)
    is_supplier = case.supplier_id == by.organisation_id
    needs, hears = Permission.CATALOGUE_WRITE.value, Permission.ASSURANCE_ASSESS.value
    needs, hears = (needs, hears) if is_supplier else (hears, needs)
    path = f"/listings/{case.product.ref}/assurance" if is_supplier else f"/cases/{case.ref}"
    others = _named(db, [case.supplier_id, case.body_id], by)
    return About("case", case.id, case.ref, f"the case of {case.version.name}", path, others, (), needs, hears)


def _deployment(db: Session, ref: str, by: Actor) -> About:
    found = find_deployment(db, ref, by=by)
    return _in_use(db, "deployment", found, f"the use of {found.product.name}", f"/deployments/{found.ref}", by)


def _incident(db: Session, ref: str, by: Actor) -> About:
    found = find_incident(db, ref, by=by)
    title = f"incident {found.ref} of {found.product.name}"
    return _in_use(db, "incident", found, title, f"/incidents/{found.ref}", by)


def _in_use(db: Session, kind: str, found: Deployment | Incident, title: str, path: str, by: Actor) -> About:
    """Between who uses a product and its supplier: the safety officers of the one, the writers of the other."""
    others = _named(db, [found.organisation_id, found.supplier_id], by)
    hears = Permission.SAFETY_APPROVE if found.supplier_id == by.organisation_id else Permission.CATALOGUE_WRITE
    return About(kind, found.id, found.ref, title, path, others, hears=hears.value)


def _invoice(db: Session, key: str, by: Actor) -> About:
    found = find_invoice(db, key, by=by)
    others = _named(db, [found.organisation_id, found.supplier_id], by)
    ref, needs = found.number or found.ref, Permission.PAYMENT_MANAGE.value
    return About("invoice", found.id, ref, f"invoice {ref}", f"/invoices/{ref}", others, (), "", needs)


FINDERS: dict[str, Finder] = {
    "listing": _listing, "contract": _contract, "case": _case, "study": _study, "organisation": _organisation,
    "import": _import, "procurement": _procurement, "deployment": _deployment, "incident": _incident,
    "invoice": _invoice,
}  # fmt: skip


def _with_owner(
    db: Session, kind: str, about_id: UUID, owner_id: UUID | None, by: Actor
) -> tuple[tuple[UUID, str], ...]:
    """Of what everybody can see: a stranger speaks with its owner, the owner with each who spoke first."""
    assert by.organisation_id is not None
    if owner_id != by.organisation_id:
        return _named(db, [owner_id] if owner_id is not None else [], by)
    return _named(db, spoken_with(db, kind, about_id, by.organisation_id), by)


def _named(db: Session, organisation_ids: Iterable[UUID], by: Actor) -> tuple[tuple[UUID, str], ...]:
    """The organisations with their names, without one's own."""
    wanted = [each for each in organisation_ids if each != by.organisation_id]
    rows = select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)).order_by(Organisation.name)
    return tuple((key, name) for key, name in db.execute(rows)) if wanted else ()
