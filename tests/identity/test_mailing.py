"""Each mail is written down; one that did not arrive marks the address until its owner confirms it."""

from datetime import timedelta

import pytest
from pytest import raises
from sqlalchemy import select

from marketplace.identity.actions.invitations import invite
from marketplace.identity.actions.links import give_secret
from marketplace.identity.actions.mailing import ask_to_confirm, take_report
from marketplace.identity.actions.notices import tell
from marketplace.identity.actions.people import change_address
from marketplace.identity.models import Notice, OneTimeLink, Organisation, Person, SentMail
from marketplace.identity.policies import Actor
from marketplace.identity.queries import actor_for
from marketplace.identity.queries.mails import mails_of, unreachable_members
from marketplace.identity.subscribers import mails_invitation, mails_notice, tells_of_mail_failed
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.jobs import drain
from marketplace.ports.mail.port import MailUnavailable
from marketplace.ports.mail.reports import Fate, Report, read_report
from tests import cast
from tests.bounces import a_report
from tests.cast import recorded
from tests.identity.people import Box, a_post


@pytest.fixture
def sam(db, buyer, now) -> Actor:
    """Sam Adeyemi, buyer at Ashdown, no manager."""
    return cast.an_actor(db, "Sam Adeyemi", buyer.organisation_name, "trust", "buyer", at=now)


@pytest.fixture
def box() -> Box:
    return Box()


def told(db, database, box, person: Actor, *, at, kind: str = "task", title: str = "An approval is due"):
    """Somebody is told something, and the worker mails it."""
    tell(
        db, [person.person_id], kind=kind, title=title, body="", path="/my-desk", key=f"{title} {at}", at=at,
        organisation_id=person.organisation_id,
    )  # fmt: skip
    db.commit()
    deliver(database, box, at=at)
    db.expire_all()


def deliver(database, box, *, at) -> None:
    post = a_post(box)
    heard = {
        "identity.PersonTold": [("mail notice", mails_notice(post))],
        "identity.MemberInvited": [("mail invitation", mails_invitation(post))],
        "identity.MailFailed": [("tell", tells_of_mail_failed)],
    }
    drain(database, heard, clock=lambda: at)


def mails(db) -> list[SentMail]:
    return list(db.scalars(select(SentMail).order_by(SentMail.id)))


def came_back(db, mail: SentMail, *, at, **facts: str) -> bool:
    report = read_report(a_report(mail.address, fingerprint=mail.fingerprint, **facts))
    assert report is not None
    taken = take_report(db, report, at=at)
    db.commit()
    return taken


def person_of(db, actor: Actor) -> Person:
    return db.get_one(Person, actor.person_id)


def test_who_was_told_what_when_is_written_down(db, database, box, sam, buyer, now):
    told(db, database, box, sam, at=now)

    (mail,) = mails(db)
    assert (mail.title, mail.kind, mail.state, mail.person_id) == ("An approval is due", "task", "sent", sam.person_id)
    assert box.sent[0].to == mail.address
    (listed,) = mails_of(db, by=buyer, kind="task").items
    assert listed.id == mail.id
    with raises(NotAllowed):
        mails_of(db, by=sam)


def test_mails_of_one_organisation_are_not_listed_to_another(db, database, box, sam, other_buyer, now):
    told(db, database, box, sam, at=now)

    assert mails_of(db, by=other_buyer).items == []


def test_a_mail_that_did_not_arrive_marks_the_address_and_tells_the_manager(db, database, box, sam, buyer, now):
    told(db, database, box, sam, at=now)

    assert came_back(db, mails(db)[0], at=now)
    deliver(database, box, at=now)

    db.expire_all()
    assert mails(db)[0].state == "failed"
    assert person_of(db, sam).mail_failed_at == now
    assert [one.name for one in unreachable_members(db, sam.organisation_id)] == ["Sam Adeyemi"]
    titles = {row.title for row in db.scalars(select(Notice).where(Notice.person_id == buyer.person_id))}
    assert "Mail to Sam Adeyemi does not arrive" in titles
    assert recorded(db, about=mails(db)[0].id) == ["MailFailed"]


def test_nothing_more_is_mailed_to_a_marked_address_but_what_guards_the_account(db, database, box, sam, now):
    told(db, database, box, sam, at=now)
    came_back(db, mails(db)[0], at=now)

    told(db, database, box, sam, at=now + timedelta(hours=1), title="It is late")
    told(db, database, box, sam, at=now + timedelta(hours=2), kind="security", title="Your password was changed")

    states = {mail.title: mail.state for mail in mails(db) if mail.person_id == sam.person_id}
    assert (states["It is late"], states["Your password was changed"]) == ("withheld", "sent")
    waiting = db.scalars(select(Notice).where(Notice.title == "It is late")).one()
    assert waiting.mailed_at is None


def test_the_sender_of_an_invitation_reads_that_it_did_not_arrive(db, database, box, buyer, now):
    organisation = db.get_one(Organisation, buyer.organisation_id)
    invite(db, organisation, "new@ashdown.nhs.uk", ["buyer"], by=buyer, at=now)
    db.commit()
    deliver(database, box, at=now)

    came_back(db, mails(db)[0], at=now)
    deliver(database, box, at=now)

    titles = [row.title for row in db.scalars(select(Notice).where(Notice.person_id == buyer.person_id))]
    assert "Your mail to new@ashdown.nhs.uk did not arrive" in titles


def test_an_address_that_is_confirmed_is_mailed_to_again(db, database, box, sam, now):
    told(db, database, box, sam, at=now)
    came_back(db, mails(db)[0], at=now)
    ask_to_confirm(db, address="203.0.113.7", by=sam, person=person_of(db, sam), at=now)
    db.flush()
    secret = give_secret(db.scalars(select(OneTimeLink)).one())
    db.flush()

    change_address(db, secret, by=sam, keep=None, at=now)

    assert person_of(db, sam).mail_failed_at is None
    assert person_of(db, sam).email == "sam.adeyemi@example.org"
    told(db, database, box, sam, at=now + timedelta(hours=1), title="It is late")
    assert mails(db)[-1].state == "sent"
    with raises(Conflict, match="mail reaches you"):
        ask_to_confirm(db, address="203.0.113.7", by=sam, person=person_of(db, sam), at=now)


def test_a_report_that_names_another_address_or_no_mail_of_ours_changes_nothing(db, database, box, sam, now):
    told(db, database, box, sam, at=now)
    (mail,) = mails(db)
    fate = Fate("somebody.else@example.org", "failed", "5.1.1", "")

    assert not take_report(db, Report(mail.fingerprint, (fate,)), at=now)
    assert not take_report(db, Report("0" * 40, (Fate(mail.address, "failed", "5.1.1", ""),)), at=now)
    assert (mail.state, person_of(db, sam).mail_failed_at) == ("sent", None)


def test_a_delay_marks_nobody_and_the_same_report_twice_is_one(db, database, box, sam, now):
    told(db, database, box, sam, at=now)
    (mail,) = mails(db)

    for _ in range(2):
        came_back(db, mail, at=now, action="delayed", status="4.4.1")
    assert (mail.state, person_of(db, sam).mail_failed_at) == ("delayed", None)
    for _ in range(2):
        came_back(db, mail, at=now)

    assert mail.state == "failed"
    assert recorded(db, about=mail.id) == ["MailFailed"]


@pytest.mark.parametrize("first", ["delayed", "delivered"])
def test_a_server_that_gives_up_after_a_while_fails_the_mail_and_marks_nobody(db, database, box, sam, now, first):
    told(db, database, box, sam, at=now)
    (mail,) = mails(db)
    came_back(db, mail, at=now, action=first, status="4.4.1")

    came_back(db, mail, at=now, action="failed", status="4.4.7")

    assert (mail.state, person_of(db, sam).mail_failed_at) == ("failed", None)


def test_whoever_has_another_address_by_then_is_not_marked(db, database, box, sam, now):
    told(db, database, box, sam, at=now)
    person_of(db, sam).email = "sam.new@ashdown.nhs.uk"
    db.commit()

    came_back(db, mails(db)[0], at=now)

    assert person_of(db, sam).mail_failed_at is None


def test_an_address_that_the_server_refuses_at_once_is_not_tried_again(db, database, sam, now):
    class Refusing(Box):
        def send(self, message) -> None:
            raise MailUnavailable("the address was refused: 550 no such user", refused=True, is_of_address=True)

    told(db, database, Refusing(), sam, at=now)

    (mail,) = [one for one in mails(db) if one.person_id == sam.person_id and one.kind == "task"]
    assert (mail.state, mail.reason) == ("failed", "the address was refused: 550 no such user")
    assert person_of(db, sam).mail_failed_at == now


def test_the_successor_reads_who_was_told_what(db, database, box, sam, buyer, other_buyer, now):
    told(db, database, box, sam, at=now)
    new = db.get_one(Organisation, other_buyer.organisation_id)
    new.predecessors = [str(buyer.organisation_id)]
    tom = actor_for(db, person_of(db, other_buyer), new, on=now.date())

    assert [one.title for one in mails_of(db, by=tom).items] == ["An approval is due"]
