"""Documents that are not public: who asks, who may read, what is noted, and who signs nothing."""

from io import BytesIO

import pytest
from sqlalchemy import select, update

from marketplace.catalogue.actions.documents import attach, replace_attachment
from marketplace.catalogue.actions.requests import ask_document, name_organisation, note_view, settle_request
from marketplace.catalogue.models import Attachment, DocumentView
from marketplace.catalogue.policies import may_see_attachment
from marketplace.catalogue.queries.history import history_of
from marketplace.catalogue.queries.products import attachments_of
from marketplace.catalogue.queries.requests import granted_to, open_requests, requests_of, views_of
from marketplace.identity.models import Organisation
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from tests.cast import a_product, recorded


@pytest.fixture
def product(db, lumen, now):
    return a_product(db, of=lumen, at=now)


def a_document(db, services, product, by, now, *, access="on-request", name="case.txt"):
    return attach(
        db, services.files, product, BytesIO(f"The document {name}.\n".encode()), file_name=name, kind="security", access=access, by=by,
        at=now,
    )  # fmt: skip


def may(db, product, document, who):
    return may_see_attachment(who, product, document, granted=granted_to(db, product.id, who))


def test_a_trust_asks_without_signing_anything_and_reads_once_it_is_let(db, services, product, lumen, buyer, now):
    document = a_document(db, services, product, lumen, now)
    request = ask_document(db, product, document, words="To judge it.", undertaken=False, by=buyer, at=now)
    before = may(db, product, document, buyer)

    settle_request(db, product, request, granted=True, by=lumen, at=now)

    assert (before, may(db, product, document, buyer)) == (False, True)
    assert request.undertaken is False
    assert recorded(db, about=product.id)[-2:] == ["DocumentAsked", "DocumentSettled"]


def test_whoever_is_no_public_body_undertakes_to_keep_it_confidential(db, services, product, lumen, rival, now):
    document = a_document(db, services, product, lumen, now)

    with pytest.raises(Invalid, match="the undertaking is missing"):
        ask_document(db, product, document, words="We want to build on it.", undertaken=False, by=rival, at=now)
    asked = ask_document(db, product, document, words="We want to build on it.", undertaken=True, by=rival, at=now)

    assert asked.undertaken


def test_a_refusal_has_a_reason_and_they_can_ask_again(db, services, product, lumen, buyer, now):
    document = a_document(db, services, product, lumen, now)
    request = ask_document(db, product, document, words="To judge it.", undertaken=False, by=buyer, at=now)

    with pytest.raises(Invalid, match="the reason is missing"):
        settle_request(db, product, request, granted=False, by=lumen, at=now)
    settle_request(db, product, request, granted=False, reason="A newer one comes in March.", by=lumen, at=now)
    again = ask_document(db, product, document, words="It is March.", undertaken=False, by=buyer, at=now)

    assert (again.id, again.state) == (request.id, "asked")
    with pytest.raises(Conflict, match="has asked already"):
        ask_document(db, product, document, words="And again.", undertaken=False, by=buyer, at=now)


def test_what_is_for_named_organisations_is_read_by_those_and_asked_for_by_nobody(
    db, services, product, lumen, buyer, other_buyer, now
):
    document = a_document(db, services, product, lumen, now, access="named")
    ashdown = db.get_one(Organisation, buyer.organisation_id)

    name_organisation(db, product, document, ashdown, by=lumen, at=now)

    assert [may(db, product, document, who) for who in (buyer, other_buyer, None)] == [True, False, False]
    with pytest.raises(NotAllowed, match="cannot be asked for"):
        ask_document(db, product, document, words="Please.", undertaken=False, by=other_buyer, at=now)


def test_only_the_supplier_says_who_reads(db, services, product, lumen, rival, buyer, now):
    document = a_document(db, services, product, lumen, now)
    request = ask_document(db, product, document, words="To judge it.", undertaken=False, by=buyer, at=now)

    for who in (rival, buyer):
        with pytest.raises(NotAllowed):
            settle_request(db, product, request, granted=True, by=who, at=now)
    assert [each.id for each, _ in open_requests(db, lumen.organisation_id)] == [request.id]
    assert [each.id for each in requests_of(db, product)] == [request.id]


def test_each_view_is_noted_with_who_and_by_what_right(db, services, product, lumen, buyer, now):
    document = a_document(db, services, product, lumen, now)

    for _ in range(2):
        note_view(db, document, "granted", by=buyer, at=now)

    assert len(db.scalars(select(DocumentView)).all()) == 2
    assert [row[1:] for row in views_of(db, product)] == [
        ("case.txt", "Grace Okafor", "Ashdown Hospitals NHS Trust")
    ] * 2


def replaced(db, services, product, there, by, now, *, words=b"The document, looked over.\n"):
    return replace_attachment(
        db, services.files, product, there, BytesIO(words), file_name="case-2.txt", by=by, at=now
    )  # fmt: skip


def test_the_next_version_of_a_document_has_its_kind_and_its_readers_and_the_record_names_both(
    db, services, product, lumen, buyer, other_buyer, rival, now
):
    there = a_document(db, services, product, lumen, now)
    name_organisation(db, product, there, db.get_one(Organisation, buyer.organisation_id), by=lumen, at=now)
    ask_document(db, product, there, words="To judge it.", undertaken=False, by=other_buyer, at=now)

    added = replaced(db, services, product, there, lumen, now)

    assert attachments_of(db, product.id) == [added]
    assert (added.kind, added.access, added.name, there.removed_at) == (there.kind, there.access, "case-2.txt", now)
    assert [may(db, product, added, who) for who in (buyer, other_buyer, rival)] == [True, False, False]
    assert [request.attachment_id for request, _ in open_requests(db, lumen.organisation_id)] == [added.id]
    assert recorded(db, about=product.id)[-1] == "AttachmentReplaced"
    told = history_of(db, product, by=lumen)[0]
    assert (told.title, told.text) == ("Document replaced", "case-2.txt in place of case.txt")


def test_of_two_who_replace_a_document_at_once_the_second_is_told(db, services, product, lumen, now):
    there = a_document(db, services, product, lumen, now)
    db.execute(update(Attachment).values(removed_at=now).execution_options(synchronize_session=False))

    with pytest.raises(Conflict, match="was removed already"):
        replaced(db, services, product, there, lumen, now)


def test_a_document_is_replaced_by_its_supplier_by_another_file_and_while_it_is_there(
    db, services, product, lumen, rival, now
):
    there = a_document(db, services, product, lumen, now)

    with pytest.raises(NotAllowed):
        replaced(db, services, product, there, rival, now)
    with pytest.raises(Invalid, match=r"case-2\.txt is here already") as same:
        replaced(db, services, product, there, lumen, now, words=b"The document case.txt.\n")
    replaced(db, services, product, there, lumen, now)
    with pytest.raises(Conflict, match="was removed already"):
        replaced(db, services, product, there, lumen, now, words=b"A third.\n")

    assert same.value.fields["file"].startswith("This file is here already, as case.txt.")
