"""What buyers do with a shortlist, in the browser and by the API: costs, fit, warnings, and news of what changed."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from lxml import html
from pytest import fixture, mark
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.editions import begin_edition
from marketplace.catalogue.actions.listing import publish_listing, suspend_listing
from marketplace.catalogue.models import Product
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.jobs import drain
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on
from marketplace.procurement.models import Project
from marketplace.wiring import subscribers_over
from tests.api.programs import token_of
from tests.cast import a_product
from tests.catalogue.shelf import LICENCE, USE, a_live, declare, submit
from tests.clients import Browser, committed
from tests.procurement.conftest import project
from tests.procurement.scenes import a_price, loaded

__all__ = ["project"]
WORKS = Reason(words="Works with our record system.")


@fixture(autouse=True)
def what_is_read_takes_no_lock(db: Session) -> None:
    """References stay readable after a commit without a new transaction, which would hold the writers' lock."""
    db.expire_on_commit = False


@fixture
def program(db: Session, buyer: Actor, now: datetime) -> dict[str, str]:
    """The headers of a program that acts as Grace."""
    headers = {"Authorization": f"Bearer {token_of(db, buyer, at=now)}"}
    committed(db)
    return headers


def the_worker_works(services: Services) -> None:
    drain(services.database, subscribers_over(services), clock=services.clock)


def test_the_cost_over_the_term_holds_integration_training_and_leaving(
    client_of: Callable[[Actor], Browser], db: Session, lumen: Actor, buyer: Actor, project: Project,
    program: dict[str, str], now: datetime,
) -> None:  # fmt: skip
    scribe = a_product(db, of=lumen, at=now)
    a_price(db, scribe, at=now)
    for position, (model, pence) in enumerate((("set-up", 500_000), ("training", 120_000), ("exit", 80_000)), start=2):
        a_price(db, scribe, at=now, model=model, label=model, unit="", period="once", pence=pence, position=position)
    add_candidates(db, project, [scribe], by=buyer, at=now)
    browser = client_of(buyer)

    page = browser.get(f"/projects/{project.ref}").text
    board = browser.get(f"/v1/projects/{project.ref}/candidates", headers=program).json()

    for figure in ("£60,000.00", "£7,000.00", "£187,000.00", "£224,400.00"):
        assert figure in page
    assert "Over 3 years" in page
    cost = board["undecided"][0]["cost"]
    assert (cost["year"]["net_pence"], cost["term"]["net_pence"], cost["years"]) == (6_000_000, 18_700_000, 3)


def test_fit_is_met_part_not_met_or_unknown_and_the_unknown_is_never_met(
    client_of: Callable[[Actor], Browser], db: Session, lumen: Actor, buyer: Actor, project: Project,
    program: dict[str, str], now: datetime,
) -> None:  # fmt: skip
    answers = {"Both": ["epic", "trakcare"], "One": ["epic"], "Neither": ["nervecentre"], "Silent": None}
    products = [
        a_product(db, of=lumen, at=now, name=f"Lumen {name}", **({"epr_system": said} if said else {}))
        for name, said in answers.items()
    ]
    add_candidates(db, project, products, by=buyer, at=now)
    browser, base = client_of(buyer), f"/projects/{project.ref}"
    asked = {"question": "epr-system", "test": "all-of", "wanted": ["epic", "trakcare"], "weight": "must"}
    assert browser.send_form(f"{base}/requirements", {**asked, "wording": ""}).status_code == 303

    matrix = browser.get(f"{base}/requirements").text
    board = browser.get(f"/v1{base}/candidates", headers=program).json()["undecided"]

    table = html.document_fromstring(matrix).xpath("//table[caption[contains(., 'Unknown never counts as met')]]")[0]
    heads = [one.text_content() for one in table.xpath(".//thead//th")][2:]
    words = [" ".join(one.text_content().split()) for one in table.xpath(".//tbody/tr[1]/td")][1:]
    fits = {one["name"]: (one["fits"][0]["fit"], one["meets_musts"]) for one in board}
    assert fits == {
        "Lumen Both": ("met", True), "Lumen One": ("part", False), "Lumen Neither": ("not-met", False),
        "Lumen Silent": ("unknown", False),
    }  # fmt: skip
    assert dict(zip(heads, words, strict=True)) == {
        "Lumen Both": "Met", "Lumen One": "Part met", "Lumen Neither": "Not met", "Lumen Silent": "Unknown",
    }  # fmt: skip


def test_a_shortlist_of_one_warns_of_a_direct_award_and_shows_when_it_is_allowed(
    client_of: Callable[[Actor], Browser], db: Session, lumen: Actor, buyer: Actor, project: Project,
    program: dict[str, str], now: datetime,
) -> None:  # fmt: skip
    scribe, second = (a_product(db, of=lumen, at=now, name=name) for name in ("Lumen Scribe", "Lumen Notes"))
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=WORKS, by=buyer, at=now)
    browser, base = client_of(buyer), f"/projects/{project.ref}"

    one, conditions = browser.get(base).text, browser.get(f"{base}/decision").text
    told = browser.get(f"/v1{base}/candidates", headers=program).json()["direct_award"]
    decide_on(db, project, loaded(db, second), verdict="included", reason=WORKS, by=buyer, at=now)
    committed(db)

    assert "this would become a direct award" in one
    assert told == "is"
    assert len(re.findall(r"Procurement Act 2023, s", conditions)) >= 3
    assert "direct award" not in browser.get(base).text
    assert browser.get(f"/v1{base}/candidates", headers=program).json()["direct_award"] == "none"


@fixture
def shortlisted(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, buyer: Actor, project: Project, now: datetime
) -> Product:
    """A live product on Grace's shortlist."""
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    decide_on(db, project, loaded(db, product), verdict="included", reason=WORKS, by=buyer, at=now)
    committed(db)
    return product


@mark.parametrize("what", ["state", "edition", "price"])
def test_grace_hears_on_her_desk_and_by_mail_when_a_shortlisted_product_changes(
    client_of: Callable[[Actor], Browser], services: Services, db: Session, frameworks: Frameworks,
    shortlisted: Product, lumen: Actor, moderator: Actor, buyer: Actor, project: Project, now: datetime, what: str,
) -> None:  # fmt: skip
    the_worker_works(services)
    later = now + timedelta(minutes=1)
    if what == "state":
        suspend_listing(db, shortlisted, reason="It missed a red flag.", by=moderator, at=later)
    elif what == "edition":
        begin_edition(db, shortlisted, by=lumen, at=later)
        submit(db, frameworks, shortlisted, by=lumen, at=later)
        publish_listing(db, shortlisted, by=moderator, at=later)
    else:
        declare(db, shortlisted, [LICENCE, USE], by=lumen, at=later)
    committed(db)

    the_worker_works(services)

    notices = client_of(buyer).get("/notices").text
    assert re.search(rf"Lumen Scribe changed: [^<]*{what}", notices)
    mails = [mail for mail in services.mail.newest() if mail.to == "grace.okafor@example.org"]  # type: ignore[attr-defined]
    assert any(f"/projects/{project.ref}" in link for mail in mails for link in mail.links)
