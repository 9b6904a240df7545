"""People: their names, languages and addresses; disabled, and forgotten when they have served."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.identity.actions.people import (
    add_person,
    ask_address_change,
    change_address,
    change_person,
    choose_language,
    disable_person,
    enable_person,
)
from marketplace.identity.actions.signing_in import sign_in
from marketplace.identity.actions.tidy import forget
from marketplace.identity.models import Attempts, OneTimeLink, Person, SignIn
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.cast import recorded
from tests.identity.people import (
    HERE,
    NIA,
    PASSWORD,
    Box,
    a_reset_link,
    deliver,
    link_in,
    somebody,
)

pytestmark = pytest.mark.usefixtures("quick_passwords")


def test_a_new_address_is_confirmed_from_there_and_the_former_one_is_told(database, now):
    nia = somebody(database, NIA, at=now)
    box = Box()
    with database.writing() as db:
        ask_address_change(db, "nia@calder.nhs.uk", address=HERE.address, by=nia, at=now)
    deliver(database, box, at=now)
    with database.writing() as db:
        change_address(db, link_in(box.sent[0]), by=nia, keep=None, at=now)
    deliver(database, box, at=now)

    assert [(message.kind, message.to) for message in box.sent] == [
        ("address-confirmation", "nia@calder.nhs.uk"),
        ("address-changed", NIA),
    ]
    assert sign_in(database, "nia@calder.nhs.uk", PASSWORD, device=HERE, at=now)


def test_somebody_elses_confirmation_does_not_move_my_address(database, now):
    nia = somebody(database, NIA, at=now)
    tom = somebody(database, "tom@calder.nhs.uk", at=now, name="Tom Bevan")
    box = Box()
    with database.writing() as db:
        ask_address_change(db, "nia@calder.nhs.uk", address=HERE.address, by=nia, at=now)
    deliver(database, box, at=now)

    with pytest.raises(NotFound, match="somebody else"), database.writing() as db:
        change_address(db, link_in(box.sent[0]), by=tom, keep=None, at=now)


def test_an_address_that_was_taken_meanwhile_is_refused(database, now):
    nia = somebody(database, NIA, at=now)
    box = Box()
    with database.writing() as db:
        ask_address_change(db, "shared@calder.nhs.uk", address=HERE.address, by=nia, at=now)
    deliver(database, box, at=now)
    somebody(database, "shared@calder.nhs.uk", at=now, name="Tom Bevan")

    with pytest.raises(Conflict, match="has an account already"), database.writing() as db:
        change_address(db, link_in(box.sent[0]), by=nia, keep=None, at=now)


def test_two_people_never_share_an_address_in_any_case(db, now):
    add_person(db, name="Nia Rees", email=NIA, password_hash=None, at=now)

    with pytest.raises(Conflict, match="has an account already"):
        add_person(db, name="Another", email=NIA.upper(), password_hash=None, at=now)


def test_a_name_with_hidden_characters_is_refused_where_it_was_typed(db, now):
    with pytest.raises(Invalid) as refused:
        add_person(db, name="Nia\u202eseeR", email=NIA, password_hash=None, at=now)

    assert "U+202E" in refused.value.fields["name"]


def test_nia_renames_herself_and_reads_welsh(database, now):
    nia = somebody(database, NIA, at=now)
    with database.writing() as db:
        change_person(db, name=" Nia  Rees-Pugh ", by=nia, at=now)
        choose_language(db, "cy", by=nia, at=now)
        choose_language(db, "cy", by=nia, at=now)

    with database.reading() as db:
        person = db.get_one(Person, nia.person_id)
        assert (person.name, person.language) == ("Nia Rees-Pugh", "cy")
        assert recorded(db, about=person.id) == ["PersonAdded", "PersonChanged", "PersonChanged"]
    with pytest.raises(Invalid), database.writing() as db:
        choose_language(db, "xx", by=nia, at=now)


def test_only_an_operator_disables_and_enables(db, buyer, moderator, lumen, now):
    person = db.get_one(Person, lumen.person_id)
    with pytest.raises(NotAllowed):
        disable_person(db, person, reason="a rival", by=buyer, at=now)

    disable_person(db, person, reason="asked for it", by=moderator, at=now)
    with pytest.raises(Conflict):
        disable_person(db, person, reason="again", by=moderator, at=now)
    enable_person(db, person, by=moderator, at=now)

    assert person.disabled_at is None
    assert recorded(db, about=person.id) == ["PersonDisabled", "PersonEnabled"]


def test_what_has_served_is_forgotten(database, now):
    somebody(database, NIA, at=now)
    sign_in(database, NIA, PASSWORD, device=HERE, at=now)
    a_reset_link(database, at=now)

    with database.writing() as db:
        forget(db, at=now + timedelta(days=100))

    with database.reading() as db:
        assert [db.scalars(select(model)).first() for model in (SignIn, OneTimeLink, Attempts)] == [None] * 3
