"""Delivery reports are read within bounds; whatever else comes into the mailbox is put aside, and nothing raises."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import raises

from marketplace.ports.mail.mailbox import Mailbox, mailbox_from_url
from marketplace.ports.mail.reports import LARGEST, Fate, read_report
from tests.bounces import FINGERPRINT, a_report

TO = "sam@ashdown.nhs.uk"


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_names_the_mail_and_what_became_of_each_recipient(kind):
    report = read_report(a_report(TO, kind=kind))

    assert report is not None
    assert report.fingerprint == FINGERPRINT
    assert report.fates == (Fate(TO, "failed", "5.1.1", "550 5.1.1 no such user here"),)
    assert report.fates[0].is_for_ever


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.1.5"), ("failed", "4.2.2")])
def test_what_may_still_arrive_is_not_for_ever(action, status):
    report = read_report(a_report(TO, action=action, status=status))

    assert report is not None
    assert not report.fates[0].is_for_ever


def test_an_address_is_compared_in_lower_case_and_a_reason_is_one_line():
    report = read_report(a_report("Sam@Ashdown.NHS.uk", reason="550\tno   such\x07 user"))

    assert report is not None
    assert (report.fates[0].address, report.fates[0].reason) == (TO, "550 no such user")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: I am away until Monday\r\n\r\nWrite to my deputy.\r\n",
        a_report(TO, fingerprint="not-one-of-ours"),
        a_report(TO, action="exploded"),
        a_report(TO).replace(b"delivery-status", b"feedback-report"),
        a_report(TO) + b"x" * LARGEST,
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 50,
        a_report(TO).replace(b"Content-Type: message/delivery-status", b"Content-Type: text/plain"),
    ],
    ids=["nothing", "out of office", "another's", "unknown action", "another report", "too large", "nested", "no status"],
)  # fmt: skip
def test_what_is_no_report_of_ours_is_none(raw):
    assert read_report(raw) is None


@given(st.binary(max_size=2_000))
def test_nothing_that_comes_in_raises(junk):
    whole = a_report(TO)

    read_report(junk)
    read_report(whole[:300] + junk + whole[300:])


def test_a_mailbox_gives_each_file_once_and_puts_it_aside(tmp_path: Path):
    mailbox = Mailbox(tmp_path)
    (tmp_path / "1.eml").write_bytes(b"one")
    (tmp_path / "2.eml").write_bytes(b"two")

    for path in list(mailbox.waiting(10)):
        mailbox.put_aside(path, is_report=mailbox.read(path) == b"one")

    assert list(mailbox.waiting(10)) == []
    assert sorted(path.parent.name for path in tmp_path.glob("*/*.eml")) == ["odd", "read"]


def test_a_maildir_is_read_from_new_into_cur(tmp_path: Path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1764.mx").write_bytes(b"one")
    mailbox = Mailbox(tmp_path)

    for path in list(mailbox.waiting(10)):
        mailbox.put_aside(path, is_report=False)

    assert [path.name for path in (tmp_path / "cur").iterdir()] == ["1764.mx:2,S"]


def test_of_what_is_too_large_no_more_is_read_than_it_takes_to_know(tmp_path: Path):
    (tmp_path / "big").write_bytes(b"x" * (LARGEST + 500))

    (path,) = Mailbox(tmp_path).waiting(10)

    assert len(Mailbox(tmp_path).read(path)) == LARGEST + 1


def test_the_mailbox_is_a_folder_or_none():
    assert mailbox_from_url("") is None
    assert mailbox_from_url("folder:///var/mail/touchstone").folder == Path("/var/mail/touchstone")
    with raises(ValueError, match="write folder"):
        mailbox_from_url("imap://host/inbox")
    assert list(Mailbox(Path("/nowhere/at/all")).waiting(5)) == []
