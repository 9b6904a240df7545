"""Notices: on the desk always, by mail as each person wishes, and never twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.identity.actions.digests import send_digests
from marketplace.identity.actions.invitations import invite
from marketplace.identity.actions.members import approve_join, ask_to_join, end_membership, refuse_join
from marketplace.identity.actions.notices import mark_all_read, mark_read, prefer, tell
from marketplace.identity.actions.organisations import register_supplier
from marketplace.identity.actions.roles import give_role, name_deputy, take_role
from marketplace.identity.actions.tokens import make_token
from marketplace.identity.models import Notice, Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries.notices import notices_of, unread_notices, wishes_of
from marketplace.identity.schemas import Details
from marketplace.identity.subscribers import (
    mails_invitation,
    mails_notice,
    tells_of_deputy,
    tells_of_end,
    tells_of_join_asked,
    tells_of_join_refused,
    tells_of_look_alike,
    tells_of_new_member,
    tells_of_password,
    tells_of_role_given,
    tells_of_role_taken,
    tells_of_token,
)
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.jobs import drain
from tests.cast import a_person
from tests.identity.people import Box, a_post, membership

TELLS = {
    "DeputyNamed": tells_of_deputy,
    "JoinAsked": tells_of_join_asked,
    "JoinRefused": tells_of_join_refused,
    "MemberJoined": tells_of_new_member,
    "MembershipEnded": tells_of_end,
    "OrganisationRegistered": tells_of_look_alike,
    "PasswordChanged": tells_of_password,
    "RoleGiven": tells_of_role_given,
    "RoleTaken": tells_of_role_taken,
    "TokenMade": tells_of_token,
}


def told(db, actor: Actor, *, kind: str, now, key: str = "one", title: str = "Lumen Scribe was published") -> int:
    return tell(db, [actor.person_id], kind=kind, title=title, body="", path="/x", key=key, at=now)


def titles(db, actor: Actor) -> list[str]:
    return [notice.title for notice in notices_of(db, actor.person_id).items]


def heard(database, now) -> Box:
    """Everything that waits is heard, as the worker does it; returns the mails that went out."""
    box = Box()
    subscribers = {f"identity.{name}": [("tells", function)] for name, function in TELLS.items()}
    subscribers["identity.PersonTold"] = [("mails", mails_notice(a_post(box)))]
    subscribers["identity.MemberInvited"] = [("mails", mails_invitation(a_post(box)))]
    drain(database, subscribers, clock=lambda: now)
    return box


def test_nobody_is_told_the_same_twice(db, lumen, now):
    assert told(db, lumen, kind="listing", now=now) == 1
    db.flush()
    assert told(db, lumen, kind="listing", now=now) == 0
    assert told(db, lumen, kind="listing", now=now, key="another") == 1

    assert unread_notices(db, lumen.person_id) == 2


def test_a_kind_that_nobody_can_choose_is_a_fault_of_ours(db, lumen, now):
    with pytest.raises(LookupError):
        told(db, lumen, kind="gossip", now=now)


def test_a_notice_is_mailed_at_once_unless_its_reader_wants_otherwise(database, db, lumen, rival, now):
    prefer(db, "listing", "off", by=rival)
    for actor in (lumen, rival):
        told(db, actor, kind="listing", now=now)
    db.commit()

    box = heard(database, now)

    assert [(message.to, message.kind) for message in box.sent] == [("priya.raman@example.org", "digest")]
    assert heard(database, now).sent == []
    assert titles(db, rival) == ["Lumen Scribe was published"]


def test_mails_about_security_cannot_be_switched_off(db, lumen):
    for choice in ("off", "digest"):
        with pytest.raises(Invalid, match="cannot be switched off"):
            prefer(db, "security", choice, by=lumen)
    for kind, choice in (("gossip", "now"), ("listing", "hourly")):
        with pytest.raises(Invalid, match="is not a way to hear of"):
            prefer(db, kind, choice, by=lumen)

    prefer(db, "listing", "digest", by=lumen)
    prefer(db, "listing", "off", by=lumen)

    wishes = {wish.kind.key: wish.mail for wish in wishes_of(db, lumen.person_id)}
    assert (wishes["security"], wishes["listing"], wishes["follow"]) == ("now", "off", "digest")


def test_one_mail_a_day_holds_what_was_not_read_and_nothing_twice(database, db, lumen, rival, now):
    for number in range(3):
        told(db, lumen, kind="follow", now=now, key=str(number), title=f"News {number}")
    told(db, lumen, kind="listing", now=now)
    told(db, rival, kind="listing", now=now)
    mark_read(db, db.scalars(select(Notice).where(Notice.title == "News 1")).one().id, by=lumen, at=now)
    db.commit()
    box = Box()

    assert send_digests(database, a_post(box), at=now + timedelta(hours=8)) == 1
    assert send_digests(database, a_post(box), at=now + timedelta(hours=32)) == 0

    assert [message.to for message in box.sent] == ["priya.raman@example.org"]
    assert [f"News {number}" in box.sent[0].text for number in range(3)] == [True, False, True]


def test_notices_are_read_by_their_owner_alone(db, lumen, rival, now):
    told(db, lumen, kind="listing", now=now)
    notice = db.scalars(select(Notice)).one()

    with pytest.raises(NotFound):
        mark_read(db, notice.id, by=rival, at=now)
    mark_all_read(db, by=rival, at=now)
    assert unread_notices(db, lumen.person_id) == 1

    mark_all_read(db, by=lumen, at=now)
    assert unread_notices(db, lumen.person_id) == 0


def test_the_desk_is_read_page_by_page_whatever_comes_meanwhile(db, lumen, now):
    for number in range(5):
        told(db, lumen, kind="listing", now=now + timedelta(minutes=number), key=str(number), title=str(number))
    db.flush()
    first = notices_of(db, lumen.person_id, size=2)
    told(db, lumen, kind="listing", now=now + timedelta(hours=1), key="late", title="late")
    db.flush()

    second = notices_of(db, lumen.person_id, after=first.next, size=2)

    assert [[notice.title for notice in page.items] for page in (first, second)] == [["4", "3"], ["2", "1"]]
    with pytest.raises(Invalid):
        notices_of(db, lumen.person_id, after="garbage")


def test_a_manager_hears_who_asks_and_the_asker_hears_the_answer(database, db, buyer, now):
    noor, owen = (Actor(a_person(db, name, at=now).id, None, frozenset()) for name in ("Noor Aziz", "Owen Hale"))
    body = db.get_one(Organisation, buyer.organisation_id)
    asked = [ask_to_join(db, body, message="hello", by=each, at=now) for each in (noor, owen)]
    db.commit()
    heard(database, now)
    approve_join(db, asked[0], ["buyer"], by=buyer, at=now)
    refuse_join(db, asked[1], reason="Who are you?", by=buyer, at=now)
    db.commit()
    box = heard(database, now)

    assert titles(db, buyer) == [
        "Owen Hale asks to join Ashdown Hospitals NHS Trust",
        "Noor Aziz asks to join Ashdown Hospitals NHS Trust",
    ]
    assert titles(db, noor) == ["You are a member of Ashdown Hospitals NHS Trust"]
    assert titles(db, owen) == ["You were not let into Ashdown Hospitals NHS Trust"]
    assert {message.kind for message in box.sent} == {"organisation-join-asked"}


def test_an_operator_hears_of_a_look_alike_and_of_who_waits(database, db, lumen, moderator, now):
    owen = Actor(a_person(db, "Owen Hale", at=now).id, None, frozenset())
    register_supplier(db, Details("supplier", "Lurnen Health Ltd"), by=owen, at=now)
    db.commit()

    heard(database, now)

    assert titles(db, moderator) == [
        "Owen Hale asks to join Lurnen Health Ltd",
        "A look-alike was registered: Lurnen Health Ltd",
    ] or titles(db, moderator) == [
        "A look-alike was registered: Lurnen Health Ltd",
        "Owen Hale asks to join Lurnen Health Ltd",
    ]


def test_each_change_of_a_role_reaches_whose_role_it_is(database, db, buyer, colleague, second_manager, now):
    own, ruth = membership(db, colleague), membership(db, second_manager)
    give_role(db, own, "approver", limit=5_000_00, until=None, by=buyer, at=now)
    name_deputy(db, own, ruth, "approver", limit=None, until=now.date(), by=colleague, at=now)
    take_role(db, own, "buyer", by=buyer, at=now)
    end_membership(db, own, reason="Left", by=buyer, at=now)
    db.commit()

    box = heard(database, now)

    assert sorted(titles(db, colleague)) == [
        "You are approver at Ashdown Hospitals NHS Trust, up to £5,000.00",
        "You are no longer a member of Ashdown Hospitals NHS Trust",
        "You are no longer approver at Ashdown Hospitals NHS Trust",
        "You are no longer buyer at Ashdown Hospitals NHS Trust",
    ]
    deputised = "You deputise for Sam Adeyemi as approver, up to £5,000.00 until 24 November 2026"
    assert deputised in titles(db, second_manager)
    assert {message.kind for message in box.sent} == {"role-changed"}


def test_a_token_in_my_name_is_told_to_me(database, db, buyer, now):
    make_token(db, name="reports", scopes=["project:read"], expires_on=now.date(), by=buyer, at=now)
    db.commit()

    heard(database, now)

    assert titles(db, buyer) == ["A token for programs was made in your name"]


def test_an_invitation_is_mailed_with_the_roles_in_words(database, db, buyer, now):
    invite(db, db.get_one(Organisation, buyer.organisation_id), "noor@example.org", ["buyer"], by=buyer, at=now)
    db.commit()

    (mail,) = heard(database, now).sent

    assert (mail.kind, mail.to) == ("invitation", "noor@example.org")
    assert "Searches, keeps shortlists" in mail.text
    assert "link: https://touchstone.example/invitations/" in mail.text


def test_a_disabled_person_gets_no_mail(database, db, lumen, now):
    told(db, lumen, kind="listing", now=now)
    db.get_one(Person, lumen.person_id).disabled_at = now
    db.commit()

    assert heard(database, now).sent == []
