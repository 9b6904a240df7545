"""What waits on the desk: the right things, in a fixed number of queries."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from marketplace.contracts.actions.texts import issue_contract
from marketplace.contracts.models import Contract, ContractParty, ContractText, Obligation
from marketplace.contracts.queries.contracts import contracts_of, find_contract
from marketplace.contracts.queries.desk import waiting_for
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.db import Database
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import new_id, new_reference
from marketplace.procurement.models import Procurement
from tests.contracts.agreements import Signers, signed_by


def test_each_party_finds_what_waits_for_it(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    today = now.date()
    assert [one.title for one in waiting_for(db, buyer, today)] == ["The contract of Scribing together is a draft"]
    assert waiting_for(db, people.participant, today) == []

    issue_contract(db, frameworks, draft, by=buyer, at=now)
    assert [one.path for one in waiting_for(db, people.participant, today)] == [f"/contracts/{draft.ref}/signatures"]

    signed_by(db, frameworks, draft, *people.in_order, at=now)
    assert waiting_for(db, people.participant, today) == []
    due = waiting_for(db, people.lead, date(2027, 2, 1))
    assert ("Record the baseline of each measure", date(2027, 1, 4)) in [(one.title, one.due) for one in due]
    assert not any("of the month" in one.title for one in due)


def test_a_stranger_and_a_person_without_a_role_find_nothing(db: Session, signed: Contract, rival: Actor, other_buyer: Actor, now: datetime):
    assert waiting_for(db, rival, date(2027, 2, 1)) == []
    plain = Actor(other_buyer.person_id, other_buyer.organisation_id, frozenset(), organisation_kind="trust")
    assert waiting_for(db, plain, date(2027, 2, 1)) == []
    for who in (rival, plain):
        assert contracts_of(db, by=who).total == 0
        with pytest.raises(NotFound):
            find_contract(db, signed.ref, by=who)


@pytest.mark.parametrize("count", [10, 1_000])
def test_a_desk_takes_a_fixed_number_of_queries_however_many_contracts(
    database: Database, db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor,
    certified: SimpleNamespace, now: datetime, count: int,
):  # fmt: skip
    """Three queries for texts to sign, one for drafts, one for obligations; three for a page of the list."""
    text = issue_contract(db, frameworks, draft, by=buyer, at=now)
    many(db, draft, text, count, at=now)
    db.commit()
    manager = Actor(
        people.lead.person_id, people.lead.organisation_id, people.lead.permissions | buyer.permissions, organisation_kind="trust"
    )
    with database.reading() as reading:
        asked: list[str] = []
        event.listen(reading.bind, "before_cursor_execute", lambda *words: asked.append(words[2]) if words[2].startswith("SELECT") else None)
        waiting = waiting_for(reading, manager, date(2027, 2, 1))
        desk = len(asked)
        page = contracts_of(reading, by=manager, limit=50)
        listed = len(asked) - desk

    assert desk == 5
    assert listed == 3
    assert 0 < len(waiting) <= 60
    assert (len(page.items), page.total) == (min(50, count + 1), count + 1)
    assert (page.next is None) == (count < 50)


def many(db: Session, like: Contract, text: ContractText, count: int, *, at: datetime) -> None:
    """So many more contracts of the same parties: each with a text that waits and an obligation that is near."""
    procurement = db.get_one(Procurement, like.procurement_id)
    same = {column.name: getattr(like, column.name) for column in Contract.__table__.columns}
    procured = {column.name: getattr(procurement, column.name) for column in Procurement.__table__.columns}
    ids = [(new_id(at), new_id(at)) for _ in range(count)]
    states = ("issued", "live", "draft")
    db.execute(insert(Procurement), [{**procured, "id": other, "ref": new_reference("PRC")} for _, other in ids])
    db.execute(insert(Contract), [
        {**same, "id": key, "procurement_id": other, "ref": new_reference("CON"), "state": states[n % 3]} for n, (key, other) in enumerate(ids)
    ])  # fmt: skip
    roles = ((like.organisation_id, "lead", 1), (like.supplier_id, "supplier", 0))
    db.execute(insert(ContractParty), [
        {"id": new_id(at), "contract_id": key, "organisation_id": organisation_id, "role": role, "position": 1 - weight, "weight": weight}
        for key, _ in ids for organisation_id, role, weight in roles
    ])  # fmt: skip
    written = {column.name: getattr(text, column.name) for column in ContractText.__table__.columns}
    db.execute(insert(ContractText), [{**written, "id": new_id(at), "contract_id": key} for key, _ in ids])
    db.execute(insert(Obligation), [
        {"id": new_id(at), "contract_id": key, "key": "report", "kind": "report", "label": "Report", "organisation_id": like.organisation_id,
         "due_on": date(2027, 2, 1) + timedelta(days=n % 10)}
        for n, (key, _) in enumerate(ids)
    ])  # fmt: skip
    db.flush()
