"""The rules of who is who: identifiers that others issue, addresses and passwords."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.identity.rules.credentials import (
    check_password,
    common_passwords,
    email_address,
    password_as_hashed,
)
from marketplace.identity.rules.identifiers import companies_house_number, ods_code, orcid, ror_id, vat_number
from marketplace.kit.errors import Invalid

REGISTERS = Path(__file__).parents[2] / "frameworks" / "registers"
COMMON = common_passwords((REGISTERS / "common-passwords.txt").read_text())
RULES = (ods_code, companies_house_number, ror_id, orcid, vat_number)
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


@pytest.mark.parametrize(
    ("typed", "code"), [("RJ1", "RJ1"), (" rj1 ", "RJ1"), ("qop", "QOP"), ("7A7", "7A7"), ("8HA03", "8HA03")]
)
def test_an_ods_code_is_read_in_any_case(typed, code):
    assert ods_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("03914810", "03914810"),
        ("3914810", "03914810"),
        ("sc305103", "SC305103"),
        ("OC 301234", "OC301234"),
        ("R0000123", "R0000123"),
    ],
)
def test_a_companies_house_number_is_padded_to_eight(typed, number):
    assert companies_house_number(typed) == number


@pytest.mark.parametrize("code", ["03yrm5c26", "01k4yrm29", "052gg0110", "02jx3x895"])
def test_a_ror_id_that_checks_is_told_as_its_address(code):
    address = f"https://ror.org/{code}"

    for typed in (code, code.upper(), address, f"http://www.ror.org/{code}", f" ror.org/{code} "):
        assert ror_id(typed) == address


@given(st.text(CROCKFORD, min_size=6, max_size=6), st.integers(0, 8), st.data())
def test_one_wrong_character_of_a_ror_id_is_noticed(body, place, data):
    number = sum(CROCKFORD.index(symbol) * 32**power for power, symbol in enumerate(reversed(body)))
    code = f"0{body}{98 - number * 100 % 97:02}"
    wrong = data.draw(st.sampled_from("0123456789" if place > 6 else CROCKFORD))

    assert ror_id(code).endswith(code)
    if wrong != code[place]:
        with pytest.raises(Invalid):
            ror_id(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("code", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"])
def test_an_orcid_that_checks_is_told_in_groups_of_four(code):
    for typed in (code, code.lower(), code.replace("-", ""), f"https://orcid.org/{code}"):
        assert orcid(typed) == code


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("GB123456782", "GB123456782"),
        ("123 4567 82", "GB123456782"),
        ("gb123456727", "GB123456727"),
        ("GB 123 4567 82 001", "GB123456782001"),
        ("GBHA599", "GBHA599"),
        ("GD001", "GBGD001"),
    ],
)
def test_a_vat_number_checks_by_the_old_rule_or_the_new(typed, number):
    assert vat_number(typed) == number


@given(st.integers(1, 9_999_999))
def test_each_vat_number_has_exactly_the_check_digits_of_the_two_rules(number):
    body = f"{number:07}"
    total = sum(int(digit) * weight for digit, weight in zip(body, range(8, 1, -1), strict=True))
    right = {check for check in range(100) if (total + check) % 97 == 0 or (total + check + 55) % 97 == 0}

    for check in range(100):
        if check in right:
            assert vat_number(f"{body}{check:02}") == f"GB{body}{check:02}"
        else:
            with pytest.raises(Invalid, match="slip"):
                vat_number(f"{body}{check:02}")


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        (ods_code, "RJ"), (ods_code, "RJ1234567"), (ods_code, "RJ!"), (ods_code, "ＲＪ1"), (ods_code, "ŔJ1"),
        (companies_house_number, "123456789"), (companies_house_number, "S305103"),
        (companies_house_number, "00000000"),
        (companies_house_number, "٠٣٩١٤٨١٠"), (companies_house_number, "SCO305103"),
        (companies_house_number, "²3914810"),
        (ror_id, "01k4yrm30"), (ror_id, "01k4yrm2"), (ror_id, "11k4yrm29"), (ror_id, "0ik4yrm29"),
        (ror_id, "https://example.org/01k4yrm29"),
        (orcid, "0000-0002-1825-0098"), (orcid, "0000-0002-1825-009"), (orcid, "X000-0002-1825-0097"),
        (vat_number, "GB123456783"), (vat_number, "000000000"), (vat_number, "GB12345678"),
        (vat_number, "IE1234567"), (vat_number, "１23456782"),
        *((rule, bad) for rule in RULES for bad in ("", " ", "9" * 9_999, "RJ1\u202e", "x\0y")),
    ],
)  # fmt: skip
def test_an_identifier_that_does_not_check_is_refused_with_its_value(rule, typed):
    with pytest.raises(Invalid) as refused:
        rule(typed)

    assert typed[:8].replace("\u202e", "\ufffd").replace("\0", "\ufffd") in refused.value.fact
    assert refused.value.hint
    assert len(refused.value.fact) < 200


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("amara.okafor@nhs.net", "amara.okafor@nhs.net"),
        (" Amara.Okafor@NHS.Net ", "Amara.Okafor@nhs.net"),
        ("o'neill+bids@a-b.co.uk", "o'neill+bids@a-b.co.uk"),
        ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    ],
)
def test_an_address_keeps_its_name_and_lowers_its_domain(typed, address):
    assert email_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "", "amara", "@nhs.net", "amara@", "amara@nhs", "a@b@c.org", "a b@c.org", "a..b@c.org", ".a@c.org",
        "a.@c.org", "a@.org",
        "a@c..org", "a@-c.org", "a@c-.org", "a@c.o", "a@c.123", "a@[127.0.0.1]", '"a b"@c.org', "a@c.org.",
        "a,b@c.org",
        "a@c.org\nBcc: b@c.org", "a\0@c.org", "\u0430mara@nhs.net", "amara@nh\u0455.net", "amara@nhs\u2024net",
        "a\u202eb@c.org",
        "a" * 65 + "@c.org", "a@" + "b" * 64 + ".org", "a@" + "b." * 130 + "org", "<a@c.org>", "mailto:a@c.org",
        "a@c.org;b@c.org",
    ],
)  # fmt: skip
def test_what_mail_does_not_reach_or_the_eye_mistakes_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        email_address(typed)

    assert refused.value.hint == "Write it like name@trust.nhs.uk."


@pytest.mark.parametrize(
    "password",
    [
        "plum otter violin dusk",
        "x7#kQ!vb2@Lm",
        "пароль из слов",
        "正確馬電池主食は長い言葉",
        "            z y x w",
        "🐙🦊🐝🐬🦉🐢🌵🍋🎻🚲🧭🪁",
        "a\tb\nc\x07defghijk",
        "ab" * 32 + "cdefghij" * 8,
    ],
)
def test_any_characters_make_a_password(password):
    check_password(password, common=COMMON, about=["amara.okafor@nhs.net"])


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "too short"), ("x7#kQ!vb2@L", "too short"), ("e\u0301" * 11, "too short"),
        ("k7" + "pq#9vd" * 22, "too long"),
        ("passwordpassword", "attacker tries"), ("Password2026!", "attacker tries"),
        ("123!!Summer2026", "attacker tries"),
        ("QWERTYUIOP123", "attacker tries"), ("123456789012", "attacker tries"), ("aaaaaaaaaaaa", "attacker tries"),
        ("abcabcabcabca", "attacker tries"), ("............", "attacker tries"), ("touchstone2026", "attacker tries"),
        ("Amara.Okafor@NHS.net", "knows you"), ("ten.shn@rofako.arama", "knows you"),
        ("\ud800" * 4 + "abcdefgh", "half a character"),
    ],
)  # fmt: skip
def test_a_password_is_refused_with_its_reason_and_never_told(password, reason):
    with pytest.raises(Invalid, match=reason) as refused:
        check_password(password, common=COMMON, about=["amara.okafor@nhs.net"])

    assert not password or password not in refused.value.fact + refused.value.hint


def test_the_shortest_and_the_longest_password_are_taken():
    words = "plum otter violin dusk lamp " * 5

    check_password(words[:12], common=COMMON)
    check_password(words[:128], common=COMMON)


def test_a_password_is_the_same_however_its_accents_were_typed():
    assert password_as_hashed("cafe\u0301 au lait noir") == password_as_hashed("caf\u00e9 au lait noir")
    assert password_as_hashed("x" * 128 + "y") != password_as_hashed("x" * 128)


def test_the_list_of_common_passwords_holds_no_line_twice_and_no_remark():
    lines = [line for line in (REGISTERS / "common-passwords.txt").read_text().splitlines() if line[:1] != "#"]

    assert len(lines) == len(COMMON) > 300
    assert not any(line.startswith("#") for line in COMMON)
