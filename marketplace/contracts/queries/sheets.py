"""A text as it goes on paper: a draft as it would be issued today, an issued one as it was frozen."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract, ContractText, Cosignature, Signature
from marketplace.contracts.queries.contracts import parties_of
from marketplace.contracts.queries.facts import facts_of, template_of
from marketplace.contracts.queries.signing import cosignatures_of, signatures_of
from marketplace.contracts.rules.assembly import Tree, assemble, term_in_words
from marketplace.contracts.rules.sheet import Sheet
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.queries.successions import names_of
from marketplace.kit.calendar import in_words, london

STANDINGS = {
    "draft": "Written, not issued",
    "issued": "Issued on {on}, waits for signatures",
    "binding": "Signed by all, binding",
    "replaced": "Signed by all, replaced since",
    "declined": "Declined, not binding",
    "recalled": "Recalled, not binding",
}


def draft_tree(db: Session, frameworks: Frameworks, contract: Contract, *, on: date) -> Tree:
    """The first text as it would be issued today, its gaps marked."""
    facts = facts_of(db, frameworks, contract, on=on, effective_on=on)
    return assemble(template_of(frameworks, contract), facts, contract.parameters)


def sheet_of(db: Session, frameworks: Frameworks, contract: Contract, text: ContractText | None, *, on: date) -> Sheet:
    """What the page, the PDF and the DOCX are made of. Without a text, the draft."""
    parties = parties_of(db, contract.id)
    lead = next((party.organisation.name for party in parties if party.role == "lead"), "")
    if text is None:
        tree = draft_tree(db, frameworks, contract, on=on)
        standing = "Draft, not issued"
        signatures: Sequence[Signature | Cosignature] = ()
    else:
        tree = text.body
        said = STANDINGS[text.state].format(on=in_words(london(text.at).date()))
        standing = f"Text {text.number}. {said}"
        every: list[Signature | Cosignature] = [*cosignatures_of(db, [text.id]), *signatures_of(db, [text.id])]
        signatures = sorted(every, key=lambda one: (one.at, one.id))
    return Sheet(
        tree=tree, digest="" if text is None else text.digest, name=contract.name, lead=lead,
        standing=standing, facts=_facts(contract, tree, standing), signatures=_signed(db, signatures),
    )  # fmt: skip


def _facts(contract: Contract, tree: Tree, standing: str) -> tuple[tuple[str, str], ...]:
    template, values = tree["template"], tree["parameters"]
    starts, ends = (date.fromisoformat(values[name]) if values.get(name) else None for name in ("starts-on", "ends-on"))
    facts = [
        ("Contract", f"{contract.ref}, {contract.name}"),
        ("Standing", standing),
        ("Product", f"{tree['product']['name']}, version {tree['product']['version']}"),
        ("Term", term_in_words(starts, ends)),
        ("Template", f"{template['id']}, version {template['version']}"),
    ]
    if tree["reason"]:
        facts.append(("Why it changes", tree["reason"]))
    if tree["number"] > 1:
        facts.append(("Holds from", in_words(date.fromisoformat(tree["effective-on"]))))
    return tuple(facts)


def _signed(db: Session, signatures: Sequence[Signature | Cosignature]) -> tuple[tuple[str, str, str], ...]:
    """Who signed for whom: the organisation of that time, whichever took its place since."""
    names = names_of(db, (one.organisation_id for one in signatures))
    return tuple(
        (
            names.get(one.organisation_id, ""),
            f"{one.person.name}, {one.capacity}",
            f"{in_words(london(one.at).date())}, {london(one.at):%H:%M %Z}",
        )
        for one in signatures
    )
