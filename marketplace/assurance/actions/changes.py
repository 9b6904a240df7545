"""A new version: its supplier classes the change, and confirms which answers are true of it too."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.assurance.events.cases import AnswersConfirmed, ChangeClassed, FindingsCarried, ModelChangeUnclassed
from marketplace.assurance.models import Basis, Carried, Case, Classing, Confirmation, Finding
from marketplace.assurance.policies import may_answer
from marketplace.assurance.queries.declared import changes
from marketplace.assurance.queries.delta import Delta, delta_of
from marketplace.assurance.queries.editions import shown_of
from marketplace.assurance.rules.changes import UNCLASSED
from marketplace.assurance.schemas import text_of
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.rules.editions import CHANGES
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import quote

CLASSES = {name: label for name, label in CHANGES.items() if name != "first"}


def class_change(
    db: Session, product: Product, version: Version, change: str, *, kinds: Sequence[str] = (), words: str,
    frameworks: Frameworks, by: Actor, at: datetime,
) -> Classing:  # fmt: skip
    """Say how a version on show differs from the one before it; everybody reads why. Raises NotAllowed, Invalid."""
    if not may_answer(by, product):
        raise NotAllowed("only the supplier's people can class a change", "Act for the supplier.")
    if version.published_at is None or version.edition == 1:
        raise Conflict("there is nothing to class", "A first edition and a draft differ from nothing on show.")
    wrong = {}
    if change not in CLASSES:
        wrong["change"] = f"Choose one of: {', '.join(CLASSES)}."
    if unknown := sorted(set(kinds) - {each.id for each in changes(frameworks).changes}):
        wrong["kinds"] = f"{quote(unknown[0])} is no kind of change that is declared."
    if wrong:
        raise Invalid("the change is not classed", "Mend what is named.", fields=wrong)
    given = text_of("words", words, needed="Say what changed; buyers and assessors read it.")
    classing = Classing(
        id=new_id(at), product_id=product.id, version_id=version.id, change=change, kinds=sorted(set(kinds)),
        words=given, by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(classing)
    classed = ChangeClassed(product_id=product.id, version_id=version.id, change=change, words=given)
    record(db, classed, by=by, at=at)
    db.flush()
    return classing


def confirm_answers(
    db: Session, product: Product, version: Version, codes: Sequence[str], *, framework: AssuranceFramework,
    frameworks: Frameworks, by: Actor, at: datetime,
) -> list[str]:  # fmt: skip
    """Say that answers which a change touches are true of this version too; returns the codes that were open.

    Raises NotAllowed; Invalid for a code that is not to be confirmed.
    """
    if not may_answer(by, product):
        raise NotAllowed("only the supplier's people can confirm its answers", "Act for the supplier.")
    delta = delta_of(db, frameworks, framework, product, version, at=at)
    if strange := [code for code in codes if code not in framework.by_code]:
        told = f"{framework.label} has no criterion {quote(strange[0])}."
        raise Invalid("this cannot be confirmed", told, fields={"confirmed": told})
    wanted = [code for code in delta.unconfirmed if code in set(codes)]
    for code in wanted:
        name = framework.by_code[code].question_id
        db.add(Confirmation(
            id=new_id(at), product_id=product.id, version_id=version.id, question_id=name, seen=delta.seen[name],
            by_id=by.person_id, at=at,
        ))  # fmt: skip
    if wanted:
        names = [framework.by_code[code].question_id for code in wanted]
        record(db, AnswersConfirmed(product_id=product.id, version_id=version.id, questions=names), by=by, at=at)
        db.flush()
    return wanted


def refuse_unconfirmed(framework: AssuranceFramework, delta: Delta) -> None:
    """Raise Invalid where the change touches answers that nobody confirmed for the new version."""
    if not delta.unconfirmed:
        return
    told = {
        framework.by_code[code].question_id: f"{code} is touched by the change: {delta.touched[code]}"
        for code in delta.unconfirmed
    }
    fact = f"{len(delta.unconfirmed)} answers were given for an earlier version, and the change touches them"
    raise Invalid(fact, "Confirm that each is still true, or answer it anew.", fields=told)


def go_on(db: Session, case: Case, delta: Delta, *, by: Actor, at: datetime) -> None:
    """Carry forward what a new case does not look at again: each finding as it was, by whoever made it."""
    if delta.basis is None:
        return
    db.add(Basis(
        case_id=case.id, earlier_id=delta.basis.id, kind="version", changes=[each.id for each in delta.changes],
        reopened=dict(delta.reopened),
    ))  # fmt: skip
    carry(db, case, delta.basis, delta.carried, delta.reopened, by=by, at=at)


def carry(
    db: Session, case: Case, earlier: Case, findings: Mapping[str, Finding], reopened: Mapping[str, str], *,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Write findings of an earlier case into a new one, each pointing at where it comes from."""
    db.flush()
    for finding in findings.values():
        copy = Finding(
            id=new_id(at), case_id=case.id, code=finding.code, judgement=finding.judgement,
            severity=finding.severity, note=finding.note, condition=finding.condition, due_on=finding.due_on,
            seen=finding.seen, by_id=finding.by_id, at=at,
        )  # fmt: skip
        db.add(copy)
        db.flush()
        db.add(Carried(finding_id=copy.id, from_id=finding.id))
    carried = FindingsCarried(
        case_id=case.id, product_id=case.product_id, earlier_id=earlier.id, carried=sorted(findings),
        reopened=dict(reopened),
    )  # fmt: skip
    record(db, carried, by=by, at=at)
    db.flush()


def flag_unclassed(db: Session, product: Product, version: Version, frameworks: Frameworks, *, at: datetime) -> bool:
    """Record that the models of an edition differ and its class does not say so. Returns whether that is so."""
    editions = shown_of(db, frameworks, [product.id])[product.id]
    found = next((each for each in editions if each.version.id == version.id), None)
    if found is None or found.change != UNCLASSED or product.organisation_id is None:
        return False
    flagged = ModelChangeUnclassed(
        product_id=product.id, version_id=version.id, supplier_id=product.organisation_id,
        questions=[changes(frameworks).models],
    )  # fmt: skip
    record(db, flagged, by=CLOCK, at=at)
    db.flush()
    return True
