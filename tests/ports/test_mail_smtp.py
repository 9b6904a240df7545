"""Mail through a server that is away, slow, rude or in the clear; and the settings that name it."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from marketplace.ports.mail import smtp
from marketplace.ports.mail.folder import FolderMail
from marketplace.ports.mail.port import MailUnavailable
from marketplace.ports.mail.smtp import Server, SmtpMail
from marketplace.ports.mail.url import mail_from_url
from tests.ports.smtp_double import Manners, SmtpDouble
from tests.ports.test_mail import LETTER, SENDER


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a key and a certificate for 127.0.0.1 that nobody else trusts."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now, address = datetime.now(UTC), x509.IPAddress(ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    shape, lock = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, shape, lock) + made.public_bytes(pem))
    return path


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate):
    return ssl.create_default_context(cafile=certificate)


def in_the_clear(double, **server):
    return SmtpMail(Server(host="127.0.0.1", port=double.port, needs_tls=False, **server), sender=SENDER)


def encrypted(double, context, **server):
    return SmtpMail(Server(host="127.0.0.1", port=double.port, **server), sender=SENDER, tls=context)


@pytest.mark.parametrize("is_wrapped", [False, True], ids=["starttls", "smtps"])
def test_a_mail_and_a_password_go_encrypted(tls, trusting, is_wrapped):
    with SmtpDouble(Manners(tls=tls, is_wrapped=is_wrapped, password="four words do well")) as double:
        encrypted(double, trusting, user="house", password="four words do well", is_wrapped=is_wrapped).send(LETTER)

    (kept,) = double.kept
    assert kept.was_encrypted
    assert (kept.sender, kept.readers) == ("no-reply@touchstone.example", [LETTER.to])


@pytest.mark.parametrize("is_wrapped", [False, True], ids=["starttls", "smtps"])
def test_a_server_with_a_certificate_of_its_own_making_gets_nothing(tls, is_wrapped):
    with SmtpDouble(Manners(tls=tls, is_wrapped=is_wrapped)) as double:
        with pytest.raises(MailUnavailable, match="SSLCertVerificationError"):
            encrypted(double, None, is_wrapped=is_wrapped).send(LETTER)

        assert double.kept == []


def test_a_server_that_hides_its_encryption_gets_neither_mail_nor_password(trusting):
    with SmtpDouble(Manners(password="secret")) as double:
        with pytest.raises(MailUnavailable, match="no encryption"):
            encrypted(double, trusting, user="house", password="secret").send(LETTER)

        assert double.kept == []
        assert not any("AUTH" in line or "MAIL" in line for line in double.lines)


@pytest.mark.parametrize(
    ("manners", "refused"),
    [
        (Manners(rcpt="550 no such person"), True),
        (Manners(rcpt="450 busy"), False),
        (Manners(data="554 no"), True),
        (Manners(taken="552 too large"), True),
        (Manners(taken="451 try later"), False),
        (Manners(greeting="421 closing"), False),
        (Manners(greeting="hello there"), False),
        (Manners(password="another"), False),
        (Manners(hangs_up_after_data=True), False),
    ],
    ids=lambda value: (
        next((str(part) for part in vars(value).values() if part), "") if isinstance(value, Manners) else ""
    ),
)
def test_what_the_server_answers_says_whether_trying_again_helps(manners, refused):
    with SmtpDouble(manners) as double, pytest.raises(MailUnavailable) as told:
        in_the_clear(double, user="house" if manners.password else "", password="wrong").send(LETTER)

    assert told.value.refused == refused
    assert "wrong" not in told.value.reason


@pytest.mark.parametrize("goodbye", ["500 what", "421 closing", ""])
def test_a_mail_that_was_taken_is_sent_however_the_talk_ends(goodbye):
    with SmtpDouble(Manners(quit=goodbye)) as double:
        in_the_clear(double).send(LETTER)

        assert len(double.kept) == 1


def test_a_mail_whose_taking_was_not_heard_is_recognised_when_it_comes_again():
    with SmtpDouble(Manners(hangs_up_after_data=True)) as double:
        with pytest.raises(MailUnavailable):
            in_the_clear(double).send(LETTER)
        double.manners.hangs_up_after_data = False
        in_the_clear(double).send(LETTER)

    first, second = (kept.data.partition(b"Message-ID: ")[2].partition(b"\r\n")[0] for kept in double.kept)
    assert first == second != b""


def test_a_server_that_is_away_is_told_at_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        began = time.monotonic()

        with pytest.raises(MailUnavailable, match="ConnectionRefusedError") as told:
            SmtpMail(Server(host="127.0.0.1", port=taken.getsockname()[1]), sender=SENDER).send(LETTER)

    assert time.monotonic() - began < 1
    assert not told.value.refused


def test_a_server_that_says_nothing_is_left_after_the_time_limit(monkeypatch):
    assert smtp.TIME_LIMIT_SECONDS == 10
    monkeypatch.setattr(smtp, "TIME_LIMIT_SECONDS", 0.2)
    with SmtpDouble(Manners(is_silent=True)) as double:
        began = time.monotonic()

        with pytest.raises(MailUnavailable, match="cannot be reached"):
            in_the_clear(double).send(LETTER)

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.trust.uk", Server(host="mail.trust.uk", port=587)),
        ("smtps://mail.trust.uk", Server(host="mail.trust.uk", port=465, is_wrapped=True)),
        ("smtp://a%40b:p%3Aw%2F@mail.uk:25", Server(host="mail.uk", port=25, user="a@b", password="p:w/")),
        ("smtp://relay:25?tls=no", Server(host="relay", port=25, needs_tls=False)),
        ("smtp://relay:25?tls=perhaps", Server(host="relay", port=25)),
        ("smtp://[::1]:2525", Server(host="::1", port=2525, needs_tls=False)),
    ],
)
def test_an_address_in_the_settings_names_a_server(url, server):
    mail = mail_from_url(url, sender=SENDER)

    assert isinstance(mail, SmtpMail)
    assert mail.server == server
    assert mail.tls.verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize("url", ["folder:///var/mail", "folder:////var/mail"])
def test_an_address_in_the_settings_names_a_folder(url):
    mail = mail_from_url(url, sender=SENDER)

    assert isinstance(mail, FolderMail)
    assert str(mail.folder) == "/var/mail"


@pytest.mark.parametrize(
    "url",
    [
        "", "folder://mail", "http://u:secret@x", "smtp://", "smtp://u:secret@x:port", "smtp://u:secret@relay?tls=no",
        "smtp://u:secret@x:99999",
    ],
)  # fmt: skip
def test_an_address_that_names_nothing_is_refused_without_its_password(url):
    with pytest.raises(ValueError, match=r"mail|password") as told:
        mail_from_url(url)

    assert "secret" not in str(told.value)


def test_a_password_is_never_shown():
    assert "secret" not in repr(mail_from_url("smtp://u:secret@mail.uk").server)
