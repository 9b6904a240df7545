"""Passkeys: made and used by a device in software, for this site, this question and this person alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.identity.actions.confirming import confirm_by_passkey
from marketplace.identity.actions.passkeys import MOST, add_passkey, ask_for_new, ask_for_proof, remove_passkey
from marketplace.identity.actions.second_step import (
    NOBODY,
    Half,
    finish_with_passkey,
    half_of,
    sign_in_with_passkey,
)
from marketplace.identity.actions.secrets import hash_of
from marketplace.identity.actions.signing_in import sign_in
from marketplace.identity.models import Passkey, Person, SignIn
from marketplace.identity.queries import caller_by_session
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.ports.signin.passkeys import site_of
from tests.identity.authenticator import PRESENT, Device
from tests.identity.people import HERE, NIA, PASSWORD, somebody

pytestmark = pytest.mark.usefixtures("quick_passwords")
KEY = b"the key of the tests"
SITE = site_of("https://touchstone.example", "Touchstone")


@pytest.fixture
def nia(database, now):
    return somebody(database, NIA, at=now)


def session_of(database, secret, *, at):
    with database.reading() as db:
        return caller_by_session(db, hash_of(secret), at=at)


def added(database, person, device, *, at, name="Telephone", site=SITE) -> list[str]:
    with database.writing() as db:
        asked, challenge = ask_for_new(db, KEY, site, by=person, at=at)
        return add_passkey(
            db, KEY, site, challenge=challenge, answer=device.make(asked), name=name, by=person,
            sign_in_id=person.person_id, at=at,
        )  # fmt: skip


def proof(database, *, at, about=NOBODY, person_id=None, site=SITE) -> tuple[str, str]:
    with database.reading() as db:
        return ask_for_proof(db, KEY, site, about=about, person_id=person_id, at=at)


def enter(database, device, *, at, asked=None) -> str:
    question, challenge = asked or proof(database, at=at)
    return sign_in_with_passkey(
        database, KEY, SITE, challenge=challenge, answer=device.use(question), device=HERE, leaving=None, at=at
    )


@pytest.fixture
def phone(database, nia, now):
    """Nia's telephone, which has a passkey."""
    device = Device()
    added(database, nia, device, at=now)
    return device


def test_a_passkey_signs_in_without_a_password_and_counts_as_two_factors(database, nia, phone, now):
    secret = enter(database, phone, at=now)

    assert session_of(database, secret, at=now).actor.person_id == nia.person_id
    with database.reading() as db:
        mine = db.scalars(select(SignIn).where(SignIn.token_hash == hash_of(secret))).one()
        key = db.scalars(select(Passkey)).one()
    assert mine.second_factor == "passkey"
    assert (key.uses, key.name, key.used_at) == (1, "Telephone", now)


def test_the_first_passkey_brings_recovery_codes_and_the_second_none(database, nia, now):
    assert len(added(database, nia, Device(), at=now)) == 10
    assert added(database, nia, Device(), at=now) == []


def test_after_the_password_a_passkey_finishes_the_sign_in(database, nia, phone, now):
    waiting = sign_in(database, NIA, PASSWORD, device=HERE, at=now)
    assert isinstance(waiting, Half)
    with database.reading() as db:
        about = str(half_of(db, waiting.secret, at=now).id)
    question, challenge = proof(database, at=now, about=about, person_id=nia.person_id)

    secret = finish_with_passkey(
        database, KEY, SITE, waiting.secret, challenge=challenge, answer=phone.use(question), device=HERE,
        leaving=None, at=now,
    )  # fmt: skip

    assert session_of(database, secret, at=now) is not None


def test_after_one_persons_password_anothers_passkey_finishes_nothing(database, nia, phone, now):
    tom, toms = somebody(database, "tom@calder.nhs.uk", at=now, name="Tom Bevan"), Device()
    added(database, tom, toms, at=now)
    waiting = sign_in(database, NIA, PASSWORD, device=HERE, at=now)
    with database.reading() as db:
        about = str(half_of(db, waiting.secret, at=now).id)
    question, challenge = proof(database, at=now, about=about)

    with pytest.raises(Invalid):
        finish_with_passkey(
            database, KEY, SITE, waiting.secret, challenge=challenge, answer=toms.use(question), device=HERE,
            leaving=None, at=now,
        )  # fmt: skip


def test_an_answer_is_taken_once(database, phone, now):
    question, challenge = proof(database, at=now)
    answer = phone.use(question)
    given = {"challenge": challenge, "answer": answer, "device": HERE, "leaving": None, "at": now}
    sign_in_with_passkey(database, KEY, SITE, **given)

    with pytest.raises(Conflict, match="used already"):
        sign_in_with_passkey(database, KEY, SITE, **given)


def test_a_question_is_too_old_after_ten_minutes_and_good_for_its_own_purpose_alone(database, nia, phone, now):
    asked = proof(database, at=now)
    with pytest.raises(Conflict):
        enter(database, phone, at=now + timedelta(minutes=10), asked=asked)
    with pytest.raises(Conflict):
        enter(database, phone, at=now, asked=proof(database, at=now, about="another sign-in"))
    with database.reading() as db:
        making = ask_for_new(db, KEY, SITE, by=nia, at=now)
    with pytest.raises(Conflict):
        enter(database, phone, at=now, asked=making)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://touchstone.example.evil"},
        {"origin": "http://touchstone.example"},
        {"site": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
)
def test_a_false_site_or_a_locked_device_opens_nothing_and_adds_nothing(database, nia, phone, now, wrong):
    false = Device(**{"key": phone.key, "id": phone.id, "uses": 5, **wrong})
    with pytest.raises(Invalid, match="does not open an account"):
        enter(database, false, at=now)

    with pytest.raises(Invalid, match="could not be added"):
        added(database, nia, Device(**wrong), at=now)


def test_another_key_under_the_same_name_opens_nothing(database, phone, now):
    with pytest.raises(Invalid):
        enter(database, Device(id=phone.id), at=now)


def test_an_unknown_passkey_hears_the_same_as_a_wrong_one(database, phone, now):
    told = []
    for device in (Device(), Device(id=phone.id)):
        with pytest.raises(Invalid) as refused:
            enter(database, device, at=now)
        told.append((refused.value.fact, refused.value.hint, refused.value.fields))

    assert told[0] == told[1]


@pytest.mark.parametrize("answer", [
    "", "{", "[]", "null", '{"id": 7}', '{"id": "a"}', '{"id": "\\ud800"}', '{"id": "\\u0000"}', "[" * 9_000,
    "x" * 30_000,
])  # fmt: skip
def test_whatever_cannot_be_read_is_refused(database, nia, now, answer):
    _, challenge = proof(database, at=now)
    with pytest.raises(Invalid):
        sign_in_with_passkey(
            database, KEY, SITE, challenge=challenge, answer=answer, device=HERE, leaving=None, at=now
        )
    with database.writing() as db:
        _, challenge = ask_for_new(db, KEY, SITE, by=nia, at=now)
    with pytest.raises(Invalid), database.writing() as db:
        add_passkey(
            db, KEY, SITE, challenge=challenge, answer=answer, name="", by=nia, sign_in_id=nia.person_id, at=now
        )


def test_a_copy_of_a_device_is_noticed_by_its_count(database, phone, now):
    enter(database, phone, at=now)
    enter(database, phone, at=now)

    with pytest.raises(Invalid):
        enter(database, Device(key=phone.key, id=phone.id, uses=0), at=now)


def test_a_passkey_is_known_once_and_there_are_not_more_than_a_few(database, nia, phone, now):
    tom = somebody(database, "tom@calder.nhs.uk", at=now, name="Tom Bevan")
    with pytest.raises(Conflict, match="known already"):
        added(database, tom, phone, at=now)
    for _ in range(MOST - 1):
        added(database, nia, Device(), at=now)
    with pytest.raises(Conflict, match="10 passkeys"):
        added(database, nia, Device(), at=now)


def test_a_removed_passkey_opens_nothing_and_a_strangers_is_not_found(database, nia, phone, now):
    with database.reading() as db:
        key = db.scalars(select(Passkey.id)).one()
    tom = somebody(database, "tom@calder.nhs.uk", at=now, name="Tom Bevan")
    with pytest.raises(NotFound), database.writing() as db:
        remove_passkey(db, key, by=tom, at=now)

    with database.writing() as db:
        assert remove_passkey(db, key, by=nia, at=now) == "Telephone"

    with pytest.raises(Invalid):
        enter(database, phone, at=now)
    assert isinstance(sign_in(database, NIA, PASSWORD, device=HERE, at=now), str)


def test_the_only_way_in_is_not_taken_away(database, nia, phone, now):
    with database.writing() as db:
        db.get_one(Person, nia.person_id).password_hash = None
        key = db.scalars(select(Passkey.id)).one()

    with pytest.raises(Conflict, match="only way in"), database.writing() as db:
        remove_passkey(db, key, by=nia, at=now)


def test_a_passkey_proves_anew_who_is_there(database, nia, phone, now):
    secret = enter(database, phone, at=now)
    later = now + timedelta(minutes=20)
    mine = session_of(database, secret, at=later).sign_in_id
    question, challenge = proof(database, at=later, about=str(mine), person_id=nia.person_id)

    with database.writing() as db:
        confirm_by_passkey(
            db, KEY, SITE, challenge=challenge, answer=phone.use(question), sign_in_id=mine, by=nia, at=later
        )

    assert session_of(database, secret, at=later).confirmed_at == later
    question, challenge = proof(database, at=later, about=str(nia.person_id))
    answer = phone.use(question)
    with pytest.raises(NotAllowed), database.writing() as db:
        confirm_by_passkey(
            db, KEY, SITE, challenge=challenge, answer=answer, sign_in_id=nia.person_id, by=nia, at=later
        )


@pytest.mark.parametrize(
    ("base", "name", "origin"),
    [
        ("https://touchstone.example", "touchstone.example", "https://touchstone.example"),
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://[::1]:9", "localhost", "http://localhost:9"),
        ("https://touchstone.example:443/", "touchstone.example", "https://touchstone.example"),
    ],
)
def test_a_passkey_belongs_to_a_name(base, name, origin):
    place = site_of(base, "Touchstone")

    assert (place.id, list(place.origins)) == (name, [origin])
