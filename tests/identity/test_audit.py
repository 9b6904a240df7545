"""What happened in my organisation, in sentences; and the pure rules of counting and naming."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.identity import events
from marketplace.identity.actions.members import end_membership
from marketplace.identity.actions.roles import give_role
from marketplace.identity.policies import Actor
from marketplace.identity.queries.audit import SENTENCES, sentence, trail_of
from marketplace.identity.rules.attempts import QUARTER, Limit, in_words, network_of, wait, window_start
from marketplace.identity.rules.delegation import limit_of_deputy
from marketplace.identity.rules.notices import CHOICES, NOTICE_KINDS, NOW, mailed
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.events import KNOWN
from marketplace.kit.record import record
from tests.cast import an_actor
from tests.identity.people import membership

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def test_grace_reads_what_was_done_for_ashdown_and_nothing_of_calder(db, buyer, other_buyer, colleague, now):
    give_role(db, membership(db, colleague), "approver", limit=5_000_00, until=None, by=buyer, at=now)
    stranger = membership(db, an_actor(db, "Ann Lee", "Calder Valley NHS Trust", "trust", at=now))
    give_role(db, stranger, "buyer", limit=None, until=None, by=other_buyer, at=now)
    db.flush()

    trail = trail_of(db, by=buyer)

    assert [(line.who, line.what) for line in trail.happenings] == [
        ("Grace Okafor", "gave Sam Adeyemi the role approver, limit £5,000.00")
    ]


def test_only_whoever_may_audit_reads_the_trail(db, colleague):
    with pytest.raises(NotAllowed):
        trail_of(db, by=colleague)


def test_the_trail_is_read_page_by_page(db, buyer, colleague, now):
    for minute, pence in enumerate((100, 200, 300)):
        at = now + timedelta(minutes=minute)
        give_role(db, membership(db, colleague), "approver", limit=pence, until=None, by=buyer, at=at)
    db.flush()

    first = trail_of(db, by=buyer, size=2)
    second = trail_of(db, by=buyer, after=first.next, size=2)

    assert [len(page.happenings) for page in (first, second)] == [2, 1]
    assert second.next is None
    assert "£1.00" in second.happenings[0].what
    with pytest.raises(Invalid):
        trail_of(db, by=buyer, after="garbage")


def test_what_others_do_to_the_organisation_names_for_whom_they_acted(db, buyer, other_buyer, now):
    outside = Actor(other_buyer.person_id, other_buyer.organisation_id, frozenset())
    from_outside = events.OrganisationChanged(organisation_id=buyer.organisation_id, fields=["about"])
    record(db, from_outside, by=outside, at=now)
    db.flush()

    (line,) = trail_of(db, by=buyer).happenings

    assert (line.who, line.for_whom) == ("Tom Bevan", "Calder Valley NHS Trust")


def test_every_event_of_identity_that_an_organisation_sees_has_a_sentence():
    unseen = {"PersonAdded", "SignUpAsked", "PasswordResetAsked", "PersonDisabled", "PersonEnabled", "PersonTold"}
    ours = {name.rpartition(".")[2] for name in KNOWN if name.startswith("identity.")}

    assert {name for name in ours - unseen if name[0] != "_"} == {name for name in SENTENCES if " " not in name}


def test_what_people_do_to_themselves_reads_so(db, buyer, colleague, now):
    end_membership(db, membership(db, colleague), reason="Moved on", by=colleague, at=now)
    db.flush()

    assert trail_of(db, by=buyer).happenings[0].line == "Sam Adeyemi left: Moved on"


def test_an_event_of_another_room_is_told_by_its_own_name():
    assert sentence("ListingSuspended", {"product_id": "x", "reason": "recalled"}, {}) == "listing suspended: recalled"


@given(MOMENTS, st.integers(1, 86_400))
def test_a_window_ends_after_now_and_waits_at_most_its_length(at, seconds):
    limit = Limit("x", 1, timedelta(seconds=seconds))

    assert window_start(limit, at) <= at < window_start(limit, at) + limit.window
    assert timedelta(0) < wait(limit, at) <= limit.window
    assert window_start(limit, at + wait(limit, at)) == window_start(limit, at) + limit.window


def test_a_wait_is_told_so_that_nobody_comes_too_early():
    told = [in_words(timedelta(seconds=seconds)) for seconds in (0.2, 1, 59.5, 89, 90, 121, 900)]

    assert told == ["1 second", "1 second", "60 seconds", "89 seconds", "2 minutes", "3 minutes", "15 minutes"]
    assert wait(Limit("x", 1, QUARTER), datetime(2026, 11, 24, 10, 44, 59, tzinfo=UTC)) == timedelta(seconds=1)


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**64 - 1))
def test_an_ipv6_network_is_one_whatever_the_host(network, host):
    one, other = IPv6Address(network), IPv6Address(network >> 64 << 64 | host)
    if one.ipv4_mapped is None and other.ipv4_mapped is None:
        assert network_of(str(one)) == network_of(str(other))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        ("1.2.3.4\r\nBcc: x", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_network_is_read_from_an_address_or_is_unknown(address, network):
    assert network_of(address) == network


@given(st.none() | st.integers(1, 10**9), st.none() | st.integers(1, 10**9))
def test_a_deputy_never_has_more_than_the_holder(asked, own):
    try:
        given_to_deputy = limit_of_deputy(asked, own=own)
    except Invalid:
        assert own is not None
        assert asked > own
    else:
        assert own is None or given_to_deputy <= own
        assert asked is None or given_to_deputy == asked


@given(st.sampled_from(sorted(NOTICE_KINDS)), st.none() | st.sampled_from(sorted(CHOICES)))
def test_security_is_mailed_at_once_whatever_was_chosen(kind, chosen):
    assert mailed(kind, chosen) == NOW if NOTICE_KINDS[kind].is_security else mailed(kind, chosen) in CHOICES
