"""What every way of sending mail keeps to. Both engines run the same suite."""

from email import message_from_bytes
from email.policy import SMTP
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.kit.values import replace
from marketplace.ports.mail.folder import FolderMail
from marketplace.ports.mail.port import Message
from marketplace.ports.mail.smtp import Server, SmtpMail
from tests.ports.smtp_double import SmtpDouble

SENDER = "Touchstone <no-reply@touchstone.example>"
LETTER = Message(
    to="ada@trust.nhs.uk",
    subject="Ambient scribing, winter 2026 – a product changed",
    text="Lumen Notes has a new price: £1,234.56.\n.\nSee https://touchstone.example/products/PRD-7K3M-Q\n",
    html="<p>Lumen Notes has a new price: <b>£1,234.56</b>.</p>\n",
    kind="shortlisted-product-changed",
    key="0198-entry mails_notice",
)
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
lines = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=150)
BREAKS = ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


class Sent:
    """An engine, and the mails that came out of it as a mail program reads them, in the order of sending."""

    def __init__(self, mail, raw):
        self.mail, self.raw = mail, raw

    def read(self):
        return [message_from_bytes(data, policy=SMTP) for data in self.raw()]


@cache
def words_of(data):
    """The words of the subject and the lines of the text of a mail as it came."""
    mail = message_from_bytes(data, policy=SMTP)
    return mail["Subject"].split(), mail.get_body(["plain"]).get_content().splitlines()


@pytest.fixture(params=["folder", "smtp"])
def sent(request, tmp_path):
    if request.param == "folder":
        folder = tmp_path / "mail"
        yield Sent(FolderMail(folder, sender=SENDER), lambda: [path.read_bytes() for path in folder.glob("*.eml")])
    else:
        with SmtpDouble() as double:
            server = Server(host="127.0.0.1", port=double.port, needs_tls=False)
            yield Sent(SmtpMail(server, sender=SENDER), lambda: [kept.data for kept in double.kept])


def test_a_mail_comes_out_as_it_went_in(sent):
    sent.mail.send(LETTER)

    (mail,) = sent.read()
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, LETTER.to, LETTER.subject)
    assert mail.get_body(["plain"]).get_content().replace("\r\n", "\n") == LETTER.text
    assert mail.get_body(["html"]).get_content().replace("\r\n", "\n") == LETTER.html
    assert mail["Auto-Submitted"] == "auto-generated"


@shared
@given(subject=lines.filter(str.strip), text=lines)
def test_any_words_come_out_as_they_went_in(sent, subject, text):
    sent.mail.send(replace(LETTER, subject=subject, text=f"{text}\n", key=f"{subject} {text}"))

    assert (subject.split(), [text]) in map(words_of, sent.raw())


def test_a_mail_that_is_sent_again_is_recognised(sent):
    sent.mail.send(LETTER)
    sent.mail.send(LETTER)
    sent.mail.send(replace(LETTER, key="another"))

    ids = {mail["Message-ID"] for mail in sent.read()}
    assert len(ids) == 2
    assert all(each.endswith("@touchstone.example>") and LETTER.key not in each for each in ids)


@pytest.mark.parametrize("line_break", BREAKS)
def test_a_line_break_in_a_subject_or_an_address_is_refused(sent, line_break):
    for field, value in (
        ("subject", f"Hello{line_break}Bcc: eve@evil.example"),
        ("to", f"ada@x.uk{line_break}Bcc: e@x.uk"),
    ):
        with pytest.raises(Invalid):
            sent.mail.send(replace(LETTER, **{field: value}))

    assert sent.read() == []


def test_a_line_break_in_any_other_field_adds_no_header(sent):
    sent.mail.send(
        replace(LETTER, key="k\r\nBcc: eve@evil.example", text="\r\nBcc: eve@evil.example\r\n\r\n.\r\nRSET\r\n")
    )

    (mail,) = sent.read()
    assert mail["Bcc"] is None
    assert "Bcc: eve" in mail.get_body(["plain"]).get_content()


@pytest.mark.parametrize(
    "address",
    [
        "", "ada", "@trust.nhs.uk", "ada@", "ada@trust.nhs.uk, eve@evil.example", "ada@trust.nhs.uk;eve@evil.example",
        "Ada <ada@trust.nhs.uk>", "ada@trust.nhs.uk eve@evil.example", "ada@a@b.uk", "ada@[127.0.0.1]",
        '"a b"@trust.nhs.uk', "аda@trust.nhs.uk", "a" * 250 + "@x.uk", "ada@trust.nhs.uk\u202e",
    ],
)  # fmt: skip
def test_a_mail_goes_to_one_plain_address(address):
    with pytest.raises(Invalid, match="not an address"):
        replace(LETTER, to=address)


@pytest.mark.parametrize("subject", ["", "   ", "x" * 201, "pay\u202enow"])
def test_a_subject_is_one_line_that_can_be_seen(subject):
    with pytest.raises(Invalid):
        replace(LETTER, subject=subject)
