"""Reports come in by the mailbox and by a signed door; sender, manager and owner see what did not arrive."""

import pytest
from sqlalchemy import select

from marketplace.faces.bounces import read_mailbox
from marketplace.identity.actions.mailing import take_report
from marketplace.identity.models import Person, SentMail
from marketplace.identity.rules.webhooks import signature
from marketplace.kit.ids import new_id
from marketplace.kit.values import replace
from marketplace.ports.mail.mailbox import Mailbox
from marketplace.ports.mail.reports import read_report
from tests import cast
from tests.bounces import a_report
from tests.clients import browser_over

SECRET = "the mail server and we know this"


@pytest.fixture
def sam(db, buyer, now):
    """Sam Adeyemi, buyer at Ashdown, no manager."""
    return cast.an_actor(db, "Sam Adeyemi", buyer.organisation_name, "trust", "buyer", at=now)


@pytest.fixture
def mail(db, sam, now) -> SentMail:
    """An approval that is due was mailed to Sam."""
    db.expire_on_commit = False
    person = db.get_one(Person, sam.person_id)
    sent = SentMail(
        id=new_id(now), fingerprint="ab" * 20, letter="digest", kind="task", title="An approval is due",
        address=person.email, person_id=person.id, organisation_id=sam.organisation_id, at=now, state="sent", reason="",
        state_at=now,
    )  # fmt: skip
    db.add(sent)
    db.commit()
    return sent


def report_of(mail: SentMail) -> bytes:
    return a_report(mail.address, fingerprint=mail.fingerprint)


def state_of(services, mail: SentMail) -> str:
    with services.database.reading() as db:
        return db.scalars(select(SentMail.state).where(SentMail.id == mail.id)).one()


def test_the_mailbox_is_read_and_emptied(services, mail, tmp_path, now):
    mailbox = Mailbox(tmp_path / "bounces")
    mailbox.folder.mkdir()
    (mailbox.folder / "1.eml").write_bytes(report_of(mail))
    (mailbox.folder / "2.eml").write_bytes(b"Subject: I am away\r\n\r\nUntil Monday.")

    assert read_mailbox(services, mailbox, at=now) == 1

    assert state_of(services, mail) == "failed"
    assert list(mailbox.waiting(10)) == []
    assert read_mailbox(services, None, at=now) == 0


def test_the_door_takes_what_is_signed_and_nothing_else(services, mail, now):
    body = report_of(mail)
    with browser_over(replace(services, bounces_secret=SECRET)) as browser:
        for header in ("", "t=1,v1=00", signature("another secret", body, now)):
            refused = browser.post("/webhooks/mail", content=body, headers={"touchstone-signature": header})
            assert (refused.status_code, refused.json()) == (400, {"status": "refused"})
        assert state_of(services, mail) == "sent"

        good = {"touchstone-signature": signature(SECRET, body, now)}
        assert browser.post("/webhooks/mail", content=body, headers=good).json() == {"status": "noted"}

    assert state_of(services, mail) == "failed"


def test_the_door_is_shut_where_no_secret_is_set(client, services, mail, now):
    body = report_of(mail)

    answer = client.post("/webhooks/mail", content=body, headers={"touchstone-signature": signature("", body, now)})

    assert answer.status_code == 400
    assert state_of(services, mail) == "sent"


def test_manager_and_owner_see_what_did_not_arrive(db, mail, buyer, sam, client_of, now):
    take_report(db, read_report(report_of(mail)), at=now)
    grace, owner = client_of(buyer), client_of(sam)
    base = f"/organisations/{buyer.organisation_ref}"

    listed = grace.get(f"{base}/mails").text
    assert "An approval is due" in listed
    assert "Did not arrive" in listed
    assert "no such user here" in listed
    assert "Mail does not arrive" in grace.get(f"{base}/members").text
    assert "An approval is due" in grace.get(f"{base}/mails?show=deadlines").text
    assert "No such mail" in grace.get(f"{base}/mails?show=delayed").text
    assert "Mail to you does not arrive" in owner.get("/account").text
    assert "Mail to you does not arrive" in owner.get("/my-desk").text
    assert owner.get(f"{base}/mails").status_code == 403
    assert "A link is on its way" in owner.send_form("/account/address-check").text
