"""One-time codes: as the standard has them, once each, and near enough to a telephone's clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.identity.rules.codes import (
    ALPHABET,
    address_for_app,
    code_of,
    is_code,
    is_demanded,
    is_fresh,
    plain,
    recovery_code,
    shown_secret,
    step_at,
    step_of,
)
from marketplace.kit.secrecy import brought_back, given_along, keyed, opened, sealed

SEED = b"12345678901234567890"
SEEDS = {"sha1": SEED, "sha256": (SEED * 2)[:32], "sha512": (SEED * 4)[:64]}
VECTORS = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]
"""RFC 6238, appendix B: seconds since 1970, and the code by each digest."""
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), VECTORS)
def test_the_codes_are_those_of_the_standard(seconds, sha1, sha256, sha512):
    step = step_at(datetime.fromtimestamp(seconds, UTC))

    made = [code_of(secret, step, digits=8, digest=digest) for digest, secret in SEEDS.items()]

    assert made == [sha1, sha256, sha512]


@pytest.mark.parametrize(("seconds", "found"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_that_is_half_a_minute_off_is_close_enough(seconds, found):
    code = code_of(SEED, step_at(NOW + timedelta(seconds=seconds)))

    assert (step_of(SEED, code, at=NOW, after=0) is not None) is found


def test_a_code_is_of_no_step_that_was_used():
    code, step = code_of(SEED, step_at(NOW)), step_at(NOW)

    assert step_of(SEED, code, at=NOW, after=step - 1) == step
    assert step_of(SEED, code, at=NOW, after=step) is None


@pytest.mark.parametrize(("typed", "like"), [("123456", True), ("123 456", True), ("12345", False), ("١٢٣٤٥٦", False),
                                             ("1234567", False), ("abcd-efgh", False)])  # fmt: skip
def test_six_digits_are_a_code_however_they_are_grouped(typed, like):
    assert is_code(typed) is like


def test_a_recovery_code_has_no_letter_that_is_read_as_another():
    code = recovery_code(range(16))

    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert set(code) - {"-"} <= set(ALPHABET)
    assert not set("ilo01") & set(ALPHABET)
    assert plain(f" {code.upper()} ") == code.replace("-", "")


def test_an_app_reads_for_whom_and_from_whom_the_secret_is():
    address = address_for_app(SEED, account="nia@ashdown.nhs.uk", issuer="Touchstone")

    assert address.startswith("otpauth://totp/Touchstone:nia%40ashdown.nhs.uk?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&")
    assert "digits=6&period=30" in address
    assert shown_secret(SEED) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_a_proof_holds_for_ten_minutes_and_a_form_opened_then_a_little_longer():
    assert is_fresh(NOW - timedelta(minutes=9, seconds=59), NOW)
    assert not is_fresh(NOW - timedelta(minutes=10), NOW)
    assert is_fresh(NOW - timedelta(minutes=14), NOW, sending=True)
    assert not is_fresh(NOW - timedelta(minutes=15), NOW, sending=True)


def test_a_second_factor_is_demanded_from_its_day_on():
    since = date(2026, 12, 1)

    assert [is_demanded(since, date(2026, 11, 30)), is_demanded(since, since), is_demanded(None, since)] == [
        False, True, False,
    ]  # fmt: skip


def test_what_is_sealed_opens_for_the_same_house_purpose_and_thing_alone():
    closed = sealed(b"ours", "codes", b"secret", about="nia")

    assert opened(b"ours", "codes", closed, about="nia") == b"secret"
    assert opened(b"theirs", "codes", closed, about="nia") is None
    assert opened(b"ours", "cookies", closed, about="nia") is None
    assert opened(b"ours", "codes", closed, about="tom") is None
    other = "B" if closed[0] == "A" else "A"
    assert opened(b"ours", "codes", other + closed[1:], about="nia") is None
    assert [opened(b"ours", "codes", text) for text in ("", "x", "é", "A" * 40)] == [None] * 4
    assert "secret" not in closed
    assert closed != sealed(b"ours", "codes", b"secret", about="nia")
    assert keyed(b"ours", "paper", "code") != keyed(b"theirs", "paper", "code")


def test_what_was_given_along_comes_back_in_time_or_not_at_all():
    given = given_along(b"ours", "journey", {"state": "s"}, until=NOW)

    assert brought_back(b"ours", "journey", given, at=NOW - timedelta(seconds=1))["state"] == "s"
    assert brought_back(b"ours", "journey", given, at=NOW) is None
    assert brought_back(b"ours", "another", given, at=NOW - timedelta(seconds=1)) is None
