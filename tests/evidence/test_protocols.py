"""A plan stands on the record before data come; what reviewers judged after that becomes evidence, good or bad."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from marketplace.evidence.actions.protocols import (
    add_protocol,
    change_protocol,
    discard_protocol,
    review_notes,
    stamp_protocol,
)
from marketplace.evidence.actions.reviewing import publish_review
from marketplace.evidence.queries.declared import protocol_rules
from marketplace.evidence.queries.protocols import find_protocol, protocol_content, protocols_of
from marketplace.evidence.rules.protocols import protocol_digest
from marketplace.evidence.schemas.protocols import read_planned
from marketplace.evidence.schemas.reviews import read_judgements
from marketplace.faces.desk import CALCULATORS
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.record import Entry
from marketplace.kit.sheets import read_csv
from tests import cast

HEAD = "note,reviewer,hallucinations-major,hallucinations-minor,omissions-major,omissions-minor,sentences,pdqi-9\n"
LINES = HEAD + "N1,A,0,1,0,0,20,38\nN1,B,0,0,0,0,20,40\nN2,A,1,0,0,2,18,30\nN2,B,1,0,1,0,18,28\nN3,A,0,0,0,0,25,42\n"


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def planned(frameworks, *, whole: bool = True, **changes: str):
    rules = protocol_rules(frameworks)
    answers = {f"section-{one.id}": "As written." for one in rules.sections_of("note-review")} if whole else {}
    raw = {"template": "note-review", "title": "Notes of four clinics", "version_number": "1.0", "supplier_funded": "no"}
    return read_planned({**raw, **answers, **changes}, rules)


@pytest.fixture
def protocol(db, frameworks, buyer, scribe, now):
    return add_protocol(db, scribe.id, planned(frameworks), is_suppliers=False, by=buyer, at=now)


@pytest.fixture
def stamped(db, frameworks, buyer, protocol, now):
    stamp_protocol(db, protocol, protocol_rules(frameworks), by=buyer, at=now)
    return protocol


def judged(lines: str = LINES):
    return read_judgements(read_csv(BytesIO(lines.encode())))


def bring(db, protocol, by, now, lines: str = LINES):
    later = now + timedelta(days=30)
    began, ended = (now + timedelta(days=1)).date(), (now + timedelta(days=20)).date()
    return review_notes(db, protocol, judged(lines), began_on=began, ended_on=ended, by=by, at=later)


def test_every_template_has_a_size_that_can_be_worked_out(frameworks):
    rules = protocol_rules(frameworks)
    designs = {option.id for option in frameworks.taxonomies["study-designs"].options}

    for template in rules.templates:
        assert CALCULATORS["sample"].work(template.sample, frameworks).document["total"] > 0
        assert template.design in designs
        ids = [one.id for one in rules.sections_of(template.id)]
        assert len(ids) == len(set(ids))


def test_a_stamped_plan_stands_on_the_record_and_stays_as_it_is(db, frameworks, buyer, stamped, now):
    entry = db.scalars(select(Entry).where(Entry.name == "evidence.ProtocolStamped")).one()

    assert stamped.digest in entry.payload
    assert stamped.digest == protocol_digest(protocol_content(stamped))
    with pytest.raises(Conflict, match="cannot change a stamped protocol"):
        change_protocol(db, stamped, planned(frameworks), by=buyer, at=now)
    with pytest.raises(Conflict, match="cannot discard"):
        discard_protocol(db, stamped, by=buyer, at=now)


def test_an_open_section_keeps_a_plan_from_being_stamped(db, frameworks, buyer, scribe, now):
    half = add_protocol(db, scribe.id, planned(frameworks, whole=False), is_suppliers=False, by=buyer, at=now)

    with pytest.raises(Invalid, match="sections are open") as refused:
        stamp_protocol(db, half, protocol_rules(frameworks), by=buyer, at=now)

    assert "section-stopping" in refused.value.fields


def test_a_draft_is_seen_by_its_own_alone(db, buyer, other_buyer, protocol, scribe, now):
    assert find_protocol(db, protocol.ref, by=buyer) is protocol
    with pytest.raises(NotFound):
        find_protocol(db, protocol.ref, by=other_buyer)
    with pytest.raises(NotFound):
        find_protocol(db, "PRT-nonsense", by=buyer)
    assert list(protocols_of(db, scribe.id, by=None)) == []
    discard_protocol(db, protocol, by=buyer, at=now)


def test_only_those_who_plan_it_stamp_it(db, frameworks, moderator, other_buyer, scribe, protocol, now):
    with pytest.raises(NotAllowed, match="whose plan it is"):
        stamp_protocol(db, protocol, protocol_rules(frameworks), by=other_buyer, at=now)
    with pytest.raises(NotAllowed, match="are planned by"):
        add_protocol(db, scribe.id, planned(frameworks), is_suppliers=False, by=moderator, at=now)


def test_data_before_the_stamp_are_refused(db, buyer, protocol, stamped, now):
    later = now + timedelta(days=30)
    with pytest.raises(Invalid, match="before the protocol was stamped"):
        review_notes(db, stamped, judged(), began_on=now.date() - timedelta(days=9), ended_on=now.date(), by=buyer, at=later)
    with pytest.raises(Invalid, match="days are missing"):
        review_notes(db, stamped, judged(), began_on=None, ended_on=None, by=buyer, at=later)


def test_data_without_a_stamp_are_refused(db, buyer, protocol, now):
    with pytest.raises(Conflict, match="not stamped"):
        bring(db, protocol, buyer, now)


def test_judgements_become_rates_and_then_a_study_of_the_product(db, frameworks, buyer, stamped, now):
    reviewed = bring(db, stamped, buyer, now)

    assert reviewed.found["notes"] == 3
    assert reviewed.found["agreements"][0]["notes"] == 2
    study = publish_review(db, stamped, 1, protocol_rules(frameworks), is_on_show=True, by=buyer, at=now + timedelta(days=31))
    assert (study.state, study.design, study.supplier_run, study.supplier_funded) == ("published", "silent-mode", False, False)
    assert study.protocol == f"/protocols/{stamped.ref}"
    told = {result.measure: result for result in study.results}
    assert float(told["Notes with a major hallucination"].estimate) == pytest.approx(33.3333)
    assert told["Sentences that nothing said supports"].unit == "%"
    assert "kappa" in study.summary
    again = publish_review(db, stamped, 1, protocol_rules(frameworks), is_on_show=True, by=buyer, at=now + timedelta(days=32))
    assert again is study


def test_the_same_judgements_are_not_taken_in_twice(db, frameworks, buyer, stamped, now):
    bring(db, stamped, buyer, now)

    with pytest.raises(Conflict, match="are here already"):
        bring(db, stamped, buyer, now)
    with pytest.raises(Conflict, match="there is no review 7"):
        publish_review(db, stamped, 7, protocol_rules(frameworks), is_on_show=True, by=buyer, at=now)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (HEAD, "holds no judgement"),
        (HEAD + "N1,A,x,0,0,0,20,38\n", 'line 2: hallucinations-major "x" is not a whole number'),
        (HEAD + "N1,A,0,0,0,0,20,38\nN1,A,0,0,0,0,20,38\n", "line 3: A judged note N1 already, on line 2"),
        (HEAD + "N1,A,0,0,0,0,20,8\n", "a PDQI-9 of 8 cannot be"),
        (HEAD + "N1,A,9,9,0,0,10,38\n", "18 hallucinations are more than 10 sentences"),
        (HEAD + "N1,,0,0,0,0,20,38\n", "reviewer is empty"),
        (HEAD + "N1,A,0,0,0,0,20,38,9,9\n", "line 2"),
        (HEAD + "N1,A,-1,0,0,0,20,38\n", "is not a whole number"),
        (HEAD + "N1,A,0,0,0,0,99999999,38\n", "more than a note has"),
    ],
)
def test_a_file_that_does_not_hold_is_refused_by_line(lines, told):
    with pytest.raises(Invalid) as refused:
        judged(lines)

    assert told in str(refused.value)


def test_nine_items_add_up_to_the_pdqi():
    items = ("up-to-date", "accurate", "thorough", "useful", "organised", "comprehensible", "succinct", "synthesised", "consistent")
    head = HEAD.strip().removesuffix(",pdqi-9") + "," + ",".join(f"pdqi-{item}" for item in items) + "\n"

    assert judged(head + "N1,A,0,0,0,0,20,5,4,4,4,4,4,4,4,4\n")[0].pdqi == 37
    with pytest.raises(Invalid, match="nine items of 1 to 5"):
        judged(head + "N1,A,0,0,0,0,20,5,4,4,4,4,4,4,4,\n")
