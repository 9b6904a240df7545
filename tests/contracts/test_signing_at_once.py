"""Many sign, decline and draft at the same moment, on both databases: one thing happens, the others are told."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.contracts.actions.drafting import draft_contract
from marketplace.contracts.actions.signing import decline, read_text, sign
from marketplace.contracts.actions.texts import issue_contract
from marketplace.contracts.models import Contract, ContractText, Declined, Obligation, Signature
from marketplace.contracts.queries import facts
from marketplace.contracts.queries.contracts import find_contract
from marketplace.kit.errors import Conflict
from marketplace.procurement.models import Procurement
from tests import cast
from tests.contracts.agreements import a_draft, a_settled_procurement, signed_by, signers
from tests.contracts.test_outcomes_at_once import at_the_same_time

MANY = 12
CALDER = "Calder Valley NHS Trust"


@pytest.fixture
def scene(either_database, frameworks, monkeypatch, now):
    """A text that waits for Calder Valley, and many who may sign there."""
    certificate = SimpleNamespace(ref="CER-1", framework_id="dtac", framework_version=1, issued_on=now.date())
    monkeypatch.setattr(facts, "certificate_in_force", lambda *_, **__: certificate)
    with either_database.writing() as db:
        buyer = cast.an_actor(db, "Grace Okafor", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)
        other = cast.an_actor(db, "Tom Bevan", CALDER, "trust", "buyer", at=now)
        lumen = cast.an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", at=now)
        people = signers(db, supplier=lumen, at=now)
        settled = a_settled_procurement(db, cast.a_product(db, of=lumen, at=now), lead=buyer, others=(other,), at=now)
        contract = a_draft(db, frameworks, settled, by=buyer, at=now)
        text = issue_contract(db, frameworks, contract, by=buyer, at=now)
        crowd = [cast.an_actor(db, f"Signatory {n}", CALDER, "trust", "approver", at=now) for n in range(MANY)]
        for one in crowd:
            read_text(db, contract, digest=text.digest, by=one, at=now)
        return SimpleNamespace(
            ref=contract.ref, digest=text.digest, crowd=crowd, buyer=buyer, people=people, procurement=settled.id
        )


def test_one_signature_of_each_party_counts(either_database, frameworks, scene, now):
    def put(by) -> str:
        with either_database.writing() as db:
            return sign(db, frameworks, find_contract(db, scene.ref, by=by), digest=scene.digest, capacity="Director", by=by, at=now).digest

    said = at_the_same_time([lambda by=by: put(by) for by in scene.crowd])

    assert [one for one in said if not isinstance(one, Conflict)] == [scene.digest]
    assert all("has signed this text already" in one.fact for one in said if isinstance(one, Conflict))
    with either_database.reading() as db:
        assert len(db.scalars(select(Signature)).all()) == 1


def test_a_text_is_signed_by_all_or_declined_and_never_both(either_database, frameworks, scene, now):
    with either_database.writing() as db:
        contract = find_contract(db, scene.ref, by=scene.buyer)
        signed_by(db, frameworks, contract, scene.people.participant, scene.people.lead, at=now)
        read_text(db, contract, digest=scene.digest, by=scene.people.supplier, at=now)

    def last(by) -> str:
        with either_database.writing() as db:
            sign(db, frameworks, find_contract(db, scene.ref, by=by), digest=scene.digest, capacity="Director", by=by, at=now)
            return "signed"

    def refuse(by) -> str:
        with either_database.writing() as db:
            decline(db, find_contract(db, scene.ref, by=by), digest=scene.digest, reason="No.", by=by, at=now)
            return "declined"

    said = at_the_same_time([lambda: last(scene.people.supplier), *(lambda by=by: refuse(by) for by in scene.crowd[:5])])

    (done,) = [one for one in said if not isinstance(one, Conflict)]
    with either_database.reading() as db:
        state = db.scalars(select(Contract.state)).one()
        bound = db.scalars(select(ContractText.state)).one()
        assert (state, bound) == {"signed": ("signed", "binding"), "declined": ("draft", "declined")}[done]
        assert bool(db.scalars(select(Obligation.id)).all()) == (done == "signed")
        assert len(db.scalars(select(Declined.id)).all()) == (0 if done == "signed" else 1)


def test_a_procurement_gets_one_contract_from_many_who_draft_it(either_database, frameworks, scene, now):
    with either_database.writing() as db:
        db.scalars(select(Contract)).one().state = "cancelled"

    def draft() -> str:
        with either_database.writing() as db:
            procurement = db.get_one(Procurement, scene.procurement, options=[joinedload(Procurement.organisation)])
            return draft_contract(db, procurement, frameworks.contracts["joint-pilot"], by=scene.buyer, at=now).state

    said = at_the_same_time([draft] * 8)

    assert [one for one in said if not isinstance(one, Conflict)] == ["draft"]
    assert all("this procurement has the contract" in one.fact for one in said if isinstance(one, Conflict))
