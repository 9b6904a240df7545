"""Passwords and addresses: set, reset and changed with links that work once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from marketplace.identity.actions import passwords
from marketplace.identity.actions.credentials import ask_reset, ask_sign_up, change_password, reset_password, sign_up
from marketplace.identity.actions.people import (
    disable_person,
)
from marketplace.identity.actions.secrets import hash_of
from marketplace.identity.actions.signing_in import sign_in
from marketplace.identity.models import OneTimeLink, Person
from marketplace.identity.policies import CLOCK
from marketplace.identity.queries import caller_by_session
from marketplace.identity.subscribers import (
    mails_reset,
)
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.events import event_from
from marketplace.kit.jobs import Heard
from marketplace.kit.record import Entry
from tests.cast import recorded
from tests.identity.people import (
    COMMON,
    ELSEWHERE,
    HERE,
    NIA,
    OTHER_PASSWORD,
    PASSWORD,
    Box,
    a_post,
    a_reset_link,
    deliver,
    link_in,
    somebody,
)

pytestmark = pytest.mark.usefixtures("quick_passwords")


def test_nia_resets_her_password_and_every_session_ends(database, now):
    nia = somebody(database, NIA, at=now)
    session = sign_in(database, NIA, PASSWORD, device=HERE, at=now)

    reset_password(database, a_reset_link(database, at=now), OTHER_PASSWORD, common=COMMON, at=now)

    with database.reading() as db:
        assert caller_by_session(db, hash_of(session), at=now) is None
        assert recorded(db, about=nia.person_id)[-1] == "PasswordChanged"
    assert sign_in(database, NIA, OTHER_PASSWORD, device=HERE, at=now)
    with pytest.raises(Invalid):
        sign_in(database, NIA, PASSWORD, device=HERE, at=now)


def test_a_reset_link_works_once_and_makes_the_others_useless(database, now):
    somebody(database, NIA, at=now)
    first, second = a_reset_link(database, at=now), a_reset_link(database, at=now)
    reset_password(database, first, OTHER_PASSWORD, common=COMMON, at=now)

    for link in (first, second):
        with pytest.raises(NotFound, match="used or is too old"):
            reset_password(database, link, PASSWORD, common=COMMON, at=now)


def test_of_many_who_use_one_link_at_once_one_succeeds(either_database, now):
    database = either_database
    somebody(database, NIA, at=now)
    link, start, won = a_reset_link(database, at=now), Barrier(5), []

    def use(number: int) -> None:
        start.wait()
        try:
            reset_password(database, link, f"{OTHER_PASSWORD} {number}", common=COMMON, at=now)
            won.append(number)
        except NotFound:
            pass

    threads = [Thread(target=use, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    assert sign_in(database, NIA, f"{OTHER_PASSWORD} {won[0]}", device=HERE, at=now)


def test_a_reset_link_is_too_old_after_an_hour(database, now):
    somebody(database, NIA, at=now)
    link = a_reset_link(database, at=now)

    with pytest.raises(NotFound, match="too old"):
        reset_password(database, link, OTHER_PASSWORD, common=COMMON, at=now + timedelta(hours=1))


def test_an_unknown_address_is_asked_for_with_the_same_work_and_gets_no_mail(database, now):
    somebody(database, NIA, at=now)
    work: list[str] = []
    event.listen(database.writer, "before_cursor_execute", lambda *given: work.append(given[2]))

    def asked(email: str) -> list[str]:
        work.clear()
        with database.writing() as db:
            ask_reset(db, email, address=HERE.address, at=now)
        return list(work)

    known, unknown = asked(NIA), asked("nobody@ashdown.nhs.uk")
    box = Box()
    deliver(database, box, at=now)

    assert known == unknown
    assert [message.to for message in box.sent] == [NIA]


def test_a_disabled_person_gets_no_link_and_uses_none(database, now):
    nia = somebody(database, NIA, at=now)
    link = a_reset_link(database, at=now)
    with database.writing() as db:
        disable_person(db, db.get_one(Person, nia.person_id), reason="left", by=CLOCK, at=now)
    box = Box()
    with database.writing() as db:
        ask_reset(db, NIA, address=HERE.address, at=now)
    deliver(database, box, at=now)

    assert box.sent == []
    with pytest.raises(NotFound):
        reset_password(database, link, OTHER_PASSWORD, common=COMMON, at=now)


def test_no_table_and_no_entry_ever_holds_the_secret_of_a_link(database, now):
    somebody(database, NIA, at=now)

    link = a_reset_link(database, at=now)

    with database.reading() as db:
        kept = db.scalars(select(OneTimeLink)).one()
        told = " ".join(db.scalars(select(Entry.payload)))
    assert kept.token_hash == hash_of(link)
    assert link not in told
    assert NIA not in told


def test_a_stranger_who_asks_again_and_again_fills_no_letter_box_and_learns_nothing(database, now):
    somebody(database, NIA, at=now)
    box = Box()

    for _ in range(9):
        with database.writing() as db:
            ask_reset(db, NIA, address=HERE.address, at=now)
    deliver(database, box, at=now)

    assert len(box.sent) == 5


def test_a_mail_that_is_written_twice_leaves_one_link_that_works(database, now):
    somebody(database, NIA, at=now)
    with database.writing() as db:
        ask_reset(db, NIA, address=HERE.address, at=now)
        entry = db.scalars(select(Entry).where(Entry.name == "identity.PasswordResetAsked")).one()
        heard, box = Heard(event_from(entry.name, entry.payload), now, None, None, "one key"), Box()
    for _ in range(2):
        with database.writing() as db:
            mails_reset(a_post(box))(db, heard)

    first, second = (link_in(message) for message in box.sent)

    with pytest.raises(NotFound):
        reset_password(database, first, OTHER_PASSWORD, common=COMMON, at=now)
    reset_password(database, second, OTHER_PASSWORD, common=COMMON, at=now)


def test_a_newcomer_signs_up_from_the_mailed_link(database, now):
    box = Box()
    with database.writing() as db:
        ask_sign_up(db, "Owen@Lumen.example.org", address=HERE.address, at=now)
    deliver(database, box, at=now)

    session = sign_up(
        database, link_in(box.sent[0]), name="Owen Hale", password=PASSWORD, common=COMMON, device=HERE, at=now
    )

    assert box.sent[0].to == "owen@lumen.example.org"
    with database.reading() as db:
        assert caller_by_session(db, hash_of(session), at=now).actor.person_name == "Owen Hale"


def test_whoever_has_an_account_learns_it_from_the_mail_alone(database, now):
    somebody(database, NIA, at=now)
    box = Box()
    with database.writing() as db:
        ask_sign_up(db, NIA, address=HERE.address, at=now)
    deliver(database, box, at=now)

    assert "has_account: True" in box.sent[0].text
    assert box.sent[0].text.splitlines()[1] == "link: https://touchstone.example/sign-in"


def test_what_is_wrong_with_a_new_password_is_told_and_the_link_still_works(database, now):
    somebody(database, NIA, at=now)
    link = a_reset_link(database, at=now)

    for poor in ("a wren", "correct horse battery staple", NIA, "x" * 200):
        with pytest.raises(Invalid) as refused:
            reset_password(database, link, poor, common=COMMON, at=now)
        assert poor not in refused.value.fields["password"]

    reset_password(database, link, OTHER_PASSWORD, common=COMMON, at=now)


def test_a_password_of_many_bytes_is_not_cut_off(database, now):
    long = "🦉" * 128
    nia = somebody(database, NIA, at=now, password=long)

    with pytest.raises(Invalid):
        sign_in(database, NIA, "🦉" * 127 + "x", device=HERE, at=now)
    assert sign_in(database, NIA, long, device=HERE, at=now)
    with database.reading() as db:
        assert db.get_one(Person, nia.person_id).password_hash.startswith("$argon2id$")


def test_the_real_hash_is_argon2id_at_the_recommended_cost(monkeypatch):
    monkeypatch.undo()

    stored = passwords.hashed(PASSWORD, common=COMMON)

    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.belongs(PASSWORD, stored)
    assert not passwords.belongs(PASSWORD, None)
    assert not passwords.HASH.current_hasher.check_needs_rehash(passwords.NOBODYS_HASH)


def test_a_hash_that_is_weaker_than_todays_is_made_anew_at_sign_in(database, now, monkeypatch):
    nia = somebody(database, NIA, at=now)
    stronger = passwords.PasswordHash((passwords.Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1),))
    monkeypatch.setattr(passwords, "HASH", stronger)

    sign_in(database, NIA, PASSWORD, device=HERE, at=now)

    with database.reading() as db:
        assert "m=16,t=2" in db.get_one(Person, nia.person_id).password_hash


def test_nia_changes_her_password_and_stays_where_she_is(database, now):
    nia = somebody(database, NIA, at=now)
    here = sign_in(database, NIA, PASSWORD, device=HERE, at=now)
    there = sign_in(database, NIA, PASSWORD, device=ELSEWHERE, at=now)
    with database.reading() as db:
        keep = caller_by_session(db, hash_of(here), at=now).sign_in_id

    change_password(database, PASSWORD, OTHER_PASSWORD, common=COMMON, keep=keep, by=nia, at=now)

    with database.reading() as db:
        assert caller_by_session(db, hash_of(here), at=now) is not None
        assert caller_by_session(db, hash_of(there), at=now) is None


def test_nobody_changes_a_password_without_the_present_one(database, now):
    nia = somebody(database, NIA, at=now)

    with pytest.raises(Invalid, match="not your password"):
        change_password(database, "a guess at it", OTHER_PASSWORD, common=COMMON, keep=None, by=nia, at=now)

    assert sign_in(database, NIA, PASSWORD, device=HERE, at=now)


@given(st.text(max_size=60))
def test_anything_may_be_typed_as_a_password(typed):
    assert passwords.belongs(typed, "not a hash at all") is False
