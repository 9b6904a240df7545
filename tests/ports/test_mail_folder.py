"""Mail on the laptop, as the page at /dev/mail reads it."""

import errno
import os
from pathlib import Path

import pytest

from marketplace.kit.values import replace
from marketplace.ports.mail.folder import FolderMail
from marketplace.ports.mail.port import MailUnavailable
from tests.ports.test_mail import LETTER


def test_the_newest_mail_comes_first_with_both_readings_and_its_links(tmp_path):
    mail = FolderMail(tmp_path / "mail")
    for n, subject in enumerate(["first", "second", "third"]):
        mail.send(
            replace(LETTER, key=subject, subject=subject, text=f"Go to http://a.uk/{n}?x=1. Or (https://b.uk/).\n")
        )
        stamp = 1_700_000_000 + n
        last = max((tmp_path / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(last, (stamp, stamp))

    read = mail.newest()

    assert [each.subject for each in read] == ["third", "second", "first"]
    assert read[0].links == ("http://a.uk/2?x=1", "https://b.uk/")
    assert (read[0].to, read[0].kind, read[0].html) == (LETTER.to, LETTER.kind, LETTER.html)
    assert mail.newest(limit=1) == read[:1]
    assert mail.find(read[1].id) == read[1]


def test_an_empty_laptop_has_no_mail(tmp_path):
    assert FolderMail(tmp_path / "none yet").newest() == []


@pytest.mark.parametrize("mail_id", ["", "0" * 40, "../secret", "..", "0" * 39 + "/", "*"])
def test_an_id_is_never_a_path(tmp_path, mail_id):
    (tmp_path / "secret.eml").write_text("Subject: secret\n\n")

    assert FolderMail(tmp_path / "mail").find(mail_id) is None


def test_sending_again_leaves_the_first_as_it_was(tmp_path):
    mail = FolderMail(tmp_path)
    mail.send(LETTER)
    mail.send(replace(LETTER, text="changed\n"))

    assert [each.text for each in mail.newest()] == [LETTER.text]


def test_a_full_disk_leaves_no_half_mail(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(MailUnavailable):
        FolderMail(tmp_path).send(LETTER)

    assert list(tmp_path.iterdir()) == []
