"""Judgements of notes as a CSV brings them: read row by row, each fault named by its line."""

from collections.abc import Iterable, Mapping
from datetime import date

from marketplace.evidence.rules.review import PDQI_ITEMS, Judgement
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import read_whole
from marketplace.kit.sheets import Row
from marketplace.kit.text import clean_line

MOST_JUDGEMENTS = 20_000
NEEDED = ("note", "reviewer", "hallucinations-major", "hallucinations-minor", "omissions-major", "omissions-minor")
OPTIONAL = ("sentences", "source-sentences", "pdqi-9", *(f"pdqi-{item}" for item in PDQI_ITEMS))
MOST_OF_A_NOTE = 10_000


def read_judgements(rows: Iterable[Row]) -> list[Judgement]:
    """Every row as a judgement. Raises Invalid with each line that does not hold; nothing is taken in by halves."""
    found: list[Judgement] = []
    wrong: dict[str, str] = {}
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if len(found) >= MOST_JUDGEMENTS:
            told = f"Send at most {MOST_JUDGEMENTS:,}."
            raise Invalid("there are too many judgements", told, fields={"file": told})
        if row.wrong:
            wrong[f"line {row.number}"] = row.wrong
            continue
        try:
            judged = _judgement(row.cells)
        except Invalid as refusal:
            wrong[f"line {row.number}"] = f"{refusal.fact}. {refusal.hint}"
            continue
        first = seen.setdefault((judged.note, judged.reviewer), row.number)
        if first != row.number:
            wrong[f"line {row.number}"] = f"{judged.reviewer} judged note {judged.note} already, on line {first}."
        found.append(judged)
    if wrong:
        line, text = next(iter(wrong.items()))
        hint = "Mend the file and send it again. Nothing was taken in."
        raise Invalid(f"{line}: {text}", hint, fields=dict(list(wrong.items())[:20]))
    if not found:
        told = "The first line names the columns; a line follows for each note and reviewer."
        raise Invalid("the file holds no judgement", told, fields={"file": told})
    return found


def refuse_days(began: date | None, ended: date | None, *, stamped_on: date, on: date) -> None:
    """Raises Invalid unless the notes were read after the protocol was stamped, and have been read by now."""
    if began is None or ended is None:
        told = "Give the first and the last day on which notes were read."
        raise Invalid("the days are missing", told, fields={"ended_on" if ended is None else "began_on": told})
    if began < stamped_on:
        told = f"The protocol was stamped on {stamped_on.day} {stamped_on:%B %Y}: what was read before cannot count."
        raise Invalid("the notes were read before the protocol was stamped", told, fields={"began_on": told})
    if ended < began or ended > on:
        told = "The last day comes after the first, and not after today."
        raise Invalid("the days do not hold", told, fields={"ended_on": told})


def _judgement(cells: Mapping[str, str]) -> Judgement:
    missing = [name for name in NEEDED if not cells.get(name, "").strip()]
    if missing:
        raise Invalid(f"{missing[0]} is empty", "Write 0 where there was none")
    counts = {name: _count(cells, name) for name in (*NEEDED[2:], "sentences", "source-sentences")}
    for of, name in (("sentences", "hallucinations"), ("source-sentences", "omissions")):
        total = (counts[f"{name}-major"] or 0) + (counts[f"{name}-minor"] or 0)
        whole = counts[of]
        if whole is not None and total > whole:
            raise Invalid(f"{total} {name} are more than {whole} {of}", "Count sentences, not words")
    return Judgement(
        note=clean_line(cells["note"], 80), reviewer=clean_line(cells["reviewer"], 80),
        hallucinations_major=counts["hallucinations-major"] or 0,
        hallucinations_minor=counts["hallucinations-minor"] or 0,
        omissions_major=counts["omissions-major"] or 0, omissions_minor=counts["omissions-minor"] or 0,
        sentences=counts["sentences"], source_sentences=counts["source-sentences"], pdqi=_pdqi(cells),
    )  # fmt: skip


def _count(cells: Mapping[str, str], name: str) -> int | None:
    text = cells.get(name, "").strip()
    if not text:
        return None
    try:
        found = read_whole(text)
    except Invalid as wrong:
        raise Invalid(f"{name} {wrong.fact}", wrong.hint.rstrip(".")) from wrong
    if found > MOST_OF_A_NOTE:
        raise Invalid(f"{name} {found:,} is more than a note has", "Check the number")
    return found


def _pdqi(cells: Mapping[str, str]) -> int | None:
    """The sum as given, or of the nine items; None where neither is."""
    items = [_count(cells, f"pdqi-{item}") for item in PDQI_ITEMS]
    given = [each for each in items if each is not None]
    total = _count(cells, "pdqi-9")
    if given:
        if len(given) < len(PDQI_ITEMS) or not all(1 <= each <= 5 for each in given):
            raise Invalid("PDQI-9 has nine items of 1 to 5", "Fill all nine, or none")
        total = sum(given)
    if total is not None and not len(PDQI_ITEMS) <= total <= 5 * len(PDQI_ITEMS):
        raise Invalid(f"a PDQI-9 of {total} cannot be", "It lies from 9 to 45")
    return total
