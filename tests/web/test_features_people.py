"""What organisations do with their own people and roles, in the browser and by the API."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from io import BytesIO
from zipfile import ZipFile

from lxml import html
from pytest import fixture, mark
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Membership
from marketplace.identity.policies import Actor
from marketplace.identity.rules.notices import NOTICE_KINDS
from marketplace.kit.jobs import drain
from marketplace.web.glossary import explained
from marketplace.wiring import subscribers_over
from tests.api.programs import token_of
from tests.cast import an_actor
from tests.catalogue.shelf import a_live
from tests.clients import Browser, committed

PAGES = ("/my-desk", "/products", "/listings", "/imports", "/notices", "/organisations", "/account", "/glossary")
ACTING = re.compile(r'class="who__person">Priya Raman</span>.*?acting for <strong>(.*?)</strong>')


@fixture(autouse=True)
def what_is_read_takes_no_lock(db: Session) -> None:
    """References stay readable after a commit without a new transaction, which would hold the writers' lock."""
    db.expire_on_commit = False


@fixture
def bidder(db: Session, lumen: Actor, now: datetime) -> Actor:
    """Ben Hale, who writes bids at Lumen."""
    return an_actor(db, "Ben Hale", "Lumen Health Ltd", "supplier", "bid-writer", at=now)


def membership_of(db: Session, actor: Actor) -> Membership:
    found = db.scalars(select(Membership).where(Membership.person_id == actor.person_id)).one()
    committed(db)
    return found


def the_worker_works(services: Services) -> None:
    drain(services.database, subscribers_over(services), clock=services.clock)


def test_a_supplier_adds_a_colleague_and_removes_one_without_asking_anybody(
    client_of: Callable[[Actor], Browser], services: Services, db: Session, lumen: Actor, bidder: Actor
) -> None:
    leaver, base = membership_of(db, bidder), f"/organisations/{lumen.organisation_ref}"
    priya, ben = client_of(lumen), client_of(bidder)
    assert ben.get("/listings").status_code == 200

    invited = priya.send_form(f"{base}/invitations", {"email": "noor@lumen.example", "roles": ["bid-writer"]})
    priya.send_form(f"{base}/members/{leaver.id}/end", {"reason": "Left us."})
    the_worker_works(services)

    assert invited.status_code == 303
    assert "noor@lumen.example" in priya.get(f"{base}/invitations").text
    assert [mail.kind for mail in services.mail.newest() if mail.to == "noor@lumen.example"] == ["invitation"]  # type: ignore[attr-defined]
    assert ben.get("/listings", follow_redirects=False).headers["location"].startswith("/sign-in")
    assert "Ben Hale" not in priya.get(f"{base}/members").text


def test_a_supplier_s_program_adds_and_removes_colleagues_too(
    client: Browser, db: Session, lumen: Actor, bidder: Actor, now: datetime
) -> None:
    headers = {"Authorization": f"Bearer {token_of(db, lumen, at=now)}"}
    leaver, base = membership_of(db, bidder), f"/v1/organisations/{lumen.organisation_ref}"

    newcomer = {"email": "noor@lumen.example", "roles": ["bid-writer"]}
    invited = client.post(f"{base}/invitations", json=newcomer, headers=headers)
    ended = client.post(f"{base}/members/{leaver.id}/end", json={"reason": "Left us."}, headers=headers)

    assert (invited.status_code, ended.status_code) == (201, 204)
    people = [one["person_name"] for one in client.get(f"{base}/members", headers=headers).json()["items"]]
    assert people == ["Priya Raman"]


def test_every_page_of_somebody_signed_in_says_for_whom_they_act(
    client_of: Callable[[Actor], Browser], lumen: Actor
) -> None:
    browser = client_of(lumen)

    for path in PAGES:
        said = ACTING.search(browser.get(path).text)
        assert said is not None, path
        assert said[1] == "Lumen Health Ltd"


def test_each_kind_of_notice_is_chosen_for_itself_but_for_those_that_guard_an_account(
    client_of: Callable[[Actor], Browser], buyer: Actor
) -> None:
    page = client_of(buyer).get("/account/notices").text

    for kind in NOTICE_KINDS.values():
        offered = set(re.findall(rf'name="{kind.key}"[^>]*value="(\w+)"', page))
        assert offered == (set() if kind.is_security else {"now", "digest", "off"}), kind.key


def test_whoever_may_audit_takes_everything_along_from_the_desk(
    client_of: Callable[[Actor], Browser], lumen: Actor, bidder: Actor
) -> None:
    priya = client_of(lumen)
    assert 'href="/my-desk/archive"' in priya.get("/my-desk").text

    answer = priya.get("/my-desk/archive")

    assert answer.headers["content-type"] == "application/zip"
    assert f"touchstone-{lumen.organisation_ref}-2026-11-24.zip" in answer.headers["content-disposition"]
    names = ZipFile(BytesIO(answer.content)).namelist()
    assert {"manifest.json", "README.txt", "data/organisation.jsonl"} <= set(names)
    assert client_of(bidder).get("/my-desk/archive").status_code == 403


def test_a_supplier_is_listed_without_paying_and_the_pages_say_so(
    client: Browser, client_of: Callable[[Actor], Browser], db: Session, frameworks: Frameworks, lumen: Actor,
    moderator: Actor, now: datetime,
) -> None:  # fmt: skip
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    priya = client_of(lumen)

    asked = [priya.get(f"/listings/{product.ref}{part}").text for part in ("", "/withdrawal")] + [priya.get("/listings/new").text]

    assert "Listing and bidding are free" in client.get("/").text
    assert "Listing a product and answering a buyer are free" in client.get("/about").text
    assert client.get(f"/products/{product.ref}").status_code == 200
    assert not any(re.search(r"\b(fee|pay|card number|subscription)\b", page, re.IGNORECASE) for page in asked)


def test_a_term_is_explained_where_it_is_read_and_on_a_page_of_its_own(
    client: Browser, db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    committed(db)

    page = client.get(f"/products/{product.ref}").text
    led = dict(re.findall(r'<a class="term" href="/glossary#([\w-]+)" title="([^"]+)"', page))
    words = html.document_fromstring(client.get("/glossary").text)

    assert {"autonomy", "conformity"} <= set(led)
    assert led["autonomy"] == "How much a product does by itself: it drafts, it advises, or it acts."
    for term, meaning in led.items():
        (told,) = words.xpath(f"//dt[@id='{term}']/following-sibling::dd[1]")
        assert told.text_content() == unescape(meaning)


@mark.parametrize("words", ["Autonomous", "", "Price", "<b>EPR</b>", "A direct award today"])
def test_only_whole_terms_are_explained_and_the_rest_stays_text(words: str) -> None:
    told = explained(words)

    assert html.fromstring(f"<p>{told}</p>").text_content() == words
    assert ("<a " in told) == ("EPR" in words or "direct award" in words)
