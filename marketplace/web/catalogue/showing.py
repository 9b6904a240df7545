"""A product as a page says it: plain values, made from an edition, its prices and its state.

An edition that was published never changes, so what is made of it is kept.
"""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.rules.ageing import is_stale
from marketplace.catalogue.rules.editions import CHANGES
from marketplace.catalogue.search import AMISS, UNKNOWN, Standing
from marketplace.frameworks import answers
from marketplace.frameworks.answers import Change, Shown
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.forms import Entry, Form
from marketplace.kit.calendar import day_in_london
from marketplace.kit.kept import Kept
from marketplace.kit.values import Value

KEPT = 2_000
PASSPORT = (
    "autonomy", "hosting-country", "trains-on-data", "oversight", "model-access", "licence", "access-route",
    "synthetic-method", "evaluation-method", "service-work", "independence",
)  # fmt: skip
STRIP = 4
"""How many of those stand beside conformity and evidence."""
FIRST = ("summary", "description")
PARTS = ("base-models", "sub-processors")
NOT_STATED = "Not stated"


class Said(Value):
    """One answer under its label."""

    id: str
    label: str
    shown: Shown


class SectionShown(Value):
    id: str
    label: str
    rows: tuple[Said, ...]


class Fact(Value):
    """A label and a value of the passport strip, and whose word it is; `level` draws how strong it is, 0 to 4.

    `tab` is where more of it stands; `warns` is why nobody should miss it.
    """

    label: str
    value: str
    note: str = ""
    level: int | None = None
    tab: str = ""
    warns: bool = False


class EditionShown(Value):
    """An edition in the parts of its page: what stands on top, the passport, the sections."""

    top: tuple[Said, ...]
    passport: tuple[Fact, ...]
    summary: str
    description: str
    parts: tuple[Said, ...]
    sections: tuple[SectionShown, ...]


class Head(Value, kw_only=True):
    """What stands over every tab of a product. `said_by` is whose word the answers are, `said_on` of which day.

    `others_url` finds products of its kind for the purposes that it names.
    """

    ref: str
    title: str
    supplier: str
    kind: str
    number: str
    edition: int
    change: str
    state: str
    reason: str
    said_by: str
    said_on: date | None
    touched_on: date
    is_stale: bool
    is_demonstration: bool
    source: dict[str, str]
    base: str
    others_url: str


EDITIONS: Kept[UUID, EditionShown] = Kept(KEPT)


def shown_of(version: Version, form: Form) -> EditionShown:
    """The edition as its page says it; drafts are made anew each time."""
    if version.state not in ("published", "superseded"):
        return edition_shown(version, form)
    return EDITIONS.get(version.id, lambda: edition_shown(version, form))


def edition_shown(version: Version, form: Form) -> EditionShown:
    described = answers.described(form, version.answers)
    top = [_said(pair) for section, rows in described if section.stands_above for pair in rows]
    sections = [
        SectionShown(section.id, section.label, tuple(said for said in map(_said, rows) if said.id not in FIRST))
        for section, rows in described
        if not section.stands_above
    ]
    everything = {said.id: said for section in sections for said in section.rows}
    return EditionShown(
        top=tuple(top),
        passport=_passport(form, everything),
        summary=str(version.answers.get("summary", "")),
        description=str(version.answers.get("description", "")),
        parts=tuple(everything[name] for name in PARTS if name in everything),
        sections=tuple(section for section in sections if section.rows),
    )


def head_of(product: Product, version: Version, frameworks: Frameworks, *, on: date) -> Head:
    """The head of a page about this edition of the product."""
    touched_on = day_in_london(product.touched_at)
    said_by, said_on = _whose_word(product, version)
    return Head(
        ref=product.ref, title=version.name, supplier=product.supplier_name or "an unnamed supplier",
        kind=next(kind.label for kind in frameworks.kinds if kind.id == product.kind), number=version.number,
        edition=version.edition, change=CHANGES.get(version.change, ""), state=product.shown_state,
        reason=product.state_reason, said_by=said_by, said_on=said_on, touched_on=touched_on,
        is_stale=is_stale(touched_on, today=on), is_demonstration=product.is_demonstration,
        source=_source(product), base=f"/products/{product.ref}", others_url=_others_url(product, version),
    )  # fmt: skip


def frame_of(
    product: Product, version: Version, frameworks: Frameworks, *, on: date, tab: str, standing: Standing = UNKNOWN
) -> dict[str, Head | EditionShown | list[Fact] | str]:
    """What every tab of a product needs: its head, the edition for what stands on top, the facts beside it."""
    return {
        "head": head_of(product, version, frameworks, on=on),
        "edition": shown_of(version, frameworks.form(product.kind)),
        "facts": standing_facts(standing, is_claimed=product.organisation_id is not None),
        "tab": tab,
    }


def standing_facts(standing: Standing, *, is_claimed: bool) -> list[Fact]:
    """What Touchstone itself knows of a product: never what its supplier or a foreign list says."""
    note = standing.conformity_note if is_claimed else "No UK status is claimed for this listing"
    return [
        Fact("Conformity", standing.conformity_word, note, tab="assurance", warns=standing.conformity in AMISS),
        Fact("Evidence", standing.evidence_word, level=standing.evidence_level, tab="evidence"),
    ]


class EditionChange(Value):
    """An edition in the history of its product, with what it says otherwise than the one before."""

    edition: int
    number: str
    name: str
    kind: str
    on: date | None
    url: str
    is_live: bool
    changes: tuple[Change, ...]


def edition_changes(product: Product, versions: Sequence[Version], form: Form) -> list[EditionChange]:
    """The editions that were on show, newest first, each with a readable list of what changed."""
    found = []
    for place, version in enumerate(versions):
        older = versions[place + 1] if place + 1 < len(versions) else None
        changed = answers.changes(form, older.answers, version.answers) if older else []
        found.append(_edition_change(product, version, (*_renamed(older, version), *changed)))
    return found


def changes_since(older: Version, version: Version, form: Form) -> list[Change]:
    """What an edition says otherwise than an older one, its name and version among it."""
    numbered = [Change("number", "Version", older.number, version.number)] if older.number != version.number else []
    return [*_renamed(older, version), *numbered, *answers.changes(form, older.answers, version.answers)]


def _renamed(older: Version | None, version: Version) -> list[Change]:
    if older is None or older.name == version.name:
        return []
    return [Change("name", "Name", older.name, version.name)]


def _edition_change(product: Product, version: Version, changed: tuple[Change, ...]) -> EditionChange:
    is_live = version.id == product.live_version_id
    base = f"/products/{product.ref}"
    return EditionChange(
        version.edition, version.number, version.name, CHANGES.get(version.change, ""), _day(version.published_at),
        base if is_live else f"{base}/editions/{version.edition}", is_live, changed,
    )  # fmt: skip


def _said(pair: tuple[Entry, Shown]) -> Said:
    entry, shown = pair
    return Said(entry.question.id, entry.question.label, shown)


def _passport(form: Form, everything: dict[str, Said]) -> tuple[Fact, ...]:
    asked = [name for name in PASSPORT if name in form.questions][:STRIP]
    return tuple(
        Fact(form.questions[name].label, everything[name].shown.text if name in everything else NOT_STATED)
        for name in asked
    )


def _others_url(product: Product, version: Version) -> str:
    purposes = version.answers.get("purpose", ())
    named = purposes if isinstance(purposes, (list, tuple)) else [purposes]
    return f"/products?{urlencode([('kind', product.kind), *(('purpose', each) for each in named)])}"


def _whose_word(product: Product, version: Version) -> tuple[str, date | None]:
    if product.organisation_id is None and product.source:
        return str(product.source.get("document", "An imported list")), _read_day(product.source.get("date"))
    return "Supplier's statement", _day(version.published_at or version.created_at)


def _source(product: Product) -> dict[str, str]:
    """Where an unclaimed product comes from; empty for one that has its supplier."""
    if product.organisation_id is not None:
        return {}
    return {name: str(product.source.get(name, "")) for name in ("document", "publisher", "date", "licence", "url")}


def _read_day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _day(moment: datetime | None) -> date | None:
    return day_in_london(moment) if moment else None
