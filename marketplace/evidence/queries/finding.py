"""Products picked out in the database by what the studies behind them are like."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from marketplace.evidence.models import Study
from marketplace.evidence.rules.effects import FUNDED, INDEPENDENT, RUN
from marketplace.evidence.rules.filters import ABROAD, AT_HOME, NOT_STATED, FilterRules

_BACKED = {
    RUN: Study.supplier_run.is_(True),
    FUNDED: and_(Study.supplier_run.is_(False), Study.supplier_funded.is_(True)),
    INDEPENDENT: and_(Study.supplier_run.is_(False), Study.supplier_funded.is_(False)),
}


def products_studied(
    by: Collection[str], places: Collection[str], sizes: Collection[str], rules: FilterRules
) -> Select[UUID]:  # fmt: skip
    """The products of which one published study is of each kind that is chosen; nothing chosen leaves that open."""
    backed = [_BACKED[each] for each in by if each in _BACKED]
    made = [_place(each, rules) for each in places]
    took = [_size(each, rules) for each in sizes]
    told = (_any(chosen, found) for chosen, found in ((by, backed), (places, made), (sizes, took)))
    return select(Study.product_id).where(Study.state == "published", *told)


def _any(chosen: Collection[str], found: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(*found) if found else (~true() if chosen else true())


def _place(place: str, rules: FilterRules) -> ColumnElement[bool]:
    told = {
        AT_HOME: Study.country == rules.home,
        ABROAD: and_(Study.country != rules.home, Study.country != ""),
        NOT_STATED: Study.country == "",
    }
    return told.get(place, ~true())


def _size(band: str, rules: FilterRules) -> ColumnElement[bool]:
    if band == NOT_STATED:
        return Study.participants.is_(None)
    if band not in [each.id for each in rules.rising]:
        return ~true()
    least, beyond = rules.bounds(band)
    return and_(Study.participants >= least, Study.participants < beyond if beyond is not None else true())
