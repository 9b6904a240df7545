"""`desk words`: what was said beside what was written, and drafts beside what was signed, give rates of errors."""

from collections.abc import Mapping
from typing import Any

from marketplace.evidence.rules.scores import mean_of
from marketplace.evidence.rules.texts import (
    WordErrors,
    added_up,
    edit_distance,
    least_seconds_open,
    word_errors,
    words_of,
)
from marketplace.faces.desk.numbers import refuse_strangers, rows, shown
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.values import asdict

KNOWN = ("speech", "notes")
SPEECH_ROW, NOTE_ROW = (
    "{said: no known drug allergies, written: known drug allergy}",
    "{draft: penicillin, signed: penicilin}",
)
Line = tuple[str, str, str]


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """Word error rate of speech, edits of notes, or both. Raises Invalid, naming the row that does not hold."""
    refuse_strangers(given, KNOWN)
    if not any(given.get(name) for name in KNOWN):
        raise Invalid("there is no text", f"Write speech: and rows such as {SPEECH_ROW}.")
    lines: list[Line] = []
    document: dict[str, Any] = {}
    if given.get("speech"):
        document["speech"] = _speech(given, lines)
    if given.get("notes"):
        document["notes"] = _notes(given, lines)
    return Worked("How far the words are from what they should be", lines, document)


def _speech(given: Mapping[str, Any], lines: list[Line]) -> dict[str, Any]:
    found = []
    for place, row in enumerate(rows(given, "speech", SPEECH_ROW), start=1):
        said, written = _texts(row, "said", "written", f"speech {place}: ")
        try:
            found.append(word_errors(said, written))
        except ValueError as wrong:
            raise Invalid(f"speech {place}: {wrong}", "Cut it into parts, each with words that were said.") from wrong
        lines.append((f"Word error rate {place}", shown(found[-1].rate), _told(found[-1])))
    whole = added_up(found)
    lines.append(("Word error rate of all", shown(whole.rate), _told(whole)))
    lost = whole.denials - whole.denials_kept
    kept = f"{whole.denials_kept} of {whole.denials}"
    lines.append(
        ("Words that deny, kept", kept, "one that is lost turns a meaning, whatever the average" if lost else "")
    )
    return {**_document(whole), "rows": [_document(each) for each in found]}


def _notes(given: Mapping[str, Any], lines: list[Line]) -> dict[str, Any]:
    found = []
    for place, row in enumerate(rows(given, "notes", NOTE_ROW), start=1):
        draft, signed = _texts(row, "draft", "signed", f"notes {place}: ")
        try:
            found.append(edit_distance(draft, signed))
        except ValueError as wrong:
            raise Invalid(f"notes {place}: {wrong}", "Cut it into parts.") from wrong
        least = f"open {least_seconds_open(len(words_of(draft))):.0f} s or longer counts as read"
        lines.append((f"Edit distance {place}", shown(found[-1]), least))
    changed, mean = sum(each > 0 for each in found), mean_of(found)
    lines.append(("Mean edit distance", shown(mean.value), "near 0 may be approval without reading"))
    lines.append(("Notes changed", f"{changed} of {len(found)}", "a falling rate without better accuracy is a warning"))
    return {"edit_distance": mean.value, "changed": changed, "notes": len(found), "rows": found}


def _texts(row: Mapping[str, Any], one: str, other: str, where: str) -> tuple[str, str]:
    refuse_strangers(row, (one, other), where)
    if one not in row or other not in row:
        raise Invalid(f"{where}{one if one not in row else other} is missing", f"Give {one} and {other}.")
    return str(row[one] or ""), str(row[other] or "")


def _told(errors: WordErrors) -> str:
    return (
        f"({errors.substituted} substituted + {errors.deleted} deleted + {errors.inserted} inserted) / "
        f"{errors.words} words said"
    )


def _document(errors: WordErrors) -> dict[str, Any]:
    return {"rate": errors.rate, **asdict(errors)}


EXAMPLE = """\
speech:
- {said: no known drug allergies, written: known drug allergy}
- {said: "she takes metformin 500 mg twice a day", written: "she takes metformin 500 mg twice a day"}
notes:
- {draft: penicillin, signed: penicilin}
"""

CALCULATOR = Calculator(
    name="words",
    label="How far words are from what was said",
    text="Speech beside its transcript gives a word error rate; drafts beside signed notes give how much was edited.",
    source="the usual word error rate. Case and marks around words count for nothing",
    example=EXAMPLE,
    work=work,
)
