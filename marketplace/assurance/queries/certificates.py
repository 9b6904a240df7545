"""Certificates: how products conform today, which can be relied on, and who does."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Answer, Certificate, Finding, Renewal, Reuse
from marketplace.assurance.queries.declared import transitions
from marketplace.assurance.queries.editions import Shown, shown_of
from marketplace.assurance.queries.given import Papers, answers_of_many, findings_of, latest_answers, papers_of
from marketplace.assurance.rules.conformity import HOLDS, NONE, Conformity, Edition, Held, status_of
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.transition import Stands, capped, stands_until
from marketplace.assurance.rules.verdicts import Verdict
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import reference_or
from marketplace.kit.text import quote
from marketplace.kit.values import replace

DTAC = "dtac"
Stood = tuple[str, str]
"""A state in which a certificate was, and the reason that was given for it."""
LOADED = (
    joinedload(Certificate.case), joinedload(Certificate.version), joinedload(Certificate.supplier),
    joinedload(Certificate.body), joinedload(Certificate.product).joinedload(Product.supplier),
    joinedload(Certificate.product).joinedload(Product.live_version),
)  # fmt: skip


def conformity_of(
    db: Session, frameworks: Frameworks, product_id: UUID, *, on: date, framework_id: str = DTAC
) -> Conformity:
    """How a product conforms on a day: worked out from its certificate and the dated parts, never read from a row."""
    return conformities(db, frameworks, [product_id], on=on, framework_id=framework_id)[product_id]


def conformities(
    db: Session, frameworks: Frameworks, product_ids: Sequence[UUID], *, on: date, framework_id: str = DTAC
) -> Mapping[UUID, Conformity]:
    """The same for many, in seven queries whatever their number; one where none of them has a certificate."""
    found = dict.fromkeys(product_ids, NONE)
    held = _by_product(db, product_ids, framework_id)
    if not held:
        return found
    certificates = [certificate for rows in held.values() for certificate in rows]
    verdicts = verdicts_of(db, frameworks, certificates, on=on)
    editions = shown_of(db, frameworks, list(held))
    for product_id, rows in held.items():
        found[product_id] = _newest_that_covers(frameworks, rows, verdicts, editions[product_id], on)
    return found


def conformities_of_all(
    db: Session, frameworks: Frameworks, product_ids: Sequence[UUID], *, on: date
) -> Mapping[tuple[UUID, str], Conformity]:
    """The same under every framework that there is a certificate of, by product and framework, in as many queries."""
    held: dict[tuple[UUID, str], list[Certificate]] = defaultdict(list)
    for certificate in db.scalars(_NEWEST_FIRST.where(Certificate.product_id.in_(product_ids))):
        held[certificate.product_id, certificate.framework_id].append(certificate)
    if not held:
        return {}
    verdicts = verdicts_of(db, frameworks, [each for rows in held.values() for each in rows], on=on)
    editions = shown_of(db, frameworks, sorted({product_id for product_id, _ in held}))
    return {
        key: _newest_that_covers(frameworks, rows, verdicts, editions[key[0]], on) for key, rows in held.items()
    }  # fmt: skip


def verdicts_of(
    db: Session, frameworks: Frameworks, certificates: Sequence[Certificate], *, on: date
) -> dict[UUID, Verdict]:
    """What each certificate comes to on a day: the answers that were assessed, and what was found, judged anew."""
    answers = answers_of_many(db, {each.product_id: each.product for each in certificates}.values())
    findings = findings_of(db, [each.case_id for each in certificates])
    renewed = _renewed(db, [each.id for each in certificates], on)
    return {
        each.id: capped(
            judge(
                framework_of(frameworks, each),
                _papers(frameworks, each, answers, findings[each.case_id], renewed[each.id]).given, on=on,
            ),
            standing_until(frameworks, each), on=on,
        )
        for each in certificates
    }  # fmt: skip


def standing_until(frameworks: Frameworks, certificate: Certificate) -> Stands | None:
    """Until when a certificate of an older version of its framework stands; None where its version is the newest."""
    versions = [each for (name, _), each in frameworks.assurance_versions.items() if name == certificate.framework_id]
    if max(each.version for each in versions) == certificate.framework_version:
        return None
    return stands_until(transitions(frameworks), versions, certificate.framework_version)


def open_conditions(certificate: Certificate, *, on: date) -> list[dict[str, str]]:
    """The conditions of a certificate that no assessor had closed by a day."""
    closed = {each["code"] for each in certificate.closed if each["on"] <= on.isoformat()}
    return [each for each in certificate.conditions if each["code"] not in closed]


def papers_of_certificate(db: Session, frameworks: Frameworks, certificate: Certificate, *, on: date) -> Papers:
    """What counts for a certificate on a day: the answers that were assessed, and those that renewed a dated part."""
    answers, findings = answers_of_many(db, [certificate.product]), findings_of(db, [certificate.case_id])
    renewed = _renewed(db, [certificate.id], on)[certificate.id]
    return _papers(frameworks, certificate, answers, findings[certificate.case_id], renewed)


def framework_of(frameworks: Frameworks, certificate: Certificate) -> AssuranceFramework:
    """The framework in the version that a certificate was given under."""
    return frameworks.assurance_versions[certificate.framework_id, certificate.framework_version]


def renewals_of(db: Session, certificate_id: UUID) -> list[Renewal]:
    """What was asked to count in place of what was assessed, with the answer, the newest first."""
    rows = select(Renewal).options(joinedload(Renewal.answer)).where(Renewal.certificate_id == certificate_id)
    return list(db.scalars(rows.order_by(Renewal.id.desc())))


def renewals_waiting(db: Session, body_id: UUID) -> list[tuple[Renewal, Certificate]]:
    """The renewals that an assessor body has still to look at, the longest waiting first."""
    rows = (
        select(Renewal, Certificate)
        .join(Certificate, Certificate.id == Renewal.certificate_id)
        .options(joinedload(Renewal.answer), *LOADED)
        .where(Certificate.body_id == body_id, Renewal.state == "asked")
        .order_by(Renewal.id)
    )
    return [(renewal, certificate) for renewal, certificate in db.execute(rows)]


def certificate_in_force(
    db: Session, frameworks: Frameworks, product_id: UUID, version_id: UUID, *, on: date, framework_id: str = DTAC
) -> Certificate | None:
    """The certificate that this edition of a product can be relied on by on a day; None where there is none.

    One of an earlier edition counts where everything since only corrects the description.
    """
    rows = _by_product(db, [product_id], framework_id).get(product_id, [])
    shown = shown_of(db, frameworks, [product_id])[product_id]
    wanted = next((each.version for each in shown if each.version.id == version_id), None)
    if wanted is None or not rows:
        return None
    verdicts = verdicts_of(db, frameworks, rows, on=on)
    for certificate in rows:
        status, _ = _status(certificate, verdicts[certificate.id], wanted, shown, on)
        if status in HOLDS:
            return certificate
    return None


def find_certificate(db: Session, ref: str) -> Certificate:
    """The certificate of this reference, whatever became of it: anybody may know. Raises NotFound."""
    nothing = NotFound(
        f"there is no certificate {quote(ref)}", "Compare it character by character with where it stands."
    )
    spelled = reference_or(ref, "CER", nothing)
    found = db.scalars(select(Certificate).options(*LOADED).where(Certificate.ref == spelled)).one_or_none()
    if found is None:
        raise nothing
    return found


def certificate_of_case(db: Session, case_id: UUID) -> Certificate | None:
    return db.scalars(select(Certificate).options(*LOADED).where(Certificate.case_id == case_id)).one_or_none()


def certificates_of(db: Session, product_id: UUID) -> list[Certificate]:
    """Every certificate that a product ever had, newest first."""
    return list(db.scalars(_NEWEST_FIRST.where(Certificate.product_id == product_id)))


def standing_of(db: Session, frameworks: Frameworks, certificate: Certificate, *, on: date) -> Conformity:
    """How one certificate stands on a day, by itself: without regard to what version is on sale by now."""
    return standings_alone(db, frameworks, [certificate], on=on, stood={})[certificate.id]


def standings_alone(
    db: Session, frameworks: Frameworks, certificates: Sequence[Certificate], *, on: date, stood: Mapping[UUID, Stood]
) -> dict[UUID, Conformity]:
    """The same of several; `stood` says in which state one was on a day that is past, where it was in another."""
    verdicts = verdicts_of(db, frameworks, certificates, on=on)
    told = {
        each.id: status_of(_held(each, on, stood.get(each.id)), verdicts[each.id], None, (), on=on)
        for each in certificates
    }
    return {each.id: _conformity(frameworks, each, verdicts[each.id], told[each.id], on) for each in certificates}


def reuse_of(db: Session, organisation_id: UUID, certificate_id: UUID) -> Reuse | None:
    """What an organisation decided last about relying on a certificate."""
    mine = select(Reuse).where(Reuse.organisation_id == organisation_id, Reuse.certificate_id == certificate_id)
    return db.scalars(mine.order_by(Reuse.at.desc(), Reuse.id.desc()).limit(1)).one_or_none()


def reuses_of(db: Session, certificate_id: UUID) -> list[Reuse]:
    """What each organisation decided last about a certificate, by name of the organisation."""
    rows = select(Reuse).options(joinedload(Reuse.organisation)).where(Reuse.certificate_id == certificate_id)
    latest = {each.organisation_id: each for each in db.scalars(rows.order_by(Reuse.at, Reuse.id))}
    return sorted(latest.values(), key=lambda each: each.organisation.name)


def dated_certificates(db: Session) -> list[Certificate]:
    """The certificates in force, whose dated parts are to be watched."""
    rows = select(Certificate).options(*LOADED).where(Certificate.state == "in-force")
    return list(db.scalars(rows.order_by(Certificate.id)))


_NEWEST_FIRST = select(Certificate).options(*LOADED).order_by(Certificate.issued_at.desc(), Certificate.id.desc())
_OF_PRODUCTS = _NEWEST_FIRST.where(
    Certificate.product_id.in_(bindparam("products", expanding=True)),
    Certificate.framework_id == bindparam("framework"),
)


def _by_product(db: Session, product_ids: Iterable[UUID], framework_id: str) -> dict[UUID, list[Certificate]]:
    found: dict[UUID, list[Certificate]] = defaultdict(list)
    for certificate in db.scalars(_OF_PRODUCTS, {"products": list(product_ids), "framework": framework_id}):
        found[certificate.product_id].append(certificate)
    return dict(found)


def _papers(
    frameworks: Frameworks, certificate: Certificate, answers: Sequence[Answer], findings: Sequence[Finding],
    renewed: Sequence[Answer],
) -> Papers:  # fmt: skip
    product, framework = certificate.product, framework_of(frameworks, certificate)
    counted = latest_answers(answers, product.id, certificate.supplier_id, at=certificate.case.answers_at)
    counted |= {answer.question_id: answer for answer in renewed}
    return papers_of(framework, product, certificate.version, counted, findings)


def _renewed(db: Session, certificate_ids: Sequence[UUID], on: date) -> dict[UUID, list[Answer]]:
    """The answers that count since they were accepted on that day or before, oldest first."""
    rows = select(Renewal).options(joinedload(Renewal.answer)).where(Renewal.certificate_id.in_(certificate_ids))
    found: dict[UUID, list[Answer]] = {key: [] for key in certificate_ids}
    for renewal in db.scalars(rows.where(Renewal.state == "accepted").order_by(Renewal.settled_at)):
        if renewal.settled_at is not None and day_in_london(renewal.settled_at) <= on:
            found[renewal.certificate_id].append(renewal.answer)
    return found


def _newest_that_covers(
    frameworks: Frameworks, rows: Sequence[Certificate], verdicts: Mapping[UUID, Verdict], editions: Sequence[Shown],
    on: date,
) -> Conformity:  # fmt: skip
    """The newest certificate of what is on sale; where none is, the newest of all, which then says so."""
    live = rows[0].product.live_version
    told = [(each, _status(each, verdicts[each.id], live, editions, on)) for each in rows]
    certificate, status = next((pair for pair in told if pair[1][0] != "no-certificate"), told[0])
    return _conformity(frameworks, certificate, verdicts[certificate.id], status, on)


def _status(
    certificate: Certificate, verdict: Verdict, live: Version | None, editions: Sequence[Shown], on: date
) -> tuple[str, str]:
    later = [_later(each) for each in editions if live is not None and each.version.edition <= live.edition]
    return status_of(_held(certificate, on), verdict, _edition(live) if live is not None else None, later, on=on)


def _conformity(
    frameworks: Frameworks, certificate: Certificate, verdict: Verdict, status: tuple[str, str], on: date
) -> Conformity:
    words = {option.id: option.label for option in frameworks.taxonomies["conformity"].options}
    framework = framework_of(frameworks, certificate)
    name, cause = status
    return replace(
        NONE, status=name, word=words[name], cause=cause, certificate_ref=certificate.ref,
        certificate_id=certificate.id, version_id=certificate.version_id, until=verdict.until,
        until_cause=verdict.until_cause, framework=framework.label,
        conditions=tuple(open_conditions(certificate, on=on)),
    )  # fmt: skip


def _held(certificate: Certificate, on: date, stood: Stood | None = None) -> Held:
    open_ones = open_conditions(certificate, on=on)
    is_all_closed = bool(certificate.conditions) and not open_ones
    state, reason = stood or (certificate.state, certificate.state_reason)
    return Held(
        ref=certificate.ref, state=state, reason=reason,
        outcome="met" if is_all_closed else certificate.outcome, certified=_edition(certificate.version),
        conditions=tuple(open_ones),
    )  # fmt: skip


def _later(shown: Shown) -> Edition:
    return Edition(shown.version.edition, shown.version.number, shown.change)


def _edition(version: Version) -> Edition:
    return Edition(version.edition, version.number, version.change)
