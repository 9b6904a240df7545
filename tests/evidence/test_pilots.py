"""What a pilot under contract came to becomes evidence by itself: once, good or bad, and nobody edits it."""

from datetime import date
from decimal import Decimal

import pytest

from marketplace.evidence.actions.pilots import PilotFacts, record_pilot_result
from marketplace.evidence.actions.publishing import retract_study
from marketplace.evidence.actions.writing import set_results
from marketplace.evidence.queries.studies import studies_of
from marketplace.evidence.queries.summaries import summaries_of
from marketplace.identity.policies import CLOCK
from marketplace.kit.errors import Invalid, NotAllowed
from tests import cast
from tests.evidence.scenes import measured

WORSE = measured(estimate=Decimal("1.5"), low=Decimal("0.4"), high=Decimal("2.6"), participants=None)
FACTS = PilotFacts(
    design="before-after", setting="Two trusts", participants=80, sites=2, ended_on=date(2026, 10, 31),
    funder="Ashdown Hospitals NHS Trust", summary="Notes took longer.", plain_summary="It made things slower.",
)  # fmt: skip


@pytest.fixture
def manager(db, buyer, now):
    return cast.an_actor(db, "Owen Talgarreg", "Ashdown Hospitals NHS Trust", "trust", "contract-manager", at=now)


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def record(db, product, manager, now, *, by=None, results=(WORSE,), contract_ref="CON-7K3M-QX9F-C"):
    return record_pilot_result(
        db, product_id=product.id, version_number="1.0", edition=1, owner_id=manager.organisation_id,
        contract_ref=contract_ref, title="Pilot of Lumen Scribe at Ashdown", results=results, facts=FACTS,
        by=by or manager, at=now,
    )  # fmt: skip


def test_a_pilot_that_failed_enters_the_evidence_with_its_contract(db, frameworks, manager, scribe, now):
    study = record(db, scribe, manager, now)

    assert (study.state, study.kind, study.contract_ref) == ("published", "pilot", "CON-7K3M-QX9F-C")
    assert studies_of(db, scribe.id, by=None) == [study]
    summary = summaries_of(db, frameworks, [scribe.id])[scribe.id]
    assert (summary.studies, summary.real_world, summary.independent) == (1, 1, 1)
    assert cast.recorded(db, about=study.id) == ["PilotResultRecorded"]


def test_a_contract_makes_one_study_however_often_it_is_told(db, manager, scribe, now):
    first = record(db, scribe, manager, now)

    assert record(db, scribe, manager, now, by=CLOCK) is first
    assert record(db, scribe, manager, now, contract_ref="CON-2222-2222-2") is not first


def test_nobody_edits_what_a_contract_found_and_an_operator_alone_retracts_it(
    db, manager, lumen, moderator, scribe, now
):
    study = record(db, scribe, manager, now)

    for somebody in (manager, lumen):
        with pytest.raises(NotAllowed, match="what a contract found"):
            set_results(db, study, [], reason="It looks bad.", by=somebody, at=now)
        with pytest.raises(NotAllowed, match="what a contract found"):
            retract_study(db, study, reason="It looks bad.", by=somebody, at=now)
    retract_study(db, study, reason="The trusts measured another product.", by=moderator, at=now)

    assert study.state == "retracted"


def test_a_supplier_cannot_make_a_pilot_s_result_up(db, lumen, buyer, scribe, now):
    with pytest.raises(NotAllowed, match="by the contract that ends"):
        record(db, scribe, buyer, now)


def test_numbers_that_cannot_be_are_refused(db, manager, scribe, now):
    with pytest.raises(Invalid) as refused:
        record(db, scribe, manager, now, results=(measured(estimate=Decimal(9)),))

    assert "does not lie between" in refused.value.fields["results.0.estimate"]
