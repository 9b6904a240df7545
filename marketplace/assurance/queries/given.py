"""What was answered and found, as the rules read it, as of any moment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Answer, Case, Declaration, Finding
from marketplace.assurance.rules import verdicts
from marketplace.assurance.rules.seen import digest_of_answer, digest_of_case
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.schema.assurance import Who
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.values import Value, replace

DEPLOYER: Who = "deploying-organisation"
NOTHING = digest_of_answer(None, None, ())
"""The digest of a question that is not answered."""


class Papers(Value):
    """What there is to be judged: `given` by question id, the rows behind it, and the findings that still stand.

    A finding stands while the answer that it was made of stays as it was.
    """

    answers: Mapping[str, Answer]
    findings: Mapping[str, Finding]
    given: Mapping[str, verdicts.Given]

    def seen(self, question_id: str) -> str:
        """The digest of the answer to a question as it stands."""
        return digest_of(self.given[question_id]) if question_id in self.given else NOTHING


def digest_of(given: verdicts.Given) -> str:
    return digest_of_answer(given.value, given.dated, given.documents)


def answers_of(db: Session, product: Product, *, at: datetime, question_id: str = "") -> dict[str, Answer]:
    """The answers that counted at a moment, by question: of the product, and of its supplier as a whole.

    Where a question is named, the answer to that one alone.
    """
    found = answers_of_many(db, [product], question_id)
    return latest_answers(found, product.id, product.organisation_id, at=at)


_OWN = Answer.product_id.in_(bindparam("products", expanding=True))
_SHARED = Answer.product_id.is_(None) & Answer.organisation_id.in_(bindparam("suppliers", expanding=True))
_ANSWERS = select(Answer).where(or_(_OWN, _SHARED)).order_by(Answer.id)
_ANSWERS_TO_ONE = _ANSWERS.where(Answer.question_id == bindparam("question"))


def answers_of_many(db: Session, products: Iterable[Product], question_id: str = "") -> list[Answer]:
    """Every answer that was ever given for these products or for their suppliers as a whole, oldest first."""
    wanted = list(products)
    suppliers = {product.organisation_id for product in wanted if product.organisation_id}
    of = {"products": [product.id for product in wanted], "suppliers": list(suppliers)}
    rows = db.scalars(_ANSWERS_TO_ONE, {**of, "question": question_id}) if question_id else db.scalars(_ANSWERS, of)
    return list(rows)


def local_answers(db: Session, product: Product, organisation_id: UUID, *, at: datetime) -> dict[str, Answer]:
    """What an organisation answered of its own use of a product and of itself, by question, as of a moment."""
    mine = Answer.organisation_id == organisation_id
    about = or_(Answer.product_id == product.id, Answer.product_id.is_(None))
    rows = db.scalars(select(Answer).where(mine, about).order_by(Answer.id))
    return latest_answers(rows, product.id, organisation_id, at=at)


def latest_answers(
    answers: Iterable[Answer], product_id: UUID, supplier_id: UUID | None, *, at: datetime
) -> dict[str, Answer]:
    """The latest answers at a moment, of one product among many; those that were taken back are left out.

    What another organisation answered of its own use of the product is not among them.
    """
    found: dict[str, Answer] = {}
    for answer in answers:
        if answer.organisation_id == supplier_id and answer.product_id in (None, product_id) and answer.at <= at:
            found[answer.question_id] = answer
    return {name: answer for name, answer in found.items() if not is_nothing(answer)}


def is_nothing(answer: Answer) -> bool:
    """Whether an answer was taken back with all that stood behind it."""
    return answer.value is None and answer.dated is None and not answer.documents


def papers_of(
    framework: AssuranceFramework, product: Product, version: Version, answers: Mapping[str, Answer],
    findings: Sequence[Finding] = (),
) -> Papers:  # fmt: skip
    """Answers and findings put together. What the description of the version answers is taken from there."""
    rows = {name: answer for name, answer in answers.items() if name in framework.by_question}
    listed = {name: value for name, value in version.answers.items() if name in framework.by_question}
    given = {name: _given(rows.get(name), listed.get(name)) for name in dict.fromkeys([*rows, *listed])}
    given |= _known(framework, product, version)
    standing = _standing(framework, given, findings)
    for code, finding in standing.items():
        name = framework.by_code[code].question_id
        if name in given:
            given[name] = replace(given[name], finding=_found(finding))
    return Papers(rows, standing, given)


def local_papers(
    framework: AssuranceFramework, product: Product, version: Version, supplied: Mapping[str, Answer],
    own: Mapping[str, Answer],
) -> Papers:  # fmt: skip
    """The papers of a deployment: what is asked of the deploying organisation comes from it alone."""
    base = papers_of(framework, product, version, supplied)
    asked = {name for name, each in framework.by_question.items() if each.who == DEPLOYER}
    rows = {name: row for name, row in base.answers.items() if name not in asked}
    given = {name: each for name, each in base.given.items() if name not in asked}
    mine = {name: row for name, row in own.items() if name in asked}
    return Papers({**rows, **mine}, {}, {**given, **{name: _given(row, None) for name, row in mine.items()}})


def findings_of(db: Session, case_ids: Sequence[UUID], *, at: datetime | None = None) -> dict[UUID, list[Finding]]:
    """What was found in cases up to a moment, oldest first, without what somebody with a conflict found."""
    declared = select(Declaration.case_id, Declaration.person_id).where(Declaration.case_id.in_(case_ids))
    conflicted = {(case_id, person_id) for case_id, person_id in db.execute(declared.where(Declaration.has_conflict))}
    rows = select(Finding).where(Finding.case_id.in_(case_ids)).order_by(Finding.id)
    found: dict[UUID, list[Finding]] = {case_id: [] for case_id in case_ids}
    for finding in db.scalars(rows if at is None else rows.where(Finding.at <= at)):
        if (finding.case_id, finding.by_id) not in conflicted:
            found[finding.case_id].append(finding)
    return found


def papers_of_case(
    db: Session, case: Case, framework: AssuranceFramework, *, answers_at: datetime, at: datetime | None = None
) -> Papers:
    """What is assessed in a case (product and version loaded): the answers of one moment, findings up to another."""
    answers = answers_of(db, case.product, at=answers_at)
    return papers_of(framework, case.product, case.version, answers, findings_of(db, [case.id], at=at)[case.id])


def seen_in_case(case: Case, papers: Papers) -> str:
    """The digest of everything that an opinion on this case is given over."""
    return digest_of_case(
        framework=case.framework_id, version=case.framework_version, product=case.product.ref,
        number=case.version.number, answers={name: digest_of(each) for name, each in papers.given.items()},
        findings={code: f"{each.judgement} {each.seen} {each.id}" for code, each in papers.findings.items()},
    )  # fmt: skip


def _standing(
    framework: AssuranceFramework, given: Mapping[str, verdicts.Given], findings: Sequence[Finding]
) -> dict[str, Finding]:
    latest = {finding.code: finding for finding in findings if finding.code in framework.by_code}
    wanted = {framework.by_code[code].question_id for code in latest}
    seen = {name: digest_of(given[name]) for name in wanted if name in given}
    return {
        code: finding for code, finding in latest.items()
        if seen.get(framework.by_code[code].question_id, NOTHING) == finding.seen
    }  # fmt: skip


def _known(framework: AssuranceFramework, product: Product, version: Version) -> dict[str, verdicts.Given]:
    """What the listing says already and nobody is asked again."""
    words = {"supplier-name": product.supplier_name, "product-name": version.name, "version-name": version.number}
    return {
        criterion.question_id: verdicts.Given(words[criterion.known])
        for criterion in framework.criteria if criterion.known
    }  # fmt: skip


def _given(row: Answer | None, listed: Any) -> verdicts.Given:
    """An answer with what stands behind it; its value is that of the description where that has one."""
    if row is None:
        return verdicts.Given(listed)
    documents = tuple(each["digest"] for each in row.documents)
    return verdicts.Given(row.value if listed is None else listed, documents, row.dated)


def _found(finding: Finding) -> verdicts.Finding:
    judgement = cast("verdicts.Judgement", finding.judgement)
    return verdicts.Finding(judgement, finding.note, finding.condition, finding.due_on)
