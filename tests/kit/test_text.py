"""What people type: what is kept, what is refused, and which names look alike."""

import unicodedata
from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.kit.text import (
    BYTES_OF_A_FILE_NAME,
    clean_file_name,
    clean_line,
    clean_text,
    fold,
    quote,
    skeleton,
    words_of,
)

HIDDEN = [
    "\x00", "\x07", "\x1b", "\x7f", "\x85", "\u202a", "\u202b", "\u202c",
    "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200b", "\u200c",
    "\u200d", "\u200e", "\u200f", "\u061c", "\u2060", "\ufeff", "\u00ad", "\ud800",
    "\udfff", "\U000e0001", "\U000e0041", "\U000e007f", "\ufff9", "\ufffe", "\U0001ffff", "\ufdd0",
    "\u3164", "\u115f", "\u2800", "\u034f",
]  # fmt: skip
kept = [
    "Guy's and St Thomas'",
    "Prifysgol Glyndŵr",
    "دانشگاه آنلاین زن",
    "東京大学",
    "naïve – “quoted” … £5 ½",
    "👩‍⚕️ 👨🏽‍⚕️ ❤️‍🔥 🙂‍↔️ 🇬🇧",
    "Bedfont®",
]


@pytest.mark.parametrize("char", HIDDEN)
@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_hidden_and_misleading_characters_are_refused_by_their_code(clean, char):
    with pytest.raises(Invalid) as refused:
        clean(f"Lumen{char}Scribe", 100)

    assert f"U+{ord(char):04X}" in refused.value.fact
    assert "character 6" in refused.value.fact
    assert char not in refused.value.fact


@pytest.mark.parametrize("text", kept)
@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_what_people_really_write_is_kept(clean, text):
    assert clean(text, 100) == unicodedata.normalize("NFC", text)


def test_a_line_is_stripped_and_its_spaces_are_made_single():
    assert clean_line("  Lumen \u00a0\t Scribe \n", 20) == "Lumen Scribe"
    assert clean_line("   ", 20) == ""


@pytest.mark.parametrize("text", ["Lumen\nScribe", "Lumen\rScribe", "Lumen\r\nBcc: all", "Lumen\u2028Scribe"])
def test_a_line_has_no_line_break(text):
    with pytest.raises(Invalid, match="line break"):
        clean_line(text, 100)


def test_a_text_keeps_its_lines_in_one_spelling():
    assert clean_text(" one\r\ntwo\rthree\u2028\tfour \n\n", 100) == "one\ntwo\nthree\n\tfour"


def test_letters_are_composed():
    assert clean_line("Glyndw\u0302r", 8) == "Glyndŵr"


@pytest.mark.parametrize(("length", "told"), [(11, "1 character too long"), (1_244, "1,234 characters too long")])
@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_what_is_too_long_is_told_by_how_much(clean, length, told):
    with pytest.raises(Invalid) as refused:
        clean("x" * length, 10)

    assert told in refused.value.fact
    assert refused.value.hint == "Use at most 10 characters."
    assert clean("x" * 10, 10) == "x" * 10


@pytest.mark.parametrize("base", ["a", "е", "ก"])
def test_a_tower_of_accents_is_refused(base):
    with pytest.raises(Invalid, match="accents"):
        clean_line(base + "\u0301\u0323" * 5, 100)


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing(text):
    for clean in (clean_line, clean_text):
        with suppress(Invalid):
            once = clean(text, 300)
            assert clean(once, 300) == once == once.strip()
            assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    "attack",
    ["a" + "\u0301\u0323\u0302\u0331" * 50_000, "\u200d" * 200_000, "👩\u200d" * 60_000, "\u00a0" * 200_000,
     "\n" * 200_000, "rnvv" * 50_000, "\ufdfa" * 50_000, "I\u0130" * 100_000, "\u3164" * 200_000, "a-" * 100_000],
)  # fmt: skip
@pytest.mark.parametrize(
    "work",
    [lambda text: clean_line(text, 10**6), lambda text: clean_text(text, 10**6), fold, skeleton, clean_file_name],
)
def test_no_long_text_takes_long(work, attack):
    began = perf_counter()
    with suppress(Invalid):
        work(attack)

    assert perf_counter() - began < 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lumen Health", "LUMEN HEALTH"),
        ("Lumen Health", "Lumen-Health"),
        ("Lumen Health", "LumenHealth."),
        ("Lumen Health", "Lυmеn Неаlth"),
        ("Scope", "Ѕсоре"),
        ("PAXTON", "РАХТОΝ"),
        ("Lumen", "Ｌｕｍｅｎ"),
        ("Lumen", "𝐋𝐮𝐦𝐞𝐧"),
        ("Lumen", "Lümén"),
        ("Olympia", "0lympia"),
        ("Illumina", "lllumina"),
        ("Illumina", "1lIumina"),
        ("Modern", "Modem"),
        ("Wave", "VVave"),
        ("Straße", "STRASSE"),
        ("Lumen", "Lum\u200den"),
        ("Lumen", "ʟᴜᴍᴇɴ"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Lumen", "Lumex"), ("Lumen Health", "Lumen Wealth"), ("Aria 2", "Aria 3"), ("東京", "大阪"), ("Cairn", "Coirn")],
)
def test_names_that_do_not_look_alike_have_two(one, other):
    assert skeleton(one) != skeleton(other)


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_a_skeleton_knows_no_case_and_is_its_own(name):
    assert skeleton(name) == skeleton(name.upper()) == skeleton(name.lower()) == skeleton(skeleton(name))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Guy's and St Thomas'", "guys and st thomas"),
        ("GUY\u2019S & ST. THOMAS\u2019", "guys st thomas"),
        ("Prifysgol Glyndŵr", "prifysgol glyndwr"),
        ("Stoke-on-Trent", "stoke on trent"),
        ("Søren Æble_x", "soren aeble x"),
        ("  ", ""),
        ("Ｌumen\u00a0½", "lumen 1 2"),
    ],
)
def test_words_are_folded_for_searching(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert "  " not in fold(text)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Safety case.pdf", "Safety-case.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\price list.xlsx", "price-list.xlsx"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a"b;c\r\nd<e>.csv', "a-b-c-d-e.csv"),
        (".htaccess", "htaccess"),
        ("CON", "file-CON"),
        ("nul.txt", "file-nul.txt"),
        ("aux.tar.gz", "file-aux.tar.gz"),
        ("", "file"),
        ("..", "file"),
        ("/", "file"),
        ("....pdf", "pdf"),
        ("résumé.PDF", "résumé.PDF"),
        ("trailing. . .", "trailing"),
        ("a\x00b.txt", "a-b.txt"),
    ],
)
def test_a_file_name_is_made_safe_and_keeps_its_ending(name, safe):
    assert clean_file_name(name) == safe


@given(st.text(max_size=300))
def test_every_file_name_is_safe(name):
    safe = clean_file_name(name)

    assert 0 < len(safe.encode()) <= BYTES_OF_A_FILE_NAME
    assert not set(safe) & set('/\\:*?"<>|;%\n\r\0 ')
    assert safe[0] != "."
    assert safe[-1] not in ". "
    assert safe.isprintable()
    assert clean_file_name(safe) == safe


def test_a_long_file_name_is_shortened_before_its_ending():
    safe = clean_file_name("ŵ" * 390 + ".docx")

    assert safe.endswith("ŵ.docx")
    assert len(safe.encode()) <= BYTES_OF_A_FILE_NAME


def test_a_value_is_named_short_and_without_anything_hidden():
    assert quote("Lumen\u202e\n") == '"Lumen\ufffd\ufffd"'
    assert quote("x" * 100) == '"' + "x" * 59 + '…"'
    assert quote(12) == '"12"'
    assert quote("") == "an empty answer"


def test_the_name_of_an_event_reads_as_words() -> None:
    assert [words_of(name) for name in ("AnswersGiven", "Sealed")] == ["answers given", "sealed"]
