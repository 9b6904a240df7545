"""Signed variations: numbered texts, terms of any day, who leaves, what has to be done then."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.actions.obligations import finish_obligation, tell_of_dates
from marketplace.contracts.actions.texts import begin_variation, issue_variation, recall
from marketplace.contracts.models import Contract, Obligation
from marketplace.contracts.queries.contracts import binding_text, buyers_on, text_on, texts_of
from marketplace.contracts.queries.dates import entries_of
from marketplace.contracts.queries.overview import obligations_of
from marketplace.contracts.queries.signing import open_text
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Notice
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.icalendar import calendar
from marketplace.procurement.models import Procurement
from tests import cast
from tests.contracts.agreements import Signers, organisation_of, signed_by

MARCH = date(2027, 3, 1)
WHY = "The first site starts late."


def vary(db: Session, frameworks: Frameworks, contract: Contract, people: Signers, *, by: Actor, at: datetime, **more: object) -> None:
    told = {"raw": {"fee-pence": 5_000_000}, "reason": WHY, "effective_on": MARCH, **more}
    begin_variation(db, frameworks, contract, **told, by=by, at=at)
    text = issue_variation(db, frameworks, contract, by=by, at=at)
    named = {one["ref"] for one in text.body["parties"]}
    signed_by(db, frameworks, contract, *(one for one in people.in_order if one.organisation_ref in named), at=at)


def test_a_variation_binds_when_all_have_signed_and_the_terms_of_any_day_can_be_read(
    db: Session, frameworks: Frameworks, signed: Contract, people: Signers, buyer: Actor, now: datetime
):
    first = binding_text(db, signed)
    begin_variation(db, frameworks, signed, {"fee-pence": 5_000_000}, reason=WHY, effective_on=MARCH, by=buyer, at=now)
    second = issue_variation(db, frameworks, signed, by=buyer, at=now)
    assert first is not None
    assert (binding_text(db, signed), second.number) == (first, 2)

    signed_by(db, frameworks, signed, *people.in_order, at=now)

    assert (first.state, second.state, signed.text_number, signed.state) == ("replaced", "binding", 2, "signed")
    assert signed.parameters["fee-pence"] == 5_000_000
    assert text_on(db, signed.id, MARCH - timedelta(days=1)) is first
    assert text_on(db, signed.id, MARCH) is second
    assert text_on(db, signed.id, now.date() - timedelta(days=1)) is None
    assert first.parameters["fee-pence"] == 6_000_000
    assert second.body["reason"] == WHY


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"effective_on": date(2026, 11, 23)}, "does not reach back"),
        ({"effective_on": date(2027, 10, 1)}, "The term ends on 30 September 2027"),
        ({"reason": "  "}, "Say why the terms change"),
        ({"raw": {}}, "Change a value"),
        ({"raw": {"ends-on": "2026-12-01"}}, "Look at what is named"),
        ({"raw": {"colour": "red"}}, "nothing was changed"),
    ],
)
def test_a_variation_that_does_not_hold_is_refused(
    db: Session, frameworks: Frameworks, signed: Contract, buyer: Actor, now: datetime, change: dict, said: str
):
    told = {"raw": {"fee-pence": 5_000_000}, "reason": WHY, "effective_on": MARCH, **change}

    with pytest.raises(Invalid) as refused:
        begin_variation(db, frameworks, signed, **told, by=buyer, at=now)

    assert said in " ".join([refused.value.hint, *refused.value.fields.values()])


def test_a_draft_has_no_terms_to_vary_and_only_the_lead_varies(
    db: Session, frameworks: Frameworks, draft: Contract, buyer: Actor, other_buyer: Actor, now: datetime
):
    with pytest.raises(Conflict, match="a draft contract has no terms to vary"):
        begin_variation(db, frameworks, draft, {}, reason=WHY, effective_on=MARCH, by=buyer, at=now)
    with pytest.raises(NotAllowed):
        begin_variation(db, frameworks, draft, {}, reason=WHY, effective_on=MARCH, by=other_buyer, at=now)


def test_a_variation_is_written_anew_until_it_is_issued_and_then_waits(
    db: Session, frameworks: Frameworks, signed: Contract, buyer: Actor, now: datetime
):
    begin_variation(db, frameworks, signed, {"fee-pence": 5_000_000}, reason=WHY, effective_on=MARCH, by=buyer, at=now)
    begin_variation(db, frameworks, signed, {"fee-pence": 4_000_000}, reason=WHY, effective_on=MARCH, by=buyer, at=now)
    assert [(one.number, one.attempt, one.state) for one in texts_of(db, signed.id)][1:] == [(2, 1, "recalled"), (2, 2, "draft")]
    issue_variation(db, frameworks, signed, by=buyer, at=now)

    with pytest.raises(Conflict, match="text 2 waits for signatures"):
        begin_variation(db, frameworks, signed, {"fee-pence": 3_000_000}, reason=WHY, effective_on=MARCH, by=buyer, at=now)

    recall(db, signed, reason="A slip.", by=buyer, at=now)
    assert (open_text(db, signed.id), signed.state, signed.parameters["fee-pence"]) == (None, "signed", 6_000_000)


def test_a_variation_whose_first_day_is_over_is_not_signed(
    db: Session, frameworks: Frameworks, signed: Contract, people: Signers, buyer: Actor, now: datetime
):
    begin_variation(db, frameworks, signed, {"fee-pence": 5_000_000}, reason=WHY, effective_on=now.date(), by=buyer, at=now)
    issue_variation(db, frameworks, signed, by=buyer, at=now)

    with pytest.raises(Conflict, match="the first day of this variation, 24 November 2026, is over"):
        signed_by(db, frameworks, signed, people.participant, at=now + timedelta(days=1))


def test_a_participant_leaves_by_a_variation_that_the_others_sign(
    db: Session, frameworks: Frameworks, signed: Contract, people: Signers, buyer: Actor, now: datetime
):
    gone = organisation_of(people.participant)
    vary(db, frameworks, signed, people, by=buyer, at=now, raw={}, leaving=[gone])

    assert [one.weight for one in buyers_on(db, signed.id, MARCH - timedelta(days=1))] == [3, 2]
    assert [one.weight for one in buyers_on(db, signed.id, MARCH)] == [3]
    later = [one for one in obligations_of(db, signed.id) if one.organisation_id == gone and one.due_on >= MARCH]
    assert later == []
    assert "joint" not in [clause["id"] for clause in binding_text(db, signed).body["clauses"]]


def test_the_lead_and_the_supplier_cannot_leave(db: Session, frameworks: Frameworks, signed: Contract, buyer: Actor, now: datetime):
    for who in (signed.organisation_id, signed.supplier_id):
        with pytest.raises(Invalid, match="cannot leave the contract"):
            begin_variation(db, frameworks, signed, {}, reason=WHY, effective_on=MARCH, leaving=[who], by=buyer, at=now)


def test_fewer_trusts_than_the_quorum_are_not_left(
    db: Session, frameworks: Frameworks, signed: Contract, people: Signers, buyer: Actor, now: datetime
):
    db.get_one(Procurement, signed.procurement_id).fewest = 2
    gone = organisation_of(people.participant)

    with pytest.raises(Invalid, match="1 of at least 2 would stay") as refused:
        begin_variation(db, frameworks, signed, {}, reason=WHY, effective_on=MARCH, leaving=[gone], by=buyer, at=now)

    assert "Let fewer leave, or stop the pilot." in refused.value.fields["leaving"]
    assert open_text(db, signed.id) is None


def test_an_extension_brings_new_obligations_and_keeps_what_is_done(
    db: Session, frameworks: Frameworks, signed: Contract, people: Signers, buyer: Actor, now: datetime
):
    first = next(one for one in obligations_of(db, signed.id) if one.key == "exit-plan")
    finish_obligation(db, first, note="Agreed.", by=people.supplier, at=now)
    vary(db, frameworks, signed, people, by=buyer, at=now, raw={"ends-on": "2027-11-30", "extension-months": 2, "cap-pence": 54_000_000})

    rows = obligations_of(db, signed.id)
    months = {one.key for one in rows if one.key.startswith("measurements.")}
    assert {"measurements.2027-10", "measurements.2027-11"} <= months
    assert [(one.note, one.done_at) for one in rows if one.key == "exit-plan"] == [("Agreed.", now)]
    assert [str(one.due_on) for one in rows if one.key == "decision"] == ["2027-11-02"]
    assert str(signed.ends_on) == "2027-11-30"


@pytest.mark.parametrize(
    ("months", "ends_on", "said"),
    [
        (0, "2027-10-01", "does not let its term be extended. To go beyond, vary the longest extension too"),
        (2, "2027-12-01", "All extensions together come to 2 months at most, until 30 November 2027."),
    ],
)
def test_a_term_reaches_no_further_than_its_longest_extension(
    db: Session, frameworks: Frameworks, signed: Contract, people: Signers, buyer: Actor, now: datetime, months: int,
    ends_on: str, said: str,
):  # fmt: skip
    raw = {"ends-on": ends_on, "extension-months": months}

    with pytest.raises(Invalid, match="beyond its longest extension") as refused:
        begin_variation(db, frameworks, signed, raw, reason=WHY, effective_on=MARCH, by=buyer, at=now)

    assert said in refused.value.fields["ends-on"]


def test_all_extensions_together_count(
    db: Session, frameworks: Frameworks, signed: Contract, people: Signers, buyer: Actor, now: datetime
):
    vary(db, frameworks, signed, people, by=buyer, at=now, raw={"ends-on": "2027-11-30", "extension-months": 3})
    vary(db, frameworks, signed, people, by=buyer, at=now, raw={"ends-on": "2027-12-31"})

    with pytest.raises(Invalid, match="beyond its longest extension"):
        begin_variation(
            db, frameworks, signed, {"ends-on": "2028-01-01"}, reason=WHY, effective_on=MARCH, by=buyer, at=now
        )


def test_an_obligation_is_done_once_by_its_owner(
    db: Session, signed: Contract, people: Signers, buyer: Actor, lumen: Actor, now: datetime
):
    duty = next(one for one in obligations_of(db, signed.id) if one.key == "insurance")
    with pytest.raises(NotAllowed):
        finish_obligation(db, duty, note="", by=buyer, at=now)

    finish_obligation(db, duty, note="Proof sent.", by=lumen, at=now)

    assert (duty.done_by_id, duty.note) == (lumen.person_id, "Proof sent.")
    assert cast.recorded(db, about=signed.id)[-1] == "ObligationFinished"
    with pytest.raises(Conflict, match="is done already"):
        finish_obligation(db, duty, note="", by=lumen, at=now)


def test_people_are_told_of_the_end_six_and_three_months_before_and_of_what_is_due(
    db: Session, frameworks: Frameworks, signed: Contract, people: Signers, now: datetime
):
    def told(day: date) -> list[str]:
        at = datetime.combine(day, now.timetz())
        tell_of_dates(db, frameworks, at=at)
        assert tell_of_dates(db, frameworks, at=at) == 0
        return list(db.scalars(select(Notice.title).where(Notice.person_id == people.lead.person_id).order_by(Notice.id)))

    ends = "Scribing together ends on 30 September 2027"
    assert told(date(2026, 12, 1)) == []
    assert told(date(2027, 3, 29)).count(ends) == 0
    assert told(date(2027, 3, 30)).count(ends) == 1
    assert told(date(2027, 6, 30)).count(ends) == 2
    rows = db.scalars(select(Notice.title).where(Notice.title.contains("is due on"))).all()
    assert "Send the measurements of the month, March 2027 is due on 10 April 2027" in rows


def test_the_calendar_has_the_term_its_warnings_and_what_is_due(
    db: Session, frameworks: Frameworks, signed: Contract, people: Signers, now: datetime
):
    entries = entries_of(db, frameworks, signed, organisation_id=people.lead.organisation_id)
    text = calendar(signed.name, entries, at=now)

    titles = [entry.title for entry in entries]
    assert "First day: Scribing together" in titles
    assert "Last day: Scribing together" in titles
    assert "6 months until the end: Scribing together" in titles
    assert "3 months until the end: Scribing together" in titles
    assert "Last day to give notice that ends the agreement early: Scribing together" in titles
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "DTSTART;VALUE=DATE:20270930\r\nDTEND;VALUE=DATE:20271001" in text
    assert text.count("BEGIN:VEVENT") == len(entries) == len({entry.uid for entry in entries})


def test_obligations_belong_to_one_contract(db: Session, signed: Contract, certified: SimpleNamespace):
    assert {one.contract_id for one in db.scalars(select(Obligation))} == {signed.id}
