"""Prices, documents and claims: what stands beside a description."""

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from pytest import fixture, mark, raises
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.claims import ask_claim, settle_claim
from marketplace.catalogue.actions.documents import attach, remove_attachment
from marketplace.catalogue.actions.prices import declare_prices
from marketplace.catalogue.models import Product
from marketplace.catalogue.policies import may_see_attachment
from marketplace.catalogue.queries.moderation import claims_waiting
from marketplace.catalogue.queries.products import attachments_of, claims_of, declared_prices, own_product, prices_on
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.ports.files.disk import DiskFiles
from tests.cast import a_product, recorded
from tests.catalogue.shelf import LICENCE, SET_UP, USE, a_draft, declare

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@fixture
def files(tmp_path: Path) -> DiskFiles:
    return DiskFiles(tmp_path / "files")


@fixture
def product(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> Product:
    return a_draft(db, frameworks, by=lumen, at=now)


@fixture
def unclaimed(db: Session, lumen: Actor, now: datetime) -> Product:
    found = a_product(db, of=lumen, at=now)
    found.organisation_id, found.source = None, {"supplier": "Lumen Health", "document": "FDA list"}
    db.flush()
    return found


def test_what_held_on_a_day_can_be_read_after_prices_were_replaced(
    db: Session, product: Product, lumen: Actor, now: datetime
) -> None:
    later = now + timedelta(days=30)
    declare(db, product, [LICENCE], by=lumen, at=now)
    declare(db, product, [USE, SET_UP], by=lumen, at=later)

    today = [price.label for price in prices_on(db, product.id, later.date())]
    then = [price.label for price in prices_on(db, product.id, now.date(), known_at=now + timedelta(days=1))]

    assert (today, then) == (["Consultations", "Set-up"], ["Licence"])
    assert recorded(db, about=product.id).count("PricesChanged") == 2


def test_prices_of_next_year_let_those_of_this_year_hold_until_then(
    db: Session, product: Product, lumen: Actor, now: datetime
) -> None:
    declare(db, product, [LICENCE], by=lumen, at=now)
    declare_prices(
        db,
        product,
        [USE],
        valid_from=date(2027, 1, 1),
        valid_until=date(2027, 12, 31),
        row_version=None,
        by=lumen,
        at=now,
    )

    def held(day: date) -> list[str]:
        return [price.label for price in prices_on(db, product.id, day)]

    assert held(date(2026, 12, 31)) == ["Licence"]
    assert held(date(2027, 1, 1)) == held(date(2027, 12, 31)) == ["Consultations"]
    assert held(date(2028, 1, 1)) == []
    assert len(declared_prices(db, product.id)) == 2


def test_prices_from_a_stale_page_are_refused(db: Session, product: Product, lumen: Actor, now: datetime) -> None:
    seen = product.row_version
    declare_prices(db, product, [LICENCE], valid_from=now.date(), valid_until=None, row_version=seen, by=lumen, at=now)

    with raises(Conflict, match="somebody changed this"):
        declare_prices(db, product, [USE], valid_from=now.date(), valid_until=None, row_version=seen, by=lumen, at=now)


def test_prices_that_end_before_they_begin_are_refused(
    db: Session, product: Product, lumen: Actor, now: datetime
) -> None:
    ends = now.date() - timedelta(days=1)

    with raises(Invalid) as refusal:
        declare_prices(db, product, [USE], valid_from=now.date(), valid_until=ends, row_version=None, by=lumen, at=now)

    assert "23 November 2026 is before 24 November 2026" in refusal.value.fields["valid-until"]


def test_a_rival_cannot_declare_prices(db: Session, product: Product, rival: Actor, now: datetime) -> None:
    with raises(NotAllowed):
        declare(db, product, [LICENCE], by=rival, at=now)


def put(db: Session, files: DiskFiles, product: Product, *, by: Actor, at: datetime, **more: str):  # type: ignore[no-untyped-def]
    facts = {"file_name": "guide.pdf", "kind": "instructions", "access": "public", **more}
    return attach(db, files, product, BytesIO(PDF), **facts, by=by, at=at)


def test_a_document_is_kept_under_its_digest_and_its_real_type(
    db: Session, files: DiskFiles, product: Product, lumen: Actor, now: datetime
) -> None:
    attachment = put(db, files, product, by=lumen, at=now, file_name="../../etc/Guide\u202efdp.pdf")

    assert (attachment.media_type, attachment.size) == ("application/pdf", len(PDF))
    assert "/" not in attachment.name
    assert "\u202e" not in attachment.name
    assert files.size(attachment.digest) == len(PDF)


def test_the_same_document_twice_is_one(
    db: Session, files: DiskFiles, product: Product, lumen: Actor, now: datetime
) -> None:
    first, second = (put(db, files, product, by=lumen, at=now) for _ in range(2))

    assert first is second
    assert recorded(db, about=product.id).count("AttachmentAdded") == 1


@mark.parametrize("more", [{"kind": "poem"}, {"access": "friends"}, {"file_name": "guide.docx"}])
def test_a_document_that_is_not_what_it_says_is_refused(
    db: Session, files: DiskFiles, product: Product, lumen: Actor, now: datetime, more: dict[str, str]
) -> None:
    with raises(Invalid) as refusal:
        put(db, files, product, by=lumen, at=now, **more)

    assert set(refusal.value.fields) <= {"kind", "access", "file"}
    assert refusal.value.fields
    assert attachments_of(db, product.id) == []


def test_a_document_on_request_is_opened_by_the_supplier_and_moderators_alone(
    db: Session, files: DiskFiles, lumen: Actor, rival: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_product(db, of=lumen, at=now)
    attachment = put(db, files, product, by=lumen, at=now, access="on-request")

    may = [may_see_attachment(actor, product, attachment) for actor in (lumen, moderator, buyer, rival, None)]

    assert may == [True, True, False, False, False]


def test_a_public_document_of_a_draft_is_not_public_yet(
    db: Session, files: DiskFiles, product: Product, lumen: Actor, buyer: Actor, now: datetime
) -> None:
    attachment = put(db, files, product, by=lumen, at=now)

    assert [may_see_attachment(actor, product, attachment) for actor in (lumen, buyer, None)] == [True, False, False]


def test_a_document_is_removed_once_and_the_record_keeps_its_name(
    db: Session, files: DiskFiles, product: Product, lumen: Actor, rival: Actor, now: datetime
) -> None:
    attachment = put(db, files, product, by=lumen, at=now)

    with raises(NotAllowed):
        remove_attachment(db, product, attachment, by=rival, at=now)
    remove_attachment(db, product, attachment, by=lumen, at=now)

    assert attachments_of(db, product.id) == []
    assert recorded(db, about=product.id)[-1] == "AttachmentRemoved"
    with raises(Conflict):
        remove_attachment(db, product, attachment, by=lumen, at=now)


def test_a_granted_claim_gives_the_product_its_supplier_and_refuses_the_others(
    db: Session, unclaimed: Product, lumen: Actor, rival: Actor, moderator: Actor, now: datetime
) -> None:
    ours = ask_claim(db, unclaimed, reason="We make it.", by=lumen, at=now)
    theirs = ask_claim(db, unclaimed, reason="So do we.", by=rival, at=now)
    assert claims_waiting(db, by=moderator) == [ours, theirs]

    settle_claim(db, unclaimed, ours, granted=True, reason="", by=moderator, at=now)

    assert (ours.state, theirs.state) == ("granted", "refused")
    assert own_product(db, unclaimed.ref, by=lumen) is unclaimed
    assert claims_waiting(db, by=moderator) == []
    assert claims_of(db, unclaimed, by=rival) == [theirs]


def test_a_claim_is_asked_once_and_refused_with_a_reason(
    db: Session, unclaimed: Product, rival: Actor, moderator: Actor, now: datetime
) -> None:
    claim = ask_claim(db, unclaimed, reason="We make it.", by=rival, at=now)

    with raises(Conflict, match="claimed this already"):
        ask_claim(db, unclaimed, reason="Again.", by=rival, at=now)
    with raises(Invalid, match="reason is missing"):
        settle_claim(db, unclaimed, claim, granted=False, reason=" ", by=moderator, at=now)
    settle_claim(db, unclaimed, claim, granted=False, reason="Another company makes it.", by=moderator, at=now)

    assert unclaimed.organisation_id is None
    with raises(Conflict, match="cannot grant a refused claim"):
        settle_claim(db, unclaimed, claim, granted=True, reason="", by=moderator, at=now)


def test_a_product_that_has_a_supplier_cannot_be_claimed(
    db: Session, lumen: Actor, rival: Actor, buyer: Actor, unclaimed: Product, now: datetime
) -> None:
    product = a_product(db, of=lumen, at=now, name="Lumen Letters")

    with raises(Conflict, match="has a supplier already"):
        ask_claim(db, product, reason="Mine.", by=rival, at=now)
    with raises(NotAllowed, match="only a supplier"):
        ask_claim(db, unclaimed, reason="Mine.", by=buyer, at=now)


def test_a_claim_is_settled_by_a_moderator_who_has_no_part_in_it(
    db: Session, unclaimed: Product, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    claim = ask_claim(db, unclaimed, reason="We make it.", by=lumen, at=now)
    same_person = Actor(lumen.person_id, moderator.organisation_id, moderator.permissions)

    with raises(NotAllowed):
        settle_claim(db, unclaimed, claim, granted=True, reason="", by=same_person, at=now)
    with raises(NotAllowed):
        settle_claim(db, unclaimed, claim, granted=True, reason="", by=lumen, at=now)


def test_a_claim_is_settled_on_its_own_product(
    db: Session, unclaimed: Product, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    claim = ask_claim(db, unclaimed, reason="We make it.", by=lumen, at=now)
    another = a_product(db, of=lumen, at=now, name="Lumen Letters")

    with raises(NotFound, match="no such claim"):
        settle_claim(db, another, claim, granted=True, reason="", by=moderator, at=now)


def test_prices_are_replaced_and_never_taken_away(db: Session, product: Product, lumen: Actor, now: datetime) -> None:
    with raises(Invalid, match="no price was given"):
        declare_prices(db, product, [], valid_from=now.date(), valid_until=None, row_version=None, by=lumen, at=now)
