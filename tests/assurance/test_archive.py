"""What an organisation takes along of assurance: its own side of everything, and nothing that others keep to themselves."""

from sqlalchemy import func, select

from marketplace.assurance.actions.bodies import declare_interest, end_competence, keep_competence
from marketplace.assurance.actions.notes import keep_note
from marketplace.assurance.actions.safety.incidents import report_incident
from marketplace.assurance.models import Case
from marketplace.evidence import models as evidence
from marketplace.faces.archive import LEFT_OUT, scopes
from marketplace.identity.models import Organisation
from marketplace.kit.db import Base
from tests.assurance.safety import a_deployment, a_log, a_notice, a_safety_officer
from tests.assurance.scenes import Bench, a_case, a_certificate, an_answered_product, begin, judge_all
from tests.cast import an_actor


def counted(db, actor):
    """How many rows of each table go along, where there are any."""
    tables = Base.metadata.tables
    rows = scopes(actor.organisation_id, actor.person_id).items()
    found = {name: db.scalar(select(func.count()).select_from(tables[name]).where(where)) for name, where in rows}
    return {name: count for name, count in found.items() if count}


def test_each_table_of_assurance_and_evidence_is_named_or_left_out_with_its_reason(lumen):
    rooms = (Case.__module__.rsplit(".", 2)[0], evidence.__name__.rsplit(".", 1)[0])
    named = {mapper.local_table.name for mapper in Base.registry.mappers if mapper.class_.__module__.startswith(rooms)}

    assert named - scopes(lumen.organisation_id, None).keys() - LEFT_OUT.keys() == set()
    assert all(LEFT_OUT.values())


def test_holders_and_suppliers_take_deployments_incidents_and_notices_along(db, services, lumen, buyer, rival, now):
    product, frameworks = an_answered_product(db, services, of=lumen, at=now), services.frameworks
    officer = a_safety_officer(db, at=now)
    a_log(db, frameworks, product, by=lumen, at=now)
    a_deployment(db, product, by=officer, at=now)
    given = {"severity": "near-miss", "words": "A dose was wrong in a draft."}
    report_incident(db, product, given, frameworks=frameworks, by=officer, at=now)
    a_notice(db, frameworks, product, by=lumen, at=now)

    trust, supplier, other = counted(db, officer), counted(db, lumen), counted(db, rival)

    safety = ("deployment", "hazard", "incident", "safety_notice", "notice_receipt")
    assert [trust.get(name, 0) for name in safety] == [1, 1, 1, 1, 1]
    assert [supplier.get(name, 0) for name in safety] == [0, 2, 1, 1, 1]
    assert [other.get(name, 0) for name in safety] == [0, 0, 0, 0, 0]


def test_a_supplier_takes_along_what_was_found_once_it_is_decided_and_no_note_of_an_assessor(db, services, bench: Bench, lumen, now):  # fmt: skip
    open_product = an_answered_product(db, services, of=lumen, at=now, name="Lumen Open")
    case = a_case(db, bench, open_product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    judge_all(db, bench, case, bench.first, at=now)
    keep_note(db, case, "C3.5", "Ask a colleague.", frameworks=services.frameworks, by=bench.first, at=now)
    before, body = counted(db, lumen), counted(db, bench.first)
    product = an_answered_product(db, services, of=lumen, at=now)
    a_certificate(db, bench, product, by=lumen, at=now)
    after = counted(db, lumen)

    assert before["assurance_case"] == 1
    assert [name for name in ("assurance_finding", "assurance_note", "assurance_declaration") if name in before] == []
    assert {"assurance_finding", "assurance_note", "assurance_declaration"} <= body.keys()
    assert (after["certificate"], after["assurance_opinion"]) == (1, 2)
    assert after["assurance_finding"] == body["assurance_finding"]
    assert "assurance_note" not in after


def test_a_body_reads_no_interest_that_somebody_declares_after_it_struck_them_off(db, services, bench: Bench, lumen, now):  # fmt: skip
    body, supplier = (db.get_one(Organisation, one.organisation_id) for one in (bench.first, lumen))
    framework = services.frameworks.assurance["dtac"]
    head = an_actor(db, "Beth Farrow", body.name, "assessor-body", "manager", at=now)
    kept = keep_competence(db, body, bench.first.person_id, framework, grounds="Ten years.", by=head, at=now)
    declare_interest(db, supplier, words="Shares of it.", by=bench.first, at=now)
    before = counted(db, bench.first)

    end_competence(db, body, kept, by=head, at=now)

    assert before["assurance_interest"] == 1
    assert "assurance_interest" not in counted(db, bench.first)
