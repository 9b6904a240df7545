"""`desk check --against`: frameworks as they are drafted beside those that hold: what differs, and whom it moves."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.assurance.queries.foreseen import Foreseen, foreseen
from marketplace.assurance.rules.differences import Change, Differences, differences
from marketplace.faces.desk import check
from marketplace.faces.desk.worked import Worked
from marketplace.faces.frameworks import described_by
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid

WHAT = {"new": "new", "gone": "not asked any more", "changed": "changed"}
Told = Callable[[int, int], None]
Row = tuple[str, str, str]


def changed_frameworks(current: Frameworks, draft: Frameworks) -> list[Differences]:
    """The frameworks whose newest version differs from the one that holds. One that is new differs from nothing."""
    words = described_by(draft)
    both = [(current.assurance[name], new) for name, new in draft.assurance.items() if name in current.assurance]
    found = (differences(old, new, words) for old, new in both)
    return [each for each in found if not each.is_empty]


def compare(
    current: Frameworks, draft: Frameworks, given: Mapping[str, Any] | None, *, db: Session | None, on: date,
    at: datetime, told: Told,
) -> Worked:  # fmt: skip
    """What a draft changes: criterion by criterion, for the answers of a file, and for every product on show."""
    found = changed_frameworks(current, draft)
    moved = {each.new.id: list(_moved(each, draft, db, on, at, told)) for each in found} if db is not None else {}
    rows = [row for each in found for row in _rows(each, moved.get(each.new.id))]
    rows += [(name, "new", "No product was judged under it yet.") for name in _added(current, draft)]
    answered = _answered(current, draft, given) if given else []
    document = {
        "frameworks": [_document(each, moved.get(each.new.id)) for each in found],
        "new": _added(current, draft),
        "answers": [{"part": part, "verdict": verdict, "reason": reason} for part, verdict, reason in answered],
    }
    rows += answered
    return Worked("What the draft changes", rows or [("Nothing", "Both say the same", "")], document)


def _added(current: Frameworks, draft: Frameworks) -> list[str]:
    return [name for name in draft.assurance if name not in current.assurance]


def _moved(
    found: Differences, draft: Frameworks, db: Session, on: date, at: datetime, told: Told
) -> Iterator[Foreseen]:
    return foreseen(db, draft, found.old, found.new, on=on, at=at, told=told)


def _rows(found: Differences, moved: list[Foreseen] | None) -> Iterator[Row]:
    label = found.new.label
    for name, was, now in found.whole:
        yield f"{label}: {name.lower()}", now or "nothing", f"was {was}" if was else "was not there"
    for change in found.criteria:
        yield f"{label} {change.code} {change.label}", WHAT[change.what], _in_words(change)
    if moved is None:
        yield f"{label}: products", "not compared", "There is no database here."
        return
    yield f"{label}: products", str(len(moved)), "whose verdict becomes another"
    for each in moved:
        yield f"{each.name} ({each.ref})", f"{each.turn.before} becomes {each.turn.after}", each.turn.cause


def _in_words(change: Change) -> str:
    if change.what != "changed":
        return ""
    return " ".join(f"{name}: {now or 'nothing'} (was: {was or 'nothing'})" for name, was, now in change.parts)


def _answered(current: Frameworks, draft: Frameworks, given: Mapping[str, Any]) -> list[Row]:
    """The answers of a file under both: the whole first, then each part that is not as it was."""
    if "version" in given:
        raise Invalid("a version is named", "Leave it out: the newest of both are compared.")
    before, after = check.work(given, current), check.work(given, draft)
    was = {part: (verdict, reason) for part, verdict, reason in before.rows}
    rows = [
        (f"Your answers, {part}", f"{was.get(part, ('not asked', ''))[0]} becomes {verdict}", reason)
        for part, verdict, reason in after.rows
        if was.get(part, ("", ""))[0] != verdict
    ]
    return rows or [("Your answers", f"{before.rows[0][1]} stays", before.rows[0][2])]


def _document(found: Differences, moved: list[Foreseen] | None) -> dict[str, Any]:
    return {
        "framework": found.new.id, "old": found.old.version, "new": found.new.version,
        "whole": [list(part) for part in found.whole],
        "criteria": [
            {"code": each.code, "what": each.what, "parts": [list(part) for part in each.parts]}
            for each in found.criteria
        ],
        "products": None if moved is None else [
            {"ref": each.ref, "name": each.name, "before": each.turn.before, "after": each.turn.after,
             "cause": each.turn.cause} for each in moved
        ],
    }  # fmt: skip
