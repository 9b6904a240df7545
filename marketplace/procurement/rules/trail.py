"""The audit trail: what was recorded about a project, in words and in order, and what of it the law wants kept."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from marketplace.catalogue.rules.costing import costing_in_words, split_costing
from marketplace.kit.calendar import in_words
from marketplace.kit.events import Event
from marketplace.kit.money import Money
from marketplace.kit.values import Value, field, replace
from marketplace.procurement import events as told
from marketplace.procurement.rules.deadlines import due_in_words
from marketplace.procurement.rules.fit import FITS, WEIGHTS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = {
    "started": "Started", "described": "Described", "requirement": "Requirement", "withdrawn": "Requirement removed",
    "search": "Search", "lock": "Search locked", "candidate": "Considered", "included": "Included",
    "excluded": "Excluded", "fit": "Fit judged", "changed": "Product changed", "people": "Colleagues",
    "comment": "Comment", "deadline": "Deadline", "decided": "Decided", "closed": "Closed", "reopened": "Opened again",
}  # fmt: skip
ORDERS = {
    "relevance": "the best match first", "newest": "the newest first", "evidence": "the strongest evidence first",
    "price": "the lowest price first",
}  # fmt: skip


class Labels(Value, kw_only=True):
    """The words that stand for codes, ids, references. A comment that the reader may not see is not in `comments`."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    grounds: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[UUID, str] = field(default_factory=dict)
    organisations: Mapping[UUID, str] = field(default_factory=dict)
    comments: Mapping[UUID, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)


class Line(Value, kw_only=True):
    """One line of the trail. `entry` is the id of its entry in the record, by which anybody can check it."""

    kind: str
    title: str
    text: str = ""
    at: datetime = EPOCH
    entry: str = ""
    by: str = ""
    organisation: str = ""
    product_ref: str = ""
    product_name: str = ""
    number: str = ""
    edition: int | None = None
    state: str = ""
    yearly_pence: int | None = None
    reason: str = ""
    step: int | None = None
    is_late: bool = False


def line_of(event: Event, labels: Labels) -> Line | None:
    """What an event says in the trail; None for what this reader may not see, or what is no part of it."""
    tell = _TELLERS.get(type(event))
    return tell(event, labels) if tell else None


def in_order(lines: Iterable[Line]) -> list[Line]:
    """By time, then by the id of the entry, which is ordered by time too: the same order however they were read."""
    return sorted(lines, key=lambda line: (line.at, line.entry))


def marked_late(lines: Sequence[Line]) -> list[Line]:
    """Requirements that were written after the first search are marked: a reader will ask why."""
    marked, searched = [], False
    for line in lines:
        searched = searched or line.kind == "search"
        marked.append(replace(line, is_late=True) if searched and line.kind == "requirement" else line)
    return marked


def held(kinds: Collection[str], lines: Iterable[Line]) -> int:
    """How many lines of the trail hold a record of these kinds."""
    return sum(line.kind in kinds for line in lines)


def filters_in_words(chosen: Mapping[str, Sequence[str]], labels: Labels) -> str:
    """ "Care setting: Outpatients or Maternity; Language: Welsh", and what a year may cost. Empty for nothing."""
    parts, (ticks, costing) = [], split_costing(chosen)
    for key, values in ticks.items():
        label, options = labels.facets.get(key, (key.replace("-", " ").capitalize(), {}))
        parts.append(f"{label}: {' or '.join(options.get(value, value) for value in values)}")
    return "; ".join(filter(None, (*parts, costing_in_words(costing))))


def volumes_in_words(volumes: Mapping[str, int]) -> str:
    """ "400 users, 90,000 uses, 3 years"."""
    return ", ".join(f"{number:,} {unit.replace('_', ' ')}" for unit, number in volumes.items())


def _started(event: told.ProjectStarted, labels: Labels) -> Line:
    text = _sentences(event.need, volumes_in_words(event.volumes))
    return Line(kind="started", title=f"Project started: {event.name}", text=text)


def _described(event: told.ProjectDescribed, labels: Labels) -> Line:
    shown = {"name": event.name, "need": event.need, "volumes": volumes_in_words(event.volumes)}
    text = _sentences(*(f"{part.capitalize()}: {shown[part]}" for part in event.changed))
    return Line(kind="described", title=f"Described anew: {', '.join(event.changed)}", text=text)


def _required(event: told.RequirementAdded, labels: Labels) -> Line:
    return Line(kind="requirement", title=f"{WEIGHTS[event.weight]}: {event.wording}", text=event.wanted)


def _unrequired(event: told.RequirementRemoved, labels: Labels) -> Line:
    return Line(kind="withdrawn", title=f"No longer required: {event.wording}", reason=event.reason)


def _judged(event: told.FitJudged, labels: Labels) -> Line:
    return Line(
        kind="fit", title=f"{event.product_name}: {FITS[event.fit].lower()}", text=event.wording, reason=event.note,
        product_ref=event.product_ref, product_name=event.product_name, edition=event.edition,
    )  # fmt: skip


def _searched(event: told.SearchKept, labels: Labels) -> Line:
    words = f"“{event.words}”" if event.words else "everything"
    found = f"{event.found:,} found, {ORDERS.get(event.sort, event.sort)}"
    text = _sentences(filters_in_words(event.chosen, labels), found, event.notice)
    return Line(kind="search", title=f"Search {event.number}: {words}", text=text, step=event.number)


def _locked(event: told.SearchLocked, labels: Labels) -> Line:
    text = f"{event.results:,} results written down as they stood"
    return Line(kind="lock", title=f"Search {event.number} locked", text=text, step=event.number)


def _candidate(event: Any, **more: Any) -> Line:
    return Line(
        product_ref=event.product_ref, product_name=event.product_name, number=event.number, edition=event.edition,
        state=event.state, yearly_pence=event.yearly_pence, **more,
    )  # fmt: skip


def _added(event: told.CandidateAdded, labels: Labels) -> Line:
    came = f"from search {event.step_number}" if event.step_number else ""
    return _candidate(
        event, kind="candidate", title=f"To decide: {event.product_name}", text=came, reason=event.reason,
        step=event.step_number,
    )  # fmt: skip


def _included(event: told.CandidateIncluded, labels: Labels) -> Line:
    return _candidate(event, kind="included", title=f"Included: {event.product_name}", reason=event.reason)


def _excluded(event: told.CandidateExcluded, labels: Labels) -> Line:
    reason = _sentences(labels.reasons.get(event.reason_code, event.reason_code), event.reason)
    return _candidate(event, kind="excluded", title=f"Excluded: {event.product_name}", reason=reason)


def _changed(event: told.CandidateChanged, labels: Labels) -> Line:
    return Line(
        kind="changed", title=f"{event.product_name} changed", text=_sentences(*event.changes),
        product_ref=event.product_ref, product_name=event.product_name,
    )  # fmt: skip


def _named(event: told.ColleagueAdded, labels: Labels) -> Line:
    can = "read and write" if event.access == "write" else "read"
    return Line(kind="people", title=f"{_person(event, labels)} may {can} here")


def _unnamed(event: told.ColleagueRemoved, labels: Labels) -> Line:
    return Line(kind="people", title=f"{_person(event, labels)} is no longer on the project")


def _commented(event: told.CommentMade, labels: Labels) -> Line | None:
    if event.comment_id not in labels.comments:
        return None
    reach = "private to the organisation" if event.is_private else "shared"
    return Line(kind="comment", title=f"Comment, {reach}", text=labels.comments[event.comment_id])


def _done(event: told.CommentDone, labels: Labels) -> Line | None:
    if event.comment_id not in labels.comments:
        return None
    return Line(kind="comment", title="Done", text=labels.comments[event.comment_id])


def _deadline_set(event: told.DeadlineSet, labels: Labels) -> Line:
    return Line(
        kind="deadline", title=f"Deadline: {event.label}", text=f"By {due_in_words(event.due_on, event.due_at)}"
    )


def _deadline_moved(event: told.DeadlineMoved, labels: Labels) -> Line:
    text = f"From {in_words(event.was_on)} to {due_in_words(event.due_on, event.due_at)}"
    return Line(kind="deadline", title=f"Deadline moved: {event.label}", text=text, reason=event.reason)


def _deadline_met(event: told.DeadlineMet, labels: Labels) -> Line:
    return Line(kind="deadline", title=f"Done: {event.label}", text=f"It was due by {in_words(event.due_on)}")


def _deadline_removed(event: told.DeadlineRemoved, labels: Labels) -> Line:
    return Line(kind="deadline", title=f"Deadline removed: {event.label}", reason=event.reason)


def _decided(event: told.ProjectDecided, labels: Labels) -> Line:
    ground = labels.grounds.get(event.ground, event.ground)
    chosen = [f"{labels.products[ref]} ({ref})" if ref in labels.products else ref for ref in event.chosen]
    text = _sentences(f"For {', '.join(chosen)}" if chosen else "For no product", ground)
    return Line(kind="decided", title="Decided", text=text, reason=event.reason)


def _closed(event: told.ProjectClosed, labels: Labels) -> Line:
    return Line(kind="closed", title="Closed without a decision", reason=event.reason)


def _reopened(event: told.ProjectReopened, labels: Labels) -> Line:
    return Line(kind="reopened", title="Opened again", reason=event.reason)


_TELLERS: Mapping[type[Event], Callable[[Any, Labels], Line | None]] = {
    told.ProjectStarted: _started, told.ProjectDescribed: _described, told.RequirementAdded: _required,
    told.RequirementRemoved: _unrequired, told.FitJudged: _judged, told.SearchKept: _searched,
    told.SearchLocked: _locked, told.CandidateAdded: _added, told.CandidateIncluded: _included,
    told.CandidateExcluded: _excluded, told.CandidateChanged: _changed, told.ColleagueAdded: _named,
    told.ColleagueRemoved: _unnamed, told.CommentMade: _commented, told.CommentDone: _done,
    told.DeadlineSet: _deadline_set, told.DeadlineMoved: _deadline_moved, told.DeadlineMet: _deadline_met,
    told.DeadlineRemoved: _deadline_removed, told.ProjectDecided: _decided, told.ProjectClosed: _closed,
    told.ProjectReopened: _reopened,
}  # fmt: skip


def _person(event: Any, labels: Labels) -> str:
    name = labels.people.get(event.person_id, "Somebody")
    organisation = labels.organisations.get(event.organisation_id, "")
    return f"{name} of {organisation}" if organisation else name


def _sentences(*parts: str) -> str:
    return ". ".join(part.rstrip(".") for part in parts if part)


def money(pence: int | None) -> str:
    """A yearly figure in words, or nothing where none could be worked out."""
    return "" if pence is None else f"{Money(pence)} a year"
