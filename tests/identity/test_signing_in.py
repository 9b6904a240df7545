"""Signing in: the same for strangers, counted before it is computed, and never a way to lock somebody out."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import event, func, select

from marketplace.identity.actions import passwords
from marketplace.identity.actions.attempts import TooMany
from marketplace.identity.actions.people import disable_person
from marketplace.identity.actions.secrets import hash_of, new_secret
from marketplace.identity.actions.sessions import Device, act_for, end_other_sessions, end_session, touch
from marketplace.identity.actions.signing_in import confirm_password, sign_in
from marketplace.identity.models import Attempts, Person, SignIn
from marketplace.identity.policies import CLOCK
from marketplace.identity.queries import caller_by_session
from marketplace.kit.db import Database
from marketplace.kit.errors import Conflict, Invalid, NotFound, Refusal
from tests.cast import recorded
from tests.identity.people import ELSEWHERE, HERE, OTHER_PASSWORD, PASSWORD, QUICK, somebody, with_password

pytestmark = pytest.mark.usefixtures("quick_passwords")
NIA = "nia.rees@ashdown.nhs.uk"


def refusal_of(database: Database, email: str, password: str, *, at: datetime, device: Device = HERE) -> Refusal:
    with pytest.raises(Refusal) as caught:
        sign_in(database, email, password, device=device, at=at)
    return caught.value


def caller(database: Database, secret: str, *, at: datetime):
    with database.reading() as db:
        return caller_by_session(db, hash_of(secret), at=at)


def test_nia_signs_in_with_her_address_in_any_case(database, now):
    nia = somebody(database, NIA, at=now)

    secret = sign_in(database, "  Nia.Rees@Ashdown.NHS.uk ", PASSWORD, device=HERE, at=now)

    assert caller(database, secret, at=now).actor.person_id == nia.person_id
    with database.reading() as db:
        assert recorded(db, about=nia.person_id) == ["PersonAdded", "SignedIn"]


def test_the_database_holds_the_hash_of_the_secret_alone(database, now):
    somebody(database, NIA, at=now)

    secret = sign_in(database, NIA, PASSWORD, device=HERE, at=now)

    with database.reading() as db:
        kept = db.scalars(select(SignIn)).one()
    assert kept.token_hash == hash_of(secret) != secret
    assert len(secret) >= 43
    assert secret not in repr(vars(kept))


def test_each_sign_in_has_a_secret_of_its_own_and_ends_the_session_it_replaces(database, now):
    somebody(database, NIA, at=now)
    first = sign_in(database, NIA, PASSWORD, device=HERE, at=now)
    leaving = caller(database, first, at=now).sign_in_id

    second = sign_in(database, NIA, PASSWORD, device=HERE, at=now, leaving=leaving)

    assert second != first
    assert caller(database, first, at=now) is None
    assert caller(database, second, at=now) is not None


def test_another_persons_session_in_the_same_browser_ends_too(database, now):
    somebody(database, NIA, at=now)
    somebody(database, "tom@calder.nhs.uk", at=now, name="Tom Bevan")
    toms = sign_in(database, "tom@calder.nhs.uk", PASSWORD, device=HERE, at=now)

    sign_in(database, NIA, PASSWORD, device=HERE, at=now, leaving=caller(database, toms, at=now).sign_in_id)

    assert caller(database, toms, at=now) is None


def test_an_unknown_address_a_wrong_password_and_a_disabled_person_hear_the_same(database, now):
    somebody(database, NIA, at=now)
    gone = somebody(database, "gone@ashdown.nhs.uk", at=now, name="Gone Away")
    with database.writing() as db:
        disable_person(db, db.get_one(Person, gone.person_id), reason="left", by=CLOCK, at=now)

    refusals = [
        refusal_of(database, NIA, OTHER_PASSWORD, at=now),
        refusal_of(database, "nobody@ashdown.nhs.uk", PASSWORD, at=now),
        refusal_of(database, "gone@ashdown.nhs.uk", PASSWORD, at=now),
        refusal_of(database, "not an address", "", at=now),
    ]

    assert {type(refusal) for refusal in refusals} == {Invalid}
    assert len({(refusal.fact, refusal.hint, str(refusal.fields)) for refusal in refusals}) == 1


def test_the_same_work_is_done_for_a_known_and_an_unknown_address(database, now, monkeypatch):
    somebody(database, NIA, at=now)
    work: list[str] = []
    verify = passwords.HASH.verify
    monkeypatch.setattr(QUICK, "verify", lambda *given: (work.append("verify"), verify(*given))[1])
    event.listen(database.writer, "before_cursor_execute", lambda *given: work.append(given[2]))
    event.listen(database.reader, "before_cursor_execute", lambda *given: work.append(given[2]))

    refusal_of(database, NIA, OTHER_PASSWORD, at=now)
    known, work[:] = list(work), []
    refusal_of(database, "nobody@ashdown.nhs.uk", OTHER_PASSWORD, at=now)

    assert known.count("verify") == 1
    assert work == known


def test_a_stranger_who_guesses_at_nia_does_not_keep_her_out(database, now):
    somebody(database, NIA, at=now)
    sign_in(database, NIA, PASSWORD, device=HERE, at=now)
    for host in range(4):
        for _ in range(10):
            refusal_of(database, NIA, OTHER_PASSWORD, at=now, device=Device("", f"198.51.100.{host}"))

    assert isinstance(refusal_of(database, NIA, PASSWORD, at=now, device=ELSEWHERE), TooMany)
    assert sign_in(database, NIA, PASSWORD, device=HERE, at=now)


def test_a_guesser_waits_for_the_next_window_and_is_told_how_long(database, now):
    somebody(database, NIA, at=now)
    for _ in range(10):
        refusal_of(database, NIA, OTHER_PASSWORD, at=now)

    slowed = refusal_of(database, NIA, PASSWORD, at=now)

    assert isinstance(slowed, TooMany)
    assert slowed.hint == "Try again in 15 minutes."
    assert sign_in(database, NIA, PASSWORD, device=HERE, at=now + timedelta(minutes=15))


def test_spraying_many_accounts_from_one_ipv6_network_is_slowed(database, now):
    tries = [
        refusal_of(database, f"person{n}@ashdown.nhs.uk", PASSWORD, at=now, device=Device("", f"2001:db8::{n:x}"))
        for n in range(101)
    ]

    assert [isinstance(refusal, TooMany) for refusal in tries] == [False] * 100 + [True]
    other = refusal_of(database, "person1@ashdown.nhs.uk", "", at=now, device=Device("", "2001:db8:0:1::1"))
    assert not isinstance(other, TooMany)


def test_signing_in_rightly_uses_up_nothing(database, now):
    somebody(database, NIA, at=now)

    for _ in range(12):
        sign_in(database, NIA, PASSWORD, device=HERE, at=now)

    with database.reading() as db:
        assert db.scalar(select(func.sum(Attempts.count))) == 0


def test_tries_in_parallel_are_all_counted(either_database, now):
    somebody(either_database, NIA, at=now)
    start, heard = Barrier(6), []

    def guess() -> None:
        start.wait()
        heard.extend(refusal_of(either_database, NIA, OTHER_PASSWORD, at=now) for _ in range(4))

    threads = [Thread(target=guess) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    computed = [refusal for refusal in heard if isinstance(refusal, Invalid)]
    assert len(heard) == 24
    assert len(computed) == 10


def test_what_was_typed_as_an_address_is_not_kept(database, now):
    refusal_of(database, "my password in the wrong field", "", at=now)

    with database.reading() as db:
        assert not [key for key in db.scalars(select(Attempts.key)) if "password" in key.split(":")[1]]


def test_a_crowd_is_sent_away_instead_of_taking_every_thread(database, now, monkeypatch):
    somebody(database, NIA, at=now)
    for _ in range(passwords.AT_ONCE + passwords.WAITING):
        passwords._queue.acquire()
    try:
        with pytest.raises(Conflict, match="many people are signing in"):
            sign_in(database, NIA, PASSWORD, device=HERE, at=now)
    finally:
        for _ in range(passwords.AT_ONCE + passwords.WAITING):
            passwords._queue.release()
    assert sign_in(database, NIA, PASSWORD, device=HERE, at=now)


def test_a_disabled_person_is_out_at_the_next_request(database, now):
    nia = somebody(database, NIA, at=now)
    secret = sign_in(database, NIA, PASSWORD, device=HERE, at=now)

    with database.writing() as db:
        disable_person(db, db.get_one(Person, nia.person_id), reason="left", by=CLOCK, at=now)

    assert caller(database, secret, at=now) is None


def test_a_session_ends_after_half_an_hour_unused_and_after_twelve_hours_anyway(database, now):
    somebody(database, NIA, at=now)
    secret = sign_in(database, NIA, PASSWORD, device=HERE, at=now)
    assert caller(database, secret, at=now + timedelta(minutes=29))
    assert caller(database, secret, at=now + timedelta(minutes=31)) is None

    for quarter in range(1, 48):
        at = now + quarter * timedelta(minutes=15)
        with database.writing() as db:
            touch(db, caller(database, secret, at=at).sign_in_id, at=at)

    assert caller(database, secret, at=now + timedelta(hours=12, minutes=1)) is None


def test_a_clock_that_is_set_back_does_not_shorten_a_session(database, now):
    somebody(database, NIA, at=now)
    secret = sign_in(database, NIA, PASSWORD, device=HERE, at=now)

    with database.writing() as db:
        touch(db, caller(database, secret, at=now).sign_in_id, at=now - timedelta(hours=1))

    assert caller(database, secret, at=now + timedelta(minutes=20)) is not None


def test_nia_ends_her_other_sessions_and_nobody_elses(database, now):
    nia = somebody(database, NIA, at=now)
    somebody(database, "tom@calder.nhs.uk", at=now, name="Tom Bevan")
    here = sign_in(database, NIA, PASSWORD, device=HERE, at=now)
    there = sign_in(database, NIA, PASSWORD, device=ELSEWHERE, at=now)
    toms = sign_in(database, "tom@calder.nhs.uk", PASSWORD, device=HERE, at=now)

    with database.writing() as db:
        ended = end_other_sessions(db, keep=caller(database, here, at=now).sign_in_id, by=nia, at=now)

    assert ended == 1
    assert [bool(caller(database, secret, at=now)) for secret in (here, there, toms)] == [True, False, True]


def test_nobody_ends_a_strangers_session(database, now):
    nia = somebody(database, NIA, at=now)
    somebody(database, "tom@calder.nhs.uk", at=now, name="Tom Bevan")
    toms = sign_in(database, "tom@calder.nhs.uk", PASSWORD, device=HERE, at=now)

    with pytest.raises(NotFound), database.writing() as db:
        end_session(db, caller(database, toms, at=now).sign_in_id, by=nia, at=now)

    assert caller(database, toms, at=now) is not None


def test_grace_acts_for_one_organisation_at_a_time_and_older_forms_die(database, db, buyer, lumen, now):
    grace = with_password(db, buyer.person_id)
    email, ashdown = grace.email, buyer.organisation_ref
    db.commit()
    secret = sign_in(database, email, PASSWORD, device=HERE, at=now)
    before = caller(database, secret, at=now)
    assert before.actor.organisation_ref == ashdown

    with database.writing() as writing:
        act_for(writing, before.sign_in_id, ashdown, by=before.actor, at=now)
    after = caller(database, secret, at=now)

    assert after.csrf_secret != before.csrf_secret
    with pytest.raises(NotFound), database.writing() as writing:
        act_for(writing, before.sign_in_id, lumen.organisation_ref, by=before.actor, at=now)


def test_a_stolen_session_does_not_guess_the_password_for_long(database, now):
    nia = somebody(database, NIA, at=now)
    for _ in range(10):
        with pytest.raises(Invalid, match="not your password"):
            confirm_password(database, OTHER_PASSWORD, by=nia, at=now)

    with pytest.raises(TooMany):
        confirm_password(database, PASSWORD, by=nia, at=now)


def test_ten_thousand_secrets_are_long_and_never_repeat():
    from_one_source = {new_secret() for _ in range(10_000)}

    assert len(from_one_source) == 10_000
    assert min(map(len, from_one_source)) >= 43
