"""What an organisation takes along of purchases and contracts: its own side, and what every party reads."""

from sqlalchemy import func, select

from marketplace.contracts.actions.outcomes.safety import report_harm
from marketplace.contracts.actions.texts import begin_variation
from marketplace.contracts.models import Contract
from marketplace.faces.archive import LEFT_OUT, scopes
from marketplace.kit.db import Base
from marketplace.procurement.models import Procurement
from tests.contracts.outcomes import GOOD, JANUARY, a_month, after
from tests.contracts.test_added_measures import JANUARY_15, WHY
from tests.procurement.joint import a_settled_pilot, a_trust

ROOMS = tuple(each.__module__.rsplit(".", 2)[0] for each in (Procurement, Contract))


def counted(db, actor, *names):
    """How many rows of each of these tables go along."""
    tables, rows = Base.metadata.tables, scopes(actor.organisation_id, actor.person_id)
    return [db.scalar(select(func.count()).select_from(tables[name]).where(rows[name])) for name in names]


def test_each_table_of_purchases_and_contracts_is_named_or_left_out_with_its_reason(lumen):
    named = {mapper.local_table.name for mapper in Base.registry.mappers if mapper.class_.__module__.startswith(ROOMS)}

    assert named - scopes(lumen.organisation_id, None).keys() - LEFT_OUT.keys() == set()


def test_every_table_of_the_house_is_named_or_left_out(lumen):
    assert Base.metadata.tables.keys() - scopes(lumen.organisation_id, None).keys() - LEFT_OUT.keys() == set()


def test_a_purchase_goes_along_with_ones_own_party_and_nothing_of_what_is_inside_another(
    db, frameworks, scribe, buyer, other_buyer, lumen, rival, now
):
    lead, other = a_trust(db, buyer, at=now), a_trust(db, other_buyer, at=now)
    a_settled_pilot(db, frameworks, scribe, lead, other, at=now)
    names = ("procurement", "party", "approval", "readiness")

    mine, theirs = counted(db, buyer, *names), counted(db, other_buyer, *names)

    assert mine[:3] == theirs[:3] == [1, 1, 4]
    assert counted(db, lumen, *names) == counted(db, rival, *names) == [0, 0, 0, 0]


def test_a_contract_goes_along_with_what_all_parties_read_and_ones_own_part_of_the_ledger(
    db, frameworks, live, running, people, buyer, lumen, rival
):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    report_harm(db, live, severity="low", words="A dose was misheard.", by=running.safety, at=after(JANUARY))
    shared = ("contract", "contract_text", "contract_signature", "measure", "measurement", "settlement", "harm")

    whole = counted(db, buyer, *shared)

    assert whole[0] == 1
    assert min(whole) > 0
    assert counted(db, people.participant, *shared) == counted(db, lumen, *shared) == whole
    assert counted(db, rival, *shared) == [0] * len(shared)
    assert [counted(db, who, "contract_party") for who in (buyer, people.participant, lumen)] == [[1], [1], [1]]
    lead, participant, supplier = (counted(db, who, "due")[0] for who in (buyer, people.participant, lumen))
    assert lead + participant == supplier


def test_a_variation_that_is_only_written_goes_along_with_the_lead_alone(db, frameworks, live, people, buyer, lumen):
    begin_variation(db, frameworks, live, {"fee-pence": 1_100_000}, **WHY, by=buyer, at=JANUARY_15)

    counts = [counted(db, who, "contract_text")[0] for who in (buyer, people.participant, lumen)]

    assert counts == [2, 1, 1]
