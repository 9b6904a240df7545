"""The catalogue: each English sentence with its Welsh one, counted nouns in six forms, and sentences with gaps."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from marketplace.kit.values import Value, field

LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])? )?(".*")')
GAP = re.compile(r"\{(\w+)\}")
CATALOGUE = "welsh.po"
MONTHS = (
    "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd",
    "Rhagfyr",
)  # fmt: skip
ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SHORT = ("Ion", "Chwef", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag")
"""A month after the numeral of its day does not mutate: 24 Tachwedd, o 1 Mawrth, ar 5 Mai."""
DATE = re.compile(rf"(\d{{1,2}} )?({'|'.join(ENGLISH)}) (\d{{4}})")
"""A day or a month that the program wrote into a text."""
AFTER_SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z])")
LONGEST = 400
"""What is longer was written by somebody, not by us."""
AFTER_ITEM = re.compile("; ")
SAID, KNOWN = "said", "_known"
"""The context of sentences that the program puts together: `{name}` stands for what it puts in, `{name_known}` for
what has to have Welsh itself."""


class Entry(Value):
    """One entry of a gettext file as it stands there."""

    context: str
    english: str
    plural: str
    forms: tuple[str, ...]


class Said(Value):
    """A sentence with gaps: how its English is recognised, and its Welsh."""

    pattern: re.Pattern[str]
    welsh: str


class Words(Value):
    """What there is in Welsh, ready to be looked up."""

    sentences: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: tuple[Said, ...] = ()

    def say(self, english: str) -> str | None:
        """The Welsh of a text or None: as it stands, or part by part where every part has Welsh."""
        found = self.sentences.get(english)
        if found is not None or "\n" in english or len(english) > LONGEST:
            return found
        for between in (AFTER_SENTENCE, AFTER_ITEM):
            welsh = [self._part(part) for part in between.split(english)]
            if None not in welsh:
                return (" " if between is AFTER_SENTENCE else "; ").join(part for part in welsh if part)
        return None

    def _part(self, english: str) -> str | None:
        """One sentence or label: as it stands, without the stop or the capital that the catalogue has, or a date."""
        for stop in ("", "."):
            for begun in (english, english[:1].upper() + english[1:]):
                found = self.sentences.get(begun + stop) or self._gapped(begun + stop)
                if found is not None:
                    found = found.removesuffix(stop)
                    return found if begun == english else found[:1].lower() + found[1:]
        return dated(english) if DATE.fullmatch(english) else None

    def _gapped(self, english: str) -> str | None:
        for one in self.said:
            match = one.pattern.fullmatch(english)
            gaps = self._gaps(match.groupdict()) if match else None
            if gaps is not None:
                return one.welsh.format_map(gaps)
        return None

    def _gaps(self, texts: Mapping[str, str]) -> dict[str, str] | None:
        """What stands in the gaps: as it came, but the `known` ones in Welsh; None where one of those has none."""
        gaps = dict(texts)
        for name, text in texts.items():
            if name.endswith(KNOWN):
                welsh = dated(text) if DATE.fullmatch(text) else self.sentences.get(text)
                if welsh is None:
                    return None
                gaps[name] = welsh
        return gaps

    def count(self, number: int, one: str) -> str | None:
        """`3 chynnyrch` for 3 and "product"; None where the noun has no Welsh."""
        forms = self.counted.get(one)
        return forms[form_of(number)].replace("{n}", f"{number:,}") if forms else None


def dated(text: str) -> str:
    """A text with the months of its dates in Welsh: 24 Tachwedd 2026, Mawrth 2026."""
    return DATE.sub(lambda found: f"{found[1] or ''}{MONTHS[ENGLISH.index(found[2])]} {found[3]}", text)


def form_of(number: int) -> int:
    """Which of the six Welsh forms goes with a number. Source: Unicode CLDR, plural rules of cy."""
    return {0: 0, 1: 1, 2: 2, 3: 3, 6: 4}.get(number, 5)


@cache
def read(path: Path) -> Words:
    """The words of a gettext file, read once in a process."""
    entries = [entry for entry in entries_of(path.read_text(encoding="utf-8")) if all(entry.forms)]
    said = [Said(_pattern(entry.english), entry.forms[0]) for entry in entries if entry.context == SAID]
    return Words(
        {entry.english: entry.forms[0] for entry in entries if not entry.plural and entry.context != SAID},
        {entry.english: entry.forms for entry in entries if entry.plural},
        tuple(said),
    )


def entries_of(text: str) -> Iterator[Entry]:
    """The entries of a gettext file, its header left out. Raises ValueError on a line that is none of its kinds."""
    for block in re.split(r"\n\s*\n", text):
        parts: dict[str, str] = {}
        part = ""
        for line in block.strip().splitlines():
            if line.startswith("#"):
                continue
            found = LINE.fullmatch(line)
            if found is None:
                raise ValueError(f"this is not a line of a catalogue: {line}")
            part = f"{found[1]}{found[2] or ''}" if found[1] else part
            parts[part] = parts.get(part, "") + json.loads(found[3])
        if parts.get("msgid"):
            forms = tuple(text for key, text in parts.items() if key.startswith("msgstr"))
            yield Entry(parts.get("msgctxt", ""), parts["msgid"], parts.get("msgid_plural", ""), forms)


def _pattern(english: str) -> re.Pattern[str]:
    parts = GAP.split(english)
    return re.compile("".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)))
