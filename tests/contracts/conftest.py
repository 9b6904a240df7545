"""Two trusts that have settled on Lumen Scribe, and the people who sign."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.contracts.models import Contract
from marketplace.contracts.queries import facts
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.procurement.models import Procurement
from tests import cast
from tests.contracts.agreements import Signers, a_draft, a_settled_procurement, a_signed_contract, signers
from tests.contracts.outcomes import Running, a_certificate, a_live_contract, those_who_run
from tests.worlds import part, quick_part


@pytest.fixture
def certified(monkeypatch: pytest.MonkeyPatch, now: datetime) -> SimpleNamespace:
    """Every version has a certificate in force, for as long as `is_in_force` stays true."""
    certificate = SimpleNamespace(
        ref="CER-7K3M-QX9F-C", framework_id="dtac", framework_version=1, issued_on=now.date(), is_in_force=True
    )
    monkeypatch.setattr(
        facts, "certificate_in_force", lambda *_, **__: certificate if certificate.is_in_force else None
    )
    return certificate


@quick_part
def scribe(db: Session, lumen: Actor, now: datetime) -> Product:
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


@quick_part
def people(db: Session, lumen: Actor, now: datetime) -> Signers:
    """Ffion Hale of Calder Valley, Noor Aziz of Ashdown, Priya Raman of Lumen."""
    return signers(db, supplier=lumen, at=now)


@quick_part
def settled(db: Session, scribe: Product, buyer: Actor, other_buyer: Actor, now: datetime) -> Procurement:
    """Ashdown leads with a weight of 3, Calder Valley takes part with 2."""
    return a_settled_procurement(db, scribe, lead=buyer, others=(other_buyer,), at=now)


@part
def draft(db: Session, frameworks: Frameworks, settled: Procurement, buyer: Actor, now: datetime) -> Contract:
    return a_draft(db, frameworks, settled, by=buyer, at=now)


@part
def signed(
    db: Session, frameworks: Frameworks, settled: Procurement, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
) -> Contract:
    return a_signed_contract(db, frameworks, settled, people, by=buyer, at=now)


@quick_part
def running(db: Session, now: datetime) -> Running:
    """Marta Lind runs the contract at Ashdown, Owen Price at Calder Valley; Sana Iqbal answers for safety at Ashdown."""
    return those_who_run(db, at=now)


@pytest.fixture
def live_with(
    db: Session, frameworks: Frameworks, settled: Procurement, people: Signers, running: Running, buyer: Actor,
    scribe: Product, certified: SimpleNamespace, now: datetime,
) -> Callable[..., Contract]:  # fmt: skip
    """Makes a contract that went live on 1 January 2027, with other terms where they are named."""

    def make(**changes: Any) -> Contract:
        a_certificate(db, scribe, at=now)
        return a_live_contract(db, frameworks, settled, people, running, by=buyer, at=now, **changes)

    return make


@part
def live(
    db: Session, frameworks: Frameworks, settled: Procurement, people: Signers, running: Running, buyer: Actor,
    scribe: Product, certified: SimpleNamespace, now: datetime,
) -> Contract:  # fmt: skip
    """£12,000 a month, 20 % at risk, to the end of June; Ashdown shares it 3 to 2 with Calder Valley."""
    a_certificate(db, scribe, at=now)
    return a_live_contract(db, frameworks, settled, people, running, by=buyer, at=now)
