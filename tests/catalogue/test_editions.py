"""Describing a product: drafts are saved as they grow, published editions stay as they were."""

from datetime import datetime, timedelta

from pytest import mark, raises
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.editions import add_product, begin_edition, name_edition, save_answers
from marketplace.catalogue.actions.listing import publish_listing
from marketplace.catalogue.models import Version
from marketplace.catalogue.queries.integrity import altered_editions
from marketplace.catalogue.queries.products import own_product, product_for, shown_versions, version_for
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.cast import recorded
from tests.catalogue.shelf import a_complete_draft, a_draft, a_live, a_submitted, describe, draft_of, rename, submit

BIDI, ZERO_WIDTH = "Lumen \u202escribe", "Lu\u200bmen"


def test_a_supplier_adds_a_product_as_a_draft(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> None:
    product = a_draft(db, frameworks, by=lumen, at=now)

    assert (product.state, product.organisation_id) == ("draft", lumen.organisation_id)
    assert draft_of(db, product).edition == 1
    assert recorded(db, about=product.id) == ["ProductAdded"]


def test_a_buyer_cannot_add_a_product(db: Session, frameworks: Frameworks, buyer: Actor, now: datetime) -> None:
    with raises(NotAllowed, match="only a supplier manager or bid writer"):
        a_draft(db, frameworks, by=buyer, at=now)


@mark.parametrize("name", ["", "   ", "x" * 121, BIDI, ZERO_WIDTH, "Lumen\nScribe", "...", "Lumen\x00"])
def test_a_name_that_cannot_be_is_refused_and_named(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime, name: str
) -> None:
    with raises(Invalid) as refusal:
        a_draft(db, frameworks, by=lumen, at=now, name=name)

    assert list(refusal.value.fields) == ["name"]


def test_a_second_click_does_not_make_a_second_product(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    first = a_draft(db, frameworks, by=lumen, at=now)

    with raises(Invalid, match="one of your products already") as refusal:
        a_draft(db, frameworks, by=lumen, at=now, name="lumen scribe")

    assert first.ref in refusal.value.fields["name"]


def test_good_answers_are_kept_and_bad_ones_are_named(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    product = a_draft(db, frameworks, by=lumen, at=now)
    draft, form = draft_of(db, product), frameworks.form(product.kind)
    sent = {"summary": "Writes letters.", "autonomy": "perhaps", "hosting-country": ["gb"], "price": "1"}

    saved = save_answers(db, product, draft, sent, form=form, row_version=draft.row_version, by=lumen, at=now)

    assert saved.changed == ["summary", "hosting-country"]
    assert set(saved.errors) == {"autonomy", "price"}
    assert '"perhaps"' in saved.errors["autonomy"]
    assert draft.answers == {"summary": "Writes letters.", "hosting-country": ["gb"]}
    assert recorded(db, about=product.id)[-1] == "DescriptionChanged"


def test_saving_what_is_there_already_records_nothing(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    product = a_complete_draft(db, frameworks, by=lumen, at=now)
    before = recorded(db, about=product.id)

    describe(db, frameworks, product, {"autonomy": "drafts"}, by=lumen, at=now)

    assert recorded(db, about=product.id) == before


def test_a_stale_page_does_not_overwrite_what_a_colleague_wrote(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    product = a_draft(db, frameworks, by=lumen, at=now)
    draft, form = draft_of(db, product), frameworks.form(product.kind)
    seen = draft.row_version
    save_answers(db, product, draft, {"summary": "Mine."}, form=form, row_version=seen, by=lumen, at=now)

    with raises(Conflict, match="somebody changed this"):
        save_answers(db, product, draft, {"summary": "Late."}, form=form, row_version=seen, by=lumen, at=now)

    assert draft.answers == {"summary": "Mine."}


def test_a_rival_can_neither_see_nor_write_on_a_draft(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, now: datetime
) -> None:
    product = a_draft(db, frameworks, by=lumen, at=now)
    draft, form = draft_of(db, product), frameworks.form(product.kind)

    with raises(NotFound):
        product_for(db, product.ref, by=rival)
    with raises(NotFound):
        own_product(db, product.ref, by=rival)
    with raises(NotFound):
        product_for(db, product.ref, by=None)
    with raises(NotAllowed):
        save_answers(db, product, draft, {"summary": "Theirs."}, form=form, row_version=None, by=rival, at=now)


def test_an_unknown_product_and_one_of_others_are_told_alike(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, now: datetime
) -> None:
    product = a_draft(db, frameworks, by=lumen, at=now)
    told = []
    for ref in (product.ref, "PRD-2222-2222-2", "nonsense", "'; drop table product"):
        with raises(NotFound) as refusal:
            product_for(db, ref, by=rival)
        told.append((refusal.value.fact.replace(ref, "X"), refusal.value.hint))

    assert len(set(told)) == 1


def test_somebody_who_acts_for_nobody_owns_no_unclaimed_product(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    product = a_draft(db, frameworks, by=lumen, at=now)
    product.organisation_id = None
    db.flush()

    with raises(NotFound):
        own_product(db, product.ref, by=Actor(lumen.person_id, None, lumen.permissions))


def test_what_a_moderator_reads_cannot_change_meanwhile(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    product = a_submitted(db, frameworks, by=lumen, at=now)

    with raises(Conflict, match="with a moderator"):
        describe(db, frameworks, product, {"summary": "Something else."}, by=lumen, at=now)


def test_a_published_edition_stays_as_it_is(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    version = version_for(db, product, 1, by=None)
    form = frameworks.form(product.kind)

    with raises(Conflict, match="stays as it is"):
        save_answers(db, product, version, {"summary": "Better."}, form=form, row_version=None, by=lumen, at=now)
    with raises(Conflict, match="stays as it is"):
        name_edition(db, product, version, name="X", number="1", change="fix", row_version=None, by=lumen, at=now)

    assert list(altered_editions(db)) == []


def test_an_edition_altered_behind_the_back_of_the_product_is_found(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    version = db.get(Version, product.live_version_id)
    assert version is not None

    version.answers = {**version.answers, "summary": "Better."}
    db.flush()

    assert list(altered_editions(db)) == [f"edition 1 of {product.ref} was altered after it was published"]


def test_the_page_keeps_its_last_good_edition_until_the_next_is_published(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product, later = a_live(db, frameworks, by=lumen, moderator=moderator, at=now), now + timedelta(days=1)
    begin_edition(db, product, by=lumen, at=later)
    describe(db, frameworks, product, {"summary": "Writes better letters."}, by=lumen, at=later)
    rename(db, product, "Lumen Scribe Two", by=lumen, at=later)

    assert product.name == "Lumen Scribe"
    assert [version.edition for version in shown_versions(db, product.id)] == [1]
    submit(db, frameworks, product, by=lumen, at=later)
    assert product.state == "live"
    publish_listing(db, product, by=moderator, at=later)

    newest, oldest = shown_versions(db, product.id)
    assert (newest.state, oldest.state, product.name) == ("published", "superseded", "Lumen Scribe Two")
    assert oldest.answers["summary"] != newest.answers["summary"]
    assert oldest.superseded_at == later
    assert version_for(db, product, 1, by=None) is oldest


def test_a_draft_of_the_next_edition_is_not_shown_to_others(
    db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    begin_edition(db, product, by=lumen, at=now)

    assert version_for(db, product, 2, by=lumen).state == "draft"
    for stranger in (rival, None):
        with raises(NotFound):
            version_for(db, product, 2, by=stranger)


def test_two_editions_are_not_open_at_once(
    db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    begin_edition(db, product, by=lumen, at=now)

    with raises(Conflict, match="already open"):
        begin_edition(db, product, by=lumen, at=now)


@mark.parametrize(
    ("facts", "field"),
    [
        ({"name": ""}, "name"),
        ({"number": ""}, "number"),
        ({"number": "9" * 31}, "number"),
        ({"change": "huge"}, "change"),
    ],
)
def test_the_facts_of_an_edition_are_checked(
    db: Session,
    frameworks: Frameworks,
    lumen: Actor,
    moderator: Actor,
    now: datetime,
    facts: dict[str, str],
    field: str,
) -> None:
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    draft = begin_edition(db, product, by=lumen, at=now)
    good = {"name": "Lumen Scribe", "number": "2.0", "change": "fix"}

    with raises(Invalid) as refusal:
        name_edition(db, product, draft, **{**good, **facts}, row_version=None, by=lumen, at=now)

    assert list(refusal.value.fields) == [field]


def test_a_kind_that_is_not_declared_is_refused(
    db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    with raises(NotFound, match="no kind of product"):
        add_product(db, name="Lumen", form=frameworks.form("toaster"), by=lumen, at=now)
