"""Product pages as everybody reads them."""

import gzip
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

from pytest import fixture, mark
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.documents import attach
from marketplace.catalogue.actions.editions import begin_edition
from marketplace.catalogue.actions.listing import publish_listing, suspend_listing, withdraw_listing
from marketplace.catalogue.models import Product
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from tests.cast import a_product
from tests.catalogue.shelf import COMPLETE, a_complete_draft, a_draft, a_live, declare, describe, rename, submit
from tests.catalogue.shelf import USE as DEARER
from tests.clients import Browser
from tests.worlds import part

CANARY = "'\"><svg/onload=alert(1)>{{7*7}}<script>x</script>"
HEAVIEST = 14 * 1024
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TABS = ("", "/details", "/price", "/documents", "/changes", "/editions/1")


@part
def product(db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime) -> Product:
    return a_live(db, frameworks, by=lumen, moderator=moderator, at=now)


@fixture
def base(db: Session, product: Product) -> str:
    """The address of the product's page, once everybody can see it."""
    path = f"/products/{product.ref}"
    db.commit()
    return path


def test_a_product_says_first_what_it_is_for_and_not_for(client: Browser, base: str) -> None:
    text = client.get(base).text

    places = [text.index(words) for words in ("What it is for", "Not for emergency", "Noisy rooms", "Listens with")]
    assert places == sorted(places)


def test_the_passport_says_what_touchstone_knows_and_what_is_only_stated(client: Browser, base: str) -> None:
    text = client.get(base).text

    assert "No certificate on Touchstone" in text
    assert "No evidence on Touchstone yet" in text
    assert re.search(r"Autonomy</a></dt><dd>Drafts.*?Supplier&#39;s statement, 24 Nov 2026", text, re.DOTALL)
    assert re.search(r"Hosting country</dt><dd>United Kingdom", text)


@mark.parametrize("tab", ["", "/details", "/editions/1"])
def test_every_claim_carries_whose_word_it_is_and_of_which_day(client: Browser, base: str, tab: str) -> None:
    text = client.get(base + tab).text

    answers = re.findall(r"<dd>(.*?)</dd>", text, re.DOTALL)
    assert answers
    for answer in answers:
        assert "Supplier&#39;s statement, 24 Nov" in answer or "Touchstone&#39;s own records" in answer


def test_models_and_sub_processors_are_named_with_country_and_date(client: Browser, base: str) -> None:
    text = client.get(base).text

    for words in ("Llama 3.1", "Meta", "Own servers", "1 March 2026", "Thames Hosting", "1 January 2025"):
        assert words in text


@mark.parametrize("tab", TABS)
def test_a_page_is_light_asks_little_of_the_database_and_may_be_cached(
    client: Browser, services: Services, base: str, tab: str
) -> None:
    asked: list[str] = []
    event.listen(services.database.reader, "before_cursor_execute", lambda *told: asked.append(told[2]))

    page = client.get(base + tab)

    assert page.status_code == 200
    assert len(gzip.compress(page.content)) < HEAVIEST
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 5
    assert page.headers["cache-control"].startswith("public, max-age=30")
    assert "set-cookie" not in page.headers


def test_the_page_a_second_time_asks_the_database_once(client: Browser, services: Services, base: str) -> None:
    client.get(base)
    asked: list[str] = []
    event.listen(services.database.reader, "before_cursor_execute", lambda *told: asked.append(told[2]))

    client.get(base)

    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


def test_what_changes_shows_at_once_though_the_page_is_kept(
    client: Browser, db: Session, product: Product, base: str, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    client.get(base)

    declare(db, product, [DEARER], by=lumen, at=now)
    db.commit()
    assert "£0.40 for each consultation" in client.get(base).text
    assert "£12.00" not in client.get(base).text
    suspend_listing(db, product, reason="It missed a red flag.", by=moderator, at=now)
    db.commit()

    text = client.get(base).text
    assert "Suspended: not to be bought for now" in text
    assert "It missed a red flag." in text


def test_a_withdrawn_product_keeps_its_page_and_says_so(
    client: Browser, db: Session, product: Product, base: str, lumen: Actor, now: datetime
) -> None:
    withdraw_listing(db, product, reason="We stop selling it.", by=lumen, at=now)
    db.commit()

    text = client.get(base).text

    assert "Withdrawn from the catalogue" in text
    assert "We stop selling it." in text


def test_an_older_edition_stays_as_it_was_with_the_prices_of_its_time(
    client: Browser, db: Session, frameworks: Frameworks, product: Product, base: str, lumen: Actor, moderator: Actor,
    now: datetime,
) -> None:  # fmt: skip
    later = now + timedelta(hours=2)
    begin_edition(db, product, by=lumen, at=now)
    describe(db, frameworks, product, {"summary": "Writes better letters."}, by=lumen, at=now)
    rename(db, product, "Lumen Scribe Two", by=lumen, at=now)
    submit(db, frameworks, product, by=lumen, at=now)
    publish_listing(db, product, by=moderator, at=later)
    declare(db, product, [DEARER], by=lumen, at=later + timedelta(hours=1))
    db.commit()

    old, new, changes = (client.get(base + tab).text for tab in ("/editions/1", "", "/changes"))

    assert "This is edition 1, as it was" in old
    assert COMPLETE["summary"] in old
    assert "£12.00 for each clinician a month" in old
    assert "Writes better letters." in new
    assert "<h1>Lumen Scribe Two</h1>" in new
    assert "Writes better letters." in changes
    assert COMPLETE["summary"] in changes
    assert f"{base}/editions/1" in changes


@mark.parametrize("path", ["", "/details", "/price", "/documents", "/changes", "/editions/1", "/editions/99", "/claim"])
def test_a_draft_of_others_is_as_unknown_as_what_never_was(
    client: Browser, client_of: Callable[[Actor], Browser], db: Session, frameworks: Frameworks, lumen: Actor,
    rival: Actor, now: datetime, path: str,
) -> None:  # fmt: skip
    ref = a_draft(db, frameworks, by=lumen, at=now).ref
    stranger = client_of(rival)

    told = [stranger.get(f"/products/{one}{path}") for one in (ref, "PRD-2222-2222-2", "nonsense", "..%2F..%2Fetc")]

    assert {page.status_code for page in told} == {404}
    assert len({page.text.replace(ref, "X") for page in told[:1]}) == 1
    if path != "/claim":
        assert client.get(f"/products/{ref}{path}").status_code == 404


def test_text_of_a_supplier_is_shown_as_text_everywhere(
    client: Browser, client_of: Callable[[Actor], Browser], db: Session, frameworks: Frameworks, lumen: Actor,
    moderator: Actor, now: datetime,
) -> None:  # fmt: skip
    texts = {
        entry.question.id: CANARY
        for entry in frameworks.form("genai-application").entries
        if entry.question.kind in ("text", "long-text", "list")
    }
    tables = {
        "base-models": [{"name": CANARY, "provider": CANARY, "version": CANARY}],
        "sub-processors": [{"name": CANARY, "does": CANARY, "country": "gb"}],
    }
    product = a_complete_draft(db, frameworks, by=lumen, at=now, name="Lumen <b>Scribe</b>")
    opened = {"trains-on-data": "by-default", "autonomy": "acts"}
    describe(db, frameworks, product, {**texts, **tables, **opened}, by=lumen, at=now)
    submit(db, frameworks, product, by=lumen, at=now)
    ref = product.ref
    bench = client_of(moderator).get(f"/moderation/{ref}").text
    publish_listing(db, db.get_one(Product, product.id), by=moderator, at=now)
    db.commit()

    pages = [client.get(f"/products/{ref}{tab}").text for tab in TABS] + [bench]

    for text in pages:
        assert "<svg/onload" not in text
        assert "<script>x" not in text
        assert "<b>Scribe" not in text
        assert "{{7*7}}" in text or "&lt;b&gt;Scribe" in text
    assert "&lt;svg/onload=alert(1)&gt;{{7*7}}" in pages[1]


def a_document(db: Session, services: Services, product: Product, *, by: Actor, at: datetime, access: str) -> str:
    kept = attach(
        db,
        services.files,
        product,
        BytesIO(PDF),
        file_name="Guide.pdf",
        kind="instructions",
        access=access,
        by=by,
        at=at,
    )
    path = f"/products/{product.ref}/documents/{kept.id}"
    db.commit()
    return path


def test_a_public_document_is_an_inert_download(
    client: Browser, db: Session, services: Services, product: Product, lumen: Actor, now: datetime
) -> None:
    path = a_document(db, services, product, by=lumen, at=now, access="public")

    answer = client.get(path)

    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "application/pdf"


def test_a_document_on_request_is_named_and_not_given(
    client: Browser, client_of: Callable[[Actor], Browser], db: Session, services: Services, product: Product,
    lumen: Actor, buyer: Actor, now: datetime,
) -> None:  # fmt: skip
    path = a_document(db, services, product, by=lumen, at=now, access="on-request")
    listed = client.get(path.rsplit("/", 1)[0]).text

    assert "on request from the supplier" in listed
    assert f"{path}\"" not in listed, "only the way to ask for it leads there"
    assert client.get(path).status_code == 403
    assert client_of(buyer).get(path).status_code == 403
    assert client_of(lumen).get(path).status_code == 200


@mark.parametrize("name", ["00000000-0000-7000-8000-000000000000", "nonsense", "..%2f..%2fetc"])
def test_a_document_that_never_was_is_not_found(client: Browser, base: str, name: str) -> None:
    assert client.get(f"{base}/documents/{name}").status_code == 404


def test_an_imported_product_names_its_source_and_offers_to_claim_it(
    client: Browser, db: Session, lumen: Actor, now: datetime
) -> None:
    product = a_product(db, of=lumen, at=now - timedelta(days=400), name="Aidoc BriefCase")
    product.organisation_id = None
    product.source = {
        "supplier": "Aidoc", "document": "FDA list of devices", "publisher": "FDA", "date": "2026-05-01",
        "licence": "public domain", "url": "https://www.fda.gov/x",
    }  # fmt: skip
    path = f"/products/{product.ref}"
    db.commit()

    text = client.get(path).text

    for words in (
        "FDA list of devices",
        "1 May 2026",
        "public domain",
        "It carries no UK status",
        f"{path}/claim",
        "Stale",
    ):
        assert words in text
    assert "Supplier&#39;s statement" not in text.replace('<span class="source">Supplier&#39;s statement</span>', "")


def test_a_demonstration_product_is_marked(client: Browser, db: Session, lumen: Actor, now: datetime) -> None:
    product = a_product(db, of=lumen, at=now)
    product.is_demonstration = True
    path = f"/products/{product.ref}"
    db.commit()

    assert "Demonstration: invented" in client.get(path).text


def test_the_supplier_finds_the_way_from_its_page_to_its_listing_and_nobody_else_does(
    client: Browser, client_of: Callable[[Actor], Browser], base: str, lumen: Actor, rival: Actor
) -> None:
    words = "Look after this listing"

    assert [words in browser.get(base).text for browser in (client, client_of(lumen), client_of(rival))] == [
        False,
        True,
        False,
    ]
