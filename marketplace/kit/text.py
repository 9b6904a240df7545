"""What people type: cleaned or refused, folded for searching, made safe for a file system. Linear in its length."""

import re
import unicodedata
from functools import lru_cache

from marketplace.kit.errors import Invalid

MARKS_IN_A_ROW = 8
"""More combining marks than this on one letter is vandalism, not a language."""
BYTES_OF_A_FILE_NAME = 180
NOTHING = "an empty answer"

_LONG_RUN = re.compile(rf"[^\x00-\u02ff]{{{MARKS_IN_A_ROW + 1},}}")
_LOOKS_EMPTY = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")
_LINE_BREAK = re.compile("[\n\r\u2028\u2029]")
_JOINER = "\u200d"
_APOSTROPHES = dict.fromkeys(map(ord, "'`\u00b4\u02b9\u02bc\u2018\u2019\uff07"))
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_INNER_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_UNSAFE_IN_A_FILE_NAME = re.compile(r'[<>:"|?*;%\s-]+')
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def quote(value: object, limit: int = 60) -> str:
    """A value as a message names it: in quotation marks, shortened, nothing hidden in it; what is empty is said."""
    text = str(value)
    if not text:
        return NOTHING
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return '"' + _LOOKS_EMPTY.sub("\ufffd", "".join(char if char.isprintable() else "\ufffd" for char in shown)) + '"'


def limit_in_words(limit: int) -> str:
    """25 MB, 500 KB: in whole units, as forms name it. What is taken beyond that is room for the rest of a form."""
    for size, unit in ((1_000_000, "MB"), (1_000, "KB")):
        if limit >= size:
            return f"{limit // size} {unit}"
    return f"{limit} bytes"


def size_in_words(size: int) -> str:
    """12 KB, 3.4 MB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1_000))} KB"


def clean_line(text: str, limit: int) -> str:
    """One line as it was meant: NFC, stripped, single spaces. Raises Invalid for hidden characters and excess length.

    An empty answer stays empty: whether one is needed is for the field to say.
    """
    line = text.strip()
    if _LINE_BREAK.search(line):
        raise Invalid(f"{quote(line)} has a line break in it", "Write it on one line.")
    return " ".join(_clean(line, limit, allowed="\t").split())


def clean_text(text: str, limit: int) -> str:
    """Like `clean_line`, over several lines that end in a line feed; spaces and tabs inside are kept."""
    return _clean(re.sub("\r\n|[\r\u2028\u2029]", "\n", text), limit, allowed="\t\n").strip()


def _clean(text: str, limit: int, *, allowed: str) -> str:
    _refuse_excess(text.strip(), limit)
    _refuse_hidden(text, allowed)
    return unicodedata.normalize("NFC", text)


def _refuse_excess(text: str, limit: int) -> None:
    excess = len(text) - limit
    if excess > 0:
        characters = "character" if excess == 1 else "characters"
        raise Invalid(f"{quote(text, 30)} is {excess:,} {characters} too long", f"Use at most {limit:,} characters.")


def _refuse_hidden(text: str, allowed: str) -> None:
    at = _first_hidden(text, allowed)
    if at is not None:
        code = f"U+{ord(text[at]):04X}"
        name = unicodedata.name(text[at], "a control character").lower()
        raise Invalid(
            f"character {at + 1:,} of {quote(text, 30)} cannot be seen or misleads: {code}, {name}",
            "Take it out, or paste the text again as plain text.",
        )
    if _is_overloaded(text):
        raise Invalid(f"{quote(text, 10)} stacks too many accents on one letter", "Take the accents out.")


def _first_hidden(text: str, allowed: str) -> int | None:
    bare = text.replace("\n", "").replace("\t", "") if "\n" in allowed else text
    if bare.isprintable() and not _LOOKS_EMPTY.search(bare):
        return None
    return next((at for at, char in enumerate(text) if char not in allowed and _is_hidden(text, at)), None)


def _is_hidden(text: str, at: int) -> bool:
    char = text[at]
    if char == _JOINER:
        return not (_is_pictured(text[at - 1 : at]) and _is_pictured(text[at + 1 : at + 2]))
    misleads = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return misleads or bool(_LOOKS_EMPTY.match(char)) or _is_noncharacter(ord(char))


def _is_pictured(char: str) -> bool:
    """Whether a zero-width joiner may stand beside this: an emoji, its skin tone or its variation selector."""
    return char == "\ufe0f" or (char != "" and char > "\u2000" and unicodedata.category(char) in ("So", "Sk", "Sm"))


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _is_overloaded(text: str) -> bool:
    for run in _LONG_RUN.finditer(text):
        in_a_row = 0
        for char in run.group():
            in_a_row = in_a_row + 1 if unicodedata.category(char).startswith("M") else 0
            if in_a_row > MARKS_IN_A_ROW:
                return True
    return False


def fold(text: str) -> str:
    """Words for searching, separated by single spaces: no case, accents, apostrophes or punctuation."""
    spoken = text.translate(_APOSTROPHES)
    plain = spoken.casefold() if spoken.isascii() else "".join(map(_plain, spoken))
    return _BETWEEN_WORDS.sub(" ", plain).strip()


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    return _without_marks(char).casefold().translate(_LETTERS)


def _without_marks(char: str) -> str:
    parts = unicodedata.normalize("NFKD", char)
    return "".join(part for part in parts if not unicodedata.category(part).startswith("M"))


def skeleton(text: str) -> str:
    """The shape of a name: two names that look alike in some case, script or spacing have the same one.

    In the spirit of Unicode UTS 39, for the letters that matter here. Empty when nothing is a letter or a digit.
    """
    shapes = "".join(map(_shape, text))
    return shapes.replace("rn", "m").replace("vv", "w")


@lru_cache(maxsize=4096)
def _shape(char: str) -> str:
    latin = _without_marks(char).translate(_LOOKS_LATIN).casefold().translate(_LETTERS).translate(_ONE_SHAPE)
    return "".join(part for part in latin if part.isalnum())


_LOOKS_LATIN = str.maketrans(
    "АВЕЅІЈКМНОРСТУХЬԀԚԜҮаеѕіјорсухԁһԛԝүӏкмнтвгпьѵ"  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγεηικνορστυχω"  # Greek
    "օսոհզ"  # Armenian
    "ɑɡɩᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"  # Latin in other shapes
    "ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ",  # Cherokee
    "ABESIJKMHOPCTYXbdQWYaesijopcyxdhqwylkmhtbrnbv"
    "ABEZHIKMNOPTYXabyenikvopotuxw"
    "ounhq"
    "agiabcdeghijklmnoprstuvwyz"
    "ABCDEHJKLMPRSTVWZ",
)
_ONE_SHAPE = str.maketrans("01i|", "olll")


def is_one_slip(left: str, right: str) -> bool:
    """Whether one letter put in, left out, changed or swapped with its neighbour makes one of the other."""
    if left == right or abs(len(left) - len(right)) > 1:
        return left == right
    start = next((at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return True
    a, b = left[start:], right[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def words_of(name: str) -> str:
    """The name of an event as words: “AnswersGiven” reads “answers given”."""
    return _INNER_CAPITAL.sub(" ", name).lower()


def clean_file_name(name: str) -> str:
    """A name that is safe on every file system and in a header; its ending is kept. Never empty, never a path."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name[-400:]))[-1]
    seen = "".join(char if char.isprintable() else " " for char in last if unicodedata.category(char) != "Cf")
    stem, dot, ending = _UNSAFE_IN_A_FILE_NAME.sub("-", seen).strip("-. ").rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > 12:
        stem, ending = f"{stem}{dot}{ending}", ""
    stem = stem.strip("-. ") or "file"
    if stem.partition(".")[0].casefold() in _RESERVED:
        stem = f"file-{stem}"
    room = BYTES_OF_A_FILE_NAME - len(ending.encode()) - 1
    short = stem.encode()[:room].decode(errors="ignore").rstrip("-. ")
    return f"{short}.{ending}" if ending else short
