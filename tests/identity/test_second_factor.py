"""A second factor: asked for after every right first one, used once, and never skipped by another way in."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from marketplace.identity.actions.attempts import TooMany
from marketplace.identity.actions.confirming import confirm_by_typing
from marketplace.identity.actions.credentials import reset_password
from marketplace.identity.actions.demands import demand_no_second_factor, demand_second_factor
from marketplace.identity.actions.factors import (
    add_code_app,
    make_recovery_codes,
    offer_codes,
    offered,
    remove_all_factors,
    remove_code_app,
)
from marketplace.identity.actions.second_step import Half, finish_with_code
from marketplace.identity.actions.secrets import hash_of
from marketplace.identity.actions.signing_in import sign_in
from marketplace.identity.actions.tokens import make_token
from marketplace.identity.models import CodeApp, Notice, Organisation, Person, RecoveryCode, SignIn
from marketplace.identity.policies import CLOCK, Actor
from marketplace.identity.queries import caller_by_session, caller_by_token
from marketplace.identity.rules.codes import code_of, step_at
from marketplace.identity.subscribers import (
    tells_of_demand,
    tells_of_factor_added,
    tells_of_factor_removed,
    tells_of_misses,
    tells_of_recovery_used,
)
from marketplace.kit.db import Database
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.jobs import drain
from tests.cast import an_actor, recorded
from tests.identity.people import ELSEWHERE, HERE, NIA, OTHER_PASSWORD, PASSWORD, a_reset_link, somebody, with_password

pytestmark = pytest.mark.usefixtures("quick_passwords")
KEY = b"the key of the tests"
LATER = timedelta(minutes=1)


def caller(database: Database, secret: str, *, at):
    with database.reading() as db:
        return caller_by_session(db, hash_of(secret), at=at)


def with_app(database: Database, nia: Actor, *, at) -> tuple[bytes, list[str]]:
    """Nia has an app for codes: its secret, and her recovery codes."""
    session = sign_in(database, NIA, PASSWORD, device=HERE, at=at)
    shared, offer = offer_codes(KEY, nia.person_id)
    with database.writing() as db:
        mine = caller_by_session(db, hash_of(session), at=at).sign_in_id
        code = code_of(shared, step_at(at))
        return shared, add_code_app(db, KEY, offer=offer, code=code, by=nia, sign_in_id=mine, at=at)


def half(database: Database, *, at) -> str:
    got = sign_in(database, NIA, PASSWORD, device=HERE, at=at)
    assert isinstance(got, Half)
    return got.secret


def finish(database: Database, secret: str, code: str, *, at, device=HERE) -> str:
    return finish_with_code(database, KEY, secret, code, device=device, leaving=None, at=at)


@pytest.fixture
def nia(database, now):
    return somebody(database, NIA, at=now)


@pytest.fixture
def shared(database, nia, now):
    """The secret that Nia shares with her app."""
    return with_app(database, nia, at=now)[0]


def told(database: Database, *, at) -> list[str]:
    """What people were told, once the worker has run."""
    by_event = {
        "SecondFactorAdded": tells_of_factor_added, "SecondFactorRemoved": tells_of_factor_removed,
        "SecondFactorMissed": tells_of_misses, "RecoveryCodeUsed": tells_of_recovery_used,
        "SecondFactorDemanded": tells_of_demand,
    }  # fmt: skip
    drain(database, {f"identity.{name}": [("tell", each)] for name, each in by_event.items()}, clock=lambda: at)
    with database.reading() as db:
        return list(db.scalars(select(Notice.title).order_by(Notice.id)))


def test_a_right_password_opens_nothing_until_the_code_was_given(database, shared, now):
    at = now + LATER
    secret = half(database, at=at)
    assert caller(database, secret, at=at) is None

    session = finish(database, secret, code_of(shared, step_at(at)), at=at)

    assert caller(database, session, at=at).actor.person_name == "Nia Rees"
    with database.reading() as db:
        assert db.scalars(select(SignIn).where(SignIn.token_hash == hash_of(session))).one().second_factor == "code"


def test_the_secret_is_sealed_at_rest_and_recovery_codes_are_fingerprints(database, nia, now):
    shared, codes = with_app(database, nia, at=now)

    with database.reading() as db:
        kept = db.scalars(select(CodeApp)).one().sealed
        fingerprints = set(db.scalars(select(RecoveryCode.fingerprint)))
    assert shared.hex() not in kept
    assert shared not in kept.encode()
    assert len(codes) == len(set(codes)) == len(fingerprints) == 10
    assert not fingerprints & set(codes)


def test_a_code_works_once(database, shared, now):
    at = now + LATER
    code = code_of(shared, step_at(at))
    finish(database, half(database, at=at), code, at=at)

    with pytest.raises(Invalid, match="used already"):
        finish(database, half(database, at=at), code, at=at)


def test_the_code_that_set_it_up_signs_nobody_in(database, shared, now):
    with pytest.raises(Invalid):
        finish(database, half(database, at=now), code_of(shared, step_at(now)), at=now)


def test_a_code_of_before_is_refused_once_a_later_one_was_used(database, shared, now):
    at = now + LATER
    finish(database, half(database, at=at), code_of(shared, step_at(at)), at=at)

    with pytest.raises(Invalid):
        finish(database, half(database, at=at), code_of(shared, step_at(at) - 1), at=at)


def together(database: Database, codes: list[str], *, at) -> list[str]:
    """What becomes of sign-ins that are finished at the same moment."""
    halves = [half(database, at=at) for _ in codes]
    ends, gate = [], Barrier(len(codes))

    def run(secret: str, code: str) -> None:
        gate.wait()
        try:
            finish(database, secret, code, at=at)
            ends.append("in")
        except Invalid:
            ends.append("refused")

    threads = [Thread(target=run, args=pair) for pair in zip(halves, codes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_of_several_who_send_the_same_code_at_once_one_gets_in(database, nia, now):
    shared, codes = with_app(database, nia, at=now)
    at = now + LATER

    assert together(database, [code_of(shared, step_at(at))] * 3, at=at) == ["in", "refused", "refused"]
    assert together(database, [codes[0]] * 3, at=at) == ["in", "refused", "refused"]


def test_a_recovery_code_works_once_in_any_case_and_its_owner_is_told(database, nia, now):
    _, codes = with_app(database, nia, at=now)
    session = finish(database, half(database, at=now), codes[0].upper().replace("-", " "), at=now)
    assert caller(database, session, at=now) is not None

    with pytest.raises(Invalid):
        finish(database, half(database, at=now), codes[0], at=now)

    titles = told(database, at=now)
    assert "A recovery code was used for your account" in titles
    assert "An app for one-time codes was added to your account" in titles


def test_somebody_elses_recovery_code_opens_nothing(database, shared, now):
    tom = somebody(database, "tom@calder.nhs.uk", at=now, name="Tom Bevan")
    _, offer = offer_codes(KEY, tom.person_id)
    with database.writing() as db:
        toms = offered(KEY, tom.person_id, offer)
        codes = add_code_app(db, KEY, offer=offer, code=code_of(toms, step_at(now)), by=tom, sign_in_id=tom.person_id, at=now)

    with pytest.raises(Invalid):
        finish(database, half(database, at=now), codes[0], at=now)


def test_new_recovery_codes_replace_those_of_before(database, nia, now):
    _, before = with_app(database, nia, at=now)
    with database.writing() as db:
        after = make_recovery_codes(db, KEY, by=nia, at=now)

    assert not set(before) & set(after)
    with pytest.raises(Invalid):
        finish(database, half(database, at=now), before[0], at=now)
    finish(database, half(database, at=now), after[0], at=now)


def test_guessing_is_counted_slowed_and_told(database, shared, now):
    at = now + LATER
    secret = half(database, at=at)
    for guess in range(10):
        with pytest.raises(Invalid):
            finish(database, secret, f"{guess:06}", at=at)

    with pytest.raises(TooMany):
        finish(database, secret, code_of(shared, step_at(at)), at=at)

    assert "Somebody who may know your password tried to sign in as you" in told(database, at=at)
    session = finish(database, half(database, at=at), code_of(shared, step_at(at)), at=at, device=ELSEWHERE)
    assert caller(database, session, at=at) is not None


def test_half_a_sign_in_lasts_ten_minutes_and_is_finished_once(database, nia, now):
    _, codes = with_app(database, nia, at=now)
    secret = half(database, at=now)
    with pytest.raises(NotFound):
        finish(database, secret, codes[0], at=now + timedelta(minutes=10))

    finish(database, secret, codes[0], at=now)

    with pytest.raises(NotFound):
        finish(database, secret, codes[1], at=now)
    with pytest.raises(NotFound):
        finish(database, "nonsense", codes[1], at=now)


def test_a_new_password_by_mail_does_not_skip_the_second_factor(database, shared, now):
    waiting = half(database, at=now)
    reset_password(database, a_reset_link(database, at=now), OTHER_PASSWORD, common=frozenset(), at=now)

    got = sign_in(database, NIA, OTHER_PASSWORD, device=HERE, at=now)

    assert isinstance(got, Half)
    with pytest.raises(NotFound):
        finish(database, waiting, code_of(shared, step_at(now) + 1), at=now)


def test_a_wrong_first_code_sets_nothing_up(database, nia, now):
    _, offer = offer_codes(KEY, nia.person_id)
    with pytest.raises(Invalid) as wrong, database.writing() as db:
        add_code_app(db, KEY, offer=offer, code="000000", by=nia, sign_in_id=nia.person_id, at=now)
    assert "code" in wrong.value.fields

    assert isinstance(sign_in(database, NIA, PASSWORD, device=HERE, at=now), str)


def test_a_secret_offered_to_somebody_else_is_refused(database, nia, now):
    tom = somebody(database, "tom@calder.nhs.uk", at=now, name="Tom Bevan")
    shared, offer = offer_codes(KEY, tom.person_id)

    with pytest.raises(Conflict), database.writing() as db:
        add_code_app(db, KEY, offer=offer, code=code_of(shared, step_at(now)), by=nia, sign_in_id=nia.person_id, at=now)


def test_removing_the_app_ends_its_recovery_codes_and_is_told(database, nia, shared, now):
    with database.writing() as db:
        remove_code_app(db, by=nia, at=now)

    assert isinstance(sign_in(database, NIA, PASSWORD, device=HERE, at=now), str)
    with database.reading() as db:
        assert db.scalars(select(RecoveryCode)).all() == []
    assert "An app for one-time codes was removed from your account" in told(database, at=now)


def test_whoever_lost_everything_is_helped_by_the_operator_with_a_reason(database, nia, shared, now):
    with pytest.raises(NotAllowed), database.writing() as db:
        remove_all_factors(db, db.get_one(Person, nia.person_id), reason="Mine", by=nia, at=now)
    with pytest.raises(Invalid), database.writing() as db:
        remove_all_factors(db, db.get_one(Person, nia.person_id), reason=" ", by=CLOCK, at=now)

    with database.writing() as db:
        remove_all_factors(db, db.get_one(Person, nia.person_id), reason="Seen in person", by=CLOCK, at=now)

    assert isinstance(sign_in(database, NIA, PASSWORD, device=HERE, at=now), str)
    with database.reading() as db:
        assert "SecondFactorRemoved" in recorded(db, about=nia.person_id)


def test_a_proof_asks_for_the_password_and_the_code(database, nia, shared, now):
    at = now + LATER
    session = finish(database, half(database, at=at), code_of(shared, step_at(at)), at=at)
    later = at + timedelta(minutes=20)
    mine = caller(database, session, at=later)
    given = {"sign_in_id": mine.sign_in_id, "address": HERE.address, "by": nia, "at": later}
    code = code_of(shared, step_at(later))
    for password, typed in ((OTHER_PASSWORD, code), (PASSWORD, ""), (PASSWORD, "000000")):
        with pytest.raises(Invalid):
            confirm_by_typing(database, KEY, password=password, code=typed, **given)
    assert caller(database, session, at=later).confirmed_at == at

    confirm_by_typing(database, KEY, password=PASSWORD, code=code, **given)

    assert caller(database, session, at=later).confirmed_at == later


def demanded(db, buyer, *, at, days: int = 7) -> Organisation:
    """Ashdown asks for a second factor in so many days; Grace, who asks, has one herself."""
    organisation = db.get_one(Organisation, buyer.organisation_id)
    shared, offer = offer_codes(KEY, buyer.person_id)
    add_code_app(db, KEY, offer=offer, code=code_of(shared, step_at(at)), by=buyer, sign_in_id=buyer.person_id, at=at)
    demand_second_factor(db, organisation, at.date() + timedelta(days=days), by=buyer, at=at)
    return organisation


def a_session(db, actor, *, at, second_factor: str = "") -> str:
    from_here = SignIn(
        id=actor.person_id, token_hash=hash_of(f"session of {actor.person_id}"), person_id=actor.person_id,
        organisation_id=actor.organisation_id, csrf_secret="x", authenticated_at=at, seen_at=at,
        second_factor=second_factor,
    )  # fmt: skip
    db.add(from_here)
    return from_here.token_hash


def test_from_its_day_on_a_password_alone_acts_for_nobody_there(db, buyer, colleague, now):
    demanded(db, buyer, at=now)
    session = a_session(db, colleague, at=now)
    assert caller_by_session(db, session, at=now).actor.organisation_id == buyer.organisation_id

    db.get_one(SignIn, colleague.person_id).authenticated_at = then = now + timedelta(days=7)
    db.get_one(SignIn, colleague.person_id).seen_at = then
    db.flush()
    held = caller_by_session(db, session, at=then)

    assert (held.actor.organisation_id, held.actor.permissions) == (None, frozenset())
    assert held.held_back == "Ashdown Hospitals NHS Trust"
    db.get_one(SignIn, colleague.person_id).second_factor = "passkey"
    db.flush()
    assert caller_by_session(db, session, at=then).actor.organisation_id == buyer.organisation_id


def test_tokens_of_whoever_has_none_stop_too_and_those_of_others_go_on(db, buyer, colleague, now):
    last = now.date() + timedelta(days=90)
    _, weak = make_token(db, name="x", scopes=["project:read"], expires_on=last, by=colleague, at=now)
    _, strong = make_token(db, name="y", scopes=["project:read"], expires_on=last, by=buyer, at=now)
    demanded(db, buyer, at=now)
    then = now + timedelta(days=8)

    with pytest.raises(NotAllowed, match="asks for a second factor"):
        caller_by_token(db, hash_of(weak), at=then)

    assert caller_by_token(db, hash_of(weak), at=now) is not None
    assert caller_by_token(db, hash_of(strong), at=then) is not None


def test_whoever_asks_for_it_has_one_and_gives_time(db, buyer, colleague, now):
    organisation = db.get_one(Organisation, buyer.organisation_id)
    with pytest.raises(Conflict, match="no second factor yourself"):
        demand_second_factor(db, organisation, now.date(), by=buyer, at=now)
    with pytest.raises(NotAllowed):
        demand_second_factor(db, organisation, now.date(), by=colleague, at=now)
    for days in (-1, 181):
        with pytest.raises(Invalid) as wrong:
            demand_second_factor(db, organisation, now.date() + timedelta(days=days), by=buyer, at=now)
        assert "since" in wrong.value.fields


def test_members_without_one_are_told_and_the_demand_can_be_taken_back(database, db, buyer, colleague, now):
    organisation = demanded(db, buyer, at=now)
    db.commit()
    told(database, at=now)
    with database.reading() as reading:
        ask = Notice.title == "Ashdown Hospitals NHS Trust asks for a second factor from 1 December 2026"
        assert reading.scalars(select(Notice.person_id).where(ask)).all() == [colleague.person_id]

    demand_no_second_factor(db, organisation, by=buyer, at=now)

    session = a_session(db, colleague, at=now)
    db.flush()
    assert caller_by_session(db, session, at=now).held_back == ""


def test_people_of_the_demonstration_stay_one_click_away(db, buyer, now):
    invented = an_actor(db, "Invented One", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)
    person = with_password(db, invented.person_id)
    person.is_demonstration = True
    demanded(db, buyer, at=now, days=0)
    session = a_session(db, invented, at=now)
    db.flush()

    assert caller_by_session(db, session, at=now).held_back == ""
    _, offer = offer_codes(KEY, invented.person_id)
    with pytest.raises(NotAllowed):
        add_code_app(db, KEY, offer=offer, code="000000", by=invented, sign_in_id=invented.person_id, at=now)
