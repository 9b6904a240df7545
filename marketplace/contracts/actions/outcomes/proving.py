"""The result of a pilot as evidence of its product: recorded when it ends, and brought on with what comes in later.

The data of its last month are due after its last day, so that what it came to at its end is seldom all.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Version
from marketplace.contracts.models import Contract
from marketplace.contracts.queries.outcomes.books import Book
from marketplace.contracts.queries.outcomes.results import Finding, as_evidence, design_of, findings_of
from marketplace.evidence.actions.pilots import PilotFacts, correct_pilot_result, record_pilot_result
from marketplace.evidence.models import Study
from marketplace.evidence.queries.studies import study_of_contract
from marketplace.identity.policies import Actor


def record_result(
    db: Session, contract: Contract, book: Book, verdict: str, why: str, *, by: Actor, at: datetime
) -> Study:
    """Put what the pilot came to among the evidence of its product, good or bad. Once for each contract."""
    findings, version = findings_of(book), db.get_one(Version, contract.version_id)
    return record_pilot_result(
        db, product_id=contract.product_id, version_number=version.number, edition=version.edition,
        owner_id=contract.organisation_id, contract_ref=contract.ref, title=f"Pilot: {contract.name}"[:200],
        results=as_evidence(findings), facts=_facts(book, findings, verdict, why),
        is_demonstration=contract.is_demonstration, by=by, at=at,
    )  # fmt: skip


def bring_result_on(db: Session, contract: Contract, book: Book, because: str, *, by: Actor, at: datetime) -> None:
    """Let the evidence of a pilot that has ended say what its data say now. Repeatable."""
    study = study_of_contract(db, contract.ref)
    if study is not None:
        findings = findings_of(book)
        facts = _facts(book, findings, contract.decision, contract.decision_reason)
        correct_pilot_result(db, study, as_evidence(findings), facts, reason=because, by=by, at=at)


def _facts(book: Book, findings: Sequence[Finding], verdict: str, why: str) -> PilotFacts:
    names = [party.organisation.name for party in book.buyers]
    return PilotFacts(
        design=design_of(findings), setting=", ".join(names)[:1_000], began_on=book.first, ended_on=book.last,
        population="; ".join(dict.fromkeys(f.measure.population for f in findings if f.measure.population))[:1_000],
        comparator=_comparator(book, findings),
        participants=max((finding.found.count for finding in findings), default=0), sites=len(names),
        funder=", ".join(names)[:200], summary=f"Decided: {verdict}. {why}"[:4_000],
        conflicts="The organisations that measured paid by the result under the contract.",
        plain_summary=" ".join(f"{f.measure.label}: {f.words}" for f in findings)[:2_000],
    )  # fmt: skip


def _comparator(book: Book, findings: Sequence[Finding]) -> str:
    """What the results are held against, and which of them have a baseline that a variation added later."""
    late = ", ".join(one.measure.label for one in findings if book.has_late_baseline(one.measure.key))
    said = "The same organisations before the product was used: a baseline that was locked before go-live."
    return f"{said} Taken later, when the product was in use already: {late}." if late else said
