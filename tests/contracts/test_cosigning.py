"""Several people sign for a party, in the order that the template says, and the last of them binds it."""

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from pydantic import ValidationError
from sqlalchemy.orm import Session

from marketplace.contracts.actions.signing import read_text, sign
from marketplace.contracts.actions.texts import issue_contract
from marketplace.contracts.models import Contract, ContractText
from marketplace.contracts.queries.contracts import parties_of
from marketplace.contracts.queries.overview import steps_of
from marketplace.contracts.queries.sheets import sheet_of
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.contracts import ContractFile, Signatory
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict
from marketplace.kit.values import replace
from tests import cast
from tests.contracts.agreements import Signers, signed_by

ROOT = Path(__file__).parents[2]
OFFICER, FINANCE = "Senior responsible owner", "Chief finance officer"


@pytest.fixture
def frameworks(frameworks: Frameworks) -> Frameworks:
    """The joint pilot, signed for the lead by two people."""
    template = frameworks.contracts["joint-pilot"]
    two = (Signatory(id="owner", label=OFFICER), Signatory(id="finance", label=FINANCE))
    varied = replace(template, declared=template.declared.model_copy(update={"signatories": {"lead": two}}))
    versions = {**frameworks.contract_versions, (template.id, template.version): varied}
    return replace(frameworks, contracts={**frameworks.contracts, template.id: varied}, contract_versions=versions)


@pytest.fixture
def issued(
    db: Session, frameworks: Frameworks, draft: Contract, buyer: Actor, certified: SimpleNamespace, now: datetime
) -> ContractText:
    return issue_contract(db, frameworks, draft, by=buyer, at=now)


@pytest.fixture
def finance(db: Session, now: datetime) -> Actor:
    return cast.an_actor(db, "Hugh Brannigan", "Ashdown Hospitals NHS Trust", "trust", "approver", at=now)


def signs(
    db: Session, frameworks: Frameworks, contract: Contract, text: ContractText, by: Actor, now: datetime
) -> None:
    read_text(db, contract, digest=text.digest, by=by, at=now)
    sign(db, frameworks, contract, digest=text.digest, capacity="An officer of the trust", by=by, at=now)


def test_the_party_is_bound_by_the_last_of_its_signatories_and_each_is_somebody_else(
    db: Session,
    frameworks: Frameworks,
    draft: Contract,
    issued: ContractText,
    people: Signers,
    finance: Actor,
    now: datetime,
) -> None:
    signed_by(db, frameworks, draft, people.participant, at=now)
    signs(db, frameworks, draft, issued, people.lead, now)

    assert lead_step(db, draft, issued).state == "turn"
    with pytest.raises(Conflict, match="Noor Aziz has signed this text already") as refused:
        sign(db, frameworks, draft, digest=issued.digest, capacity="Again", by=people.lead, at=now)
    assert refused.value.hint.startswith(f"{FINANCE} signs next")
    with pytest.raises(Conflict, match="not the turn of Lumen"):
        signs(db, frameworks, draft, issued, people.supplier, now)
    signs(db, frameworks, draft, issued, finance, now)
    signed_by(db, frameworks, draft, people.supplier, at=now)

    step = lead_step(db, draft, issued)
    assert [(one.label, one.person) for one in step.people] == [(OFFICER, "Noor Aziz"), (FINANCE, "Hugh Brannigan")]
    assert (step.state, step.person, draft.state, issued.state) == ("signed", "Hugh Brannigan", "signed", "binding")
    said = [who for _, who, _ in sheet_of(db, frameworks, draft, issued, on=now.date()).signatures]
    assert {words.partition(",")[0] for words in said} == {"Ffion Hale", "Noor Aziz", "Hugh Brannigan", "Priya Raman"}
    assert cast.recorded(db, about=draft.id).count("ContractCosigned") == 1


def test_a_text_says_who_signs_for_a_party(issued: ContractText) -> None:
    assert issued.body["signatories"] == {"lead": [OFFICER, FINANCE]}


def test_two_signatories_of_a_party_do_not_share_an_id() -> None:
    declared = yaml.safe_load((ROOT / "frameworks" / "contracts" / "joint-pilot.yaml").read_text())
    one = {"id": "owner", "label": OFFICER}

    with pytest.raises(ValidationError, match="“owner” stands twice"):
        ContractFile.model_validate({**declared, "signatories": {"lead": [one, one]}})


def lead_step(db: Session, contract: Contract, text: ContractText):  # type: ignore[no-untyped-def]
    return next(step for step in steps_of(db, text, parties_of(db, contract.id)) if step.role == "lead")
