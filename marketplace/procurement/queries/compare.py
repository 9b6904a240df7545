"""Products side by side: what they say, what they cost for these volumes, and what stands behind it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from marketplace.assurance.queries.certificates import conformities
from marketplace.catalogue.models import Attachment
from marketplace.catalogue.queries.products import attachments_of
from marketplace.catalogue.rules.ageing import is_stale
from marketplace.catalogue.rules.pricing import headline
from marketplace.evidence.queries.summaries import summaries_of
from marketplace.frameworks import answers
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.procurement.queries.standing import Look, looks, products_by_ref
from marketplace.procurement.rules.costs import Costing
from marketplace.procurement.rules.standing import STATES, differs

FEWEST, MOST = 2, 5


class Row(Value):
    """One line of a comparison, a cell for each product."""

    label: str
    cells: tuple[str, ...]
    differs: bool


class Group(Value):
    """Lines that belong together."""

    label: str
    rows: tuple[Row, ...]


class Comparison(Value):
    """Products in the order asked for, and every line about them; `differing` leaves out what is the same."""

    looks: tuple[Look, ...]
    groups: tuple[Group, ...]

    @property
    def differing(self) -> tuple[Group, ...]:
        kept = (Group(group.label, tuple(row for row in group.rows if row.differs)) for group in self.groups)
        return tuple(group for group in kept if group.rows)

    @property
    def same(self) -> int:
        return sum(not row.differs for group in self.groups for row in group.rows)


def compare(
    db: Session, frameworks: Frameworks, refs: Sequence[str], *, volumes: Mapping[str, int], years: int, on: date
) -> Comparison:
    """Two to five products on show, compared. Raises Invalid for fewer or more, NotFound naming what is not there."""
    asked = list(dict.fromkeys(ref.strip().upper() for ref in refs if ref.strip()))
    if not FEWEST <= len(asked) <= MOST:
        few = ("no product is chosen to be compared", "one product alone cannot be compared")
        fact = few[len(asked)] if len(asked) < FEWEST else f"{len(asked)} products are too many to be compared"
        raise Invalid(fact, f"Choose {FEWEST} to {MOST} products, and compare them again.")
    products = products_by_ref(db, asked)
    if len(products) < len(asked):
        missing = next(ref for ref in asked if ref not in {product.ref for product in products})
        raise NotFound(f"there is no product {quote(missing)} to compare", "Choose the products in the catalogue.")
    seen = looks(db, [product.id for product in products], on=on, volumes=volumes, years=years)
    shown = tuple(seen[product.id] for product in products)
    documents = [attachments_of(db, product.id) for product in products]
    behind = _behind(db, frameworks, shown, documents, on)
    groups = [_standing(shown, on), _price(shown, years), behind, *_answers(shown, frameworks)]
    return Comparison(shown, tuple(group for group in groups if group.rows))


def _standing(shown: Sequence[Look], on: date) -> Group:
    return Group(
        "On the catalogue",
        (
            _row("State", (STATES[look.standing.state] for look in shown)),
            _row("Supplier", (look.product.supplier_name for look in shown)),
            _row("Version", (look.standing.number for look in shown)),
            _row("Edition of", (_published(look) for look in shown)),
            _row("Where it comes from", (_source(look) for look in shown)),
            _row("Looked over in the last 12 months", (_fresh(look, on) for look in shown)),
        ),
    )


def _price(shown: Sequence[Look], years: int) -> Group:
    term = f"{years} year{'s' if years > 1 else ''}"
    return Group(
        "Price for your volumes, before VAT",
        (
            _row("Price declared", (headline(look.offers) or "None declared" for look in shown)),
            _row("A year", (_amount(look.costing, "year") for look in shown)),
            _row("Due once: set-up, training, leaving", (_once(look.costing) for look in shown)),
            _row(f"Over {term}, everything", (_amount(look.costing, "term") for look in shown)),
            _row(f"Over {term}, with VAT", (_gross(look.costing) for look in shown)),
            _row("Extras not in these figures", (_extras(look.costing) for look in shown)),
        ),
    )


def _behind(
    db: Session, frameworks: Frameworks, shown: Sequence[Look], documents: Sequence[Sequence[Attachment]], on: date
) -> Group:
    """How each product conforms today and until when, and how strong its evidence is."""
    ids = [look.product.id for look in shown]
    conform, proven = conformities(db, frameworks, ids, on=on), summaries_of(db, frameworks, ids)
    shared = [", ".join(f"{file.name}" for file in files if file.access == "public") or "None" for files in documents]
    return Group(
        "Conformity and evidence",
        (
            _row("Conformity today", (conform[each].word for each in ids)),
            _row("Holds until", (_until(conform[each].until) for each in ids)),
            _row("Evidence", (proven[each].word for each in ids)),
            _row("Public documents", shared),
        ),
    )


def _until(day: date | None) -> str:
    return in_words(day) if day else "No date"


def _answers(shown: Sequence[Look], frameworks: Frameworks) -> Iterator[Group]:
    """The supplier's statements, section by section, as declared."""
    given = [look.version.answers if look.version else {} for look in shown]
    kinds = [look.product.kind for look in shown]
    form = frameworks.form(kinds[0]) if len(set(kinds)) == 1 else frameworks.description
    sections: dict[str, list[Row]] = {}
    for row in answers.compare(form, given, kinds=kinds):
        cells = tuple(cell.text for cell in row.cells)
        sections.setdefault(row.section, []).append(Row(row.label, cells, row.differs))
    for label, rows in sections.items():
        yield Group(label, tuple(rows))


def _row(label: str, cells: Iterator[str] | Sequence[str]) -> Row:
    shown = tuple(cells)
    return Row(label, shown, differs(shown))


def _published(look: Look) -> str:
    at = look.version.published_at if look.version else None
    return in_words(day_in_london(at)) if at else "Not known"


def _source(look: Look) -> str:
    if look.product.organisation_id is not None:
        return "Listed by its supplier"
    named = [str(look.product.source.get(key, "")) for key in ("document", "date")]
    return f"Imported, not yet claimed: {', '.join(filter(None, named)) or 'source not named'}"


def _fresh(look: Look, on: date) -> str:
    return "No" if is_stale(day_in_london(look.product.touched_at), today=on) else "Yes"


def _amount(costing: Costing, which: str) -> str:
    total = costing.year if which == "year" else costing.term
    return costing.missing if total is None else str(total.net)


def _gross(costing: Costing) -> str:
    return costing.missing if costing.term is None else str(costing.term.gross)


def _once(costing: Costing) -> str:
    return costing.missing if costing.cost is None or costing.year is None else str(costing.cost.start.net)


def _extras(costing: Costing) -> str:
    if costing.cost is None:
        return costing.missing
    lines = [f"{line.label}: {line.amount}" for line in costing.cost.extras]
    lines += [f"{line.label}: by result" for line in costing.cost.by_result]
    return "; ".join(lines) or "None"
