"""Two to five products side by side: what differs, on request everything; to print and to take away."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from marketplace.catalogue.queries.asking import product_query
from marketplace.catalogue.rules.offers import read_volume
from marketplace.faces.ask import Ask
from marketplace.faces.finding import find_products
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid
from marketplace.kit.sheets import ODS, Sheet, to_csv, to_ods
from marketplace.kit.text import fold
from marketplace.kit.values import Value
from marketplace.procurement.models import Project
from marketplace.procurement.policies import may_write
from marketplace.procurement.queries.compare import MOST, Comparison, Group, compare
from marketplace.procurement.queries.exports import comparison_about, comparison_columns, comparison_rows
from marketplace.procurement.queries.projects import seat_of
from marketplace.procurement.schemas import VOLUMES
from marketplace.web.edge import PUBLIC, Answer, Download, Goto, Page, is_own_path, page, refused
from marketplace.web.procurement.common import project_of, volumes_in_words

LONGEST_PATH, LONGEST_WORDS, MOST_LISTED = 2_000, 200, 6


class Another(Value):
    """A product that can join the comparison, at this address."""

    title: str
    supplier: str
    url: str


class More(Value):
    """What was typed to find one more product, what the form takes along, and what was found.

    `only_url` is where to go when one product alone is called so; `is_full` where no more can be compared.
    """

    words: str
    kept: list[tuple[str, str]]
    found: tuple[Another, ...]
    only_url: str = ""
    is_full: bool = False


@page("/compare", who=PUBLIC)
def show_comparison(ask: Ask) -> Answer:
    """The comparison; without a project for the volumes that the address gives. A name that was typed joins it."""
    project = project_asked(ask)
    try:
        found, open_to = comparison_of(ask, project), decided_in(ask, project)
    except Invalid as refusal:
        return refused(replace(ask, before=results_of(ask) if came_from(ask) else ask.before), refusal)
    every_row = bool(every_row_of(ask))
    more = more_for(ask, found)
    if more.only_url:
        return Goto(more.only_url)
    values = {
        "more": more,
        "heads": [head_of(ask, found, place, project=open_to) for place in range(len(found.looks))],
        "groups": [shown_group(group) for group in (found.groups if every_row else found.differing)],
        "every_row": every_row,
        "same": found.same,
        "project": {"ref": project.ref, "name": project.name} if project else None,
        "volumes": {unit: {"label": label, "value": ask.query.one(unit)} for unit, label in VOLUMES.items()},
        "refs": [look.product.ref for look in found.looks],
        "facts": facts_of(ask, project),
        "links": links_of(ask, found, every_row=every_row),
        "from_url": came_from(ask),
        "results_url": results_of(ask),
        "at": ask.at,
    }
    return Page("procurement/compare.html", values, shared=True)


def more_for(ask: Ask, found: Comparison) -> More:
    """Products that what was typed finds, beside those that are compared; one that is called so, or has that number."""
    refs = [look.product.ref for look in found.looks]
    kept, words = [*(("p", ref) for ref in refs), *kept_of(ask), *every_row_of(ask)], ask.query.one("q").strip()
    if not words or len(refs) >= MOST:
        return More(words, kept, (), is_full=len(refs) >= MOST)
    query = product_query(ask.db, words[:LONGEST_WORDS], {}, on=day_in_london(ask.at), with_stale=True)
    hits = find_products(ask.db, ask.services, query, today=day_in_london(ask.at)).hits
    named = {hit.ref: (str(hit.stored["title"]), str(hit.stored["supplier"])) for hit in hits if hit.ref not in refs}
    urls = {ref: f"/compare?{urlencode([*kept, ('p', ref)])}" for ref in named}
    meant = [ref for ref, (title, _) in named.items() if fold(words) in (fold(title), fold(ref))]
    listed = tuple(Another(*named[ref], urls[ref]) for ref in list(named)[:MOST_LISTED])
    return More(words, kept, listed, only_url=urls[meant[0]] if len(meant) == 1 else "")


@page("/compare.csv", who=PUBLIC)
def comparison_as_csv(ask: Ask) -> Download:
    """Every row of it as a table, with the date and where it came from in its first rows."""
    project = project_asked(ask)
    found = comparison_of(ask, project)
    columns = comparison_columns(found)
    about = ((str(label), str(value)) for label, value in comparison_about(found, facts_of(ask, project), at=ask.at))
    rows = [("About", label, "", value) for label, value in about]
    table = to_csv(columns, [*rows, *comparison_rows(found, every_row=True)], bom=True)
    return Download(b"".join(table), "text/csv; charset=utf-8", attached(ask, "csv"))


@page("/compare.ods", who=PUBLIC)
def comparison_as_ods(ask: Ask) -> Download:
    """The same as a workbook."""
    project = project_asked(ask)
    found = comparison_of(ask, project)
    sheets = [
        Sheet("Comparison", comparison_columns(found), comparison_rows(found, every_row=True)),
        Sheet("About", ("", ""), comparison_about(found, facts_of(ask, project), at=ask.at)),
    ]
    return Download(to_ods(sheets), ODS, attached(ask, "ods"))


def project_asked(ask: Ask) -> Project | None:
    """The project whose volumes count, where the address names one. Raises NotFound for one of others."""
    ref = ask.query.one("project")
    return project_of(ask, ref) if ref and ask.actor is not None else None


def comparison_of(ask: Ask, project: Project | None) -> Comparison:
    refs, on = ask.query.all("p"), day_in_london(ask.at)
    volumes, years = (project.volumes, project.term_years) if project else (volumes_asked(ask), 1)
    return compare(ask.db, ask.services.frameworks, refs, volumes=volumes, years=years, on=on)


def volumes_asked(ask: Ask) -> dict[str, int]:
    """The volumes in the address; what is not a whole number is left out, as on the results."""
    found = {}
    for unit in VOLUMES:
        try:
            found[unit] = read_volume(ask.query.one(unit))
        except Invalid:
            continue
    return found


def facts_of(ask: Ask, project: Project | None) -> dict[str, str]:
    """Where the comparison comes from, in words."""
    facts = {}
    if project is not None:
        facts = {"Project": f"{project.name} ({project.ref})", "Volumes": volumes_in_words(project)}
    elif volumes := volumes_asked(ask):
        facts["Volumes"] = ", ".join(f"{number:,} {VOLUMES[unit].lower()}" for unit, number in volumes.items())
    if came_from(ask):
        facts["Search that led here"] = f"{ask.services.base_url}{came_from(ask)}"
    return facts


def came_from(ask: Ask) -> str:
    """The search that led here: an address of this site's catalogue, or nothing."""
    path = ask.query.one("from")[:LONGEST_PATH]
    return path if is_own_path(path) and path.partition("?")[0] == "/products" else ""


def results_of(ask: Ask) -> str:
    """The results that led here, or the catalogue, with what is compared still ticked."""
    path, _, query = came_from(ask).partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name != "p"]
    return f"{path or '/products'}?{urlencode([*kept, *(('p', ref) for ref in ask.query.all('p'))])}"


def decided_in(ask: Ask, project: Project | None) -> Project | None:
    """The project, where this actor can decide in it now."""
    if project is None or project.state != "open":
        return None
    return project if may_write(ask.by, project, seat_of(ask.db, project, ask.by)) else None


def head_of(ask: Ask, found: Comparison, place: int, *, project: Project | None) -> dict[str, Any]:
    """One product over its column, with the address of the comparison without it, and of deciding in the project."""
    look = found.looks[place]
    others = [("p", each.product.ref) for each in found.looks if each is not look]
    without = urlencode([*others, *kept_of(ask), *every_row_of(ask)])
    return {
        "label": look.name,
        "ref": look.product.ref,
        "url": f"/products/{look.product.ref}",
        "note": f"{look.product.supplier_name}, version {look.standing.number}",
        "without_url": f"/compare?{without}" if len(others) > 1 else "",
        "decide_url": f"/projects/{project.ref}/candidates/{look.product.ref}" if project else "",
    }


def shown_group(group: Group) -> dict[str, Any]:
    rows = [{"label": row.label, "cells": row.cells, "differs": row.differs} for row in group.rows]
    return {"label": group.label, "rows": rows}


def links_of(ask: Ask, found: Comparison, *, every_row: bool) -> dict[str, str]:
    """The same comparison with all rows or with differences alone, and as files."""
    pairs = [("p", look.product.ref) for look in found.looks]
    query = urlencode([*pairs, *kept_of(ask)])
    toggled = query if every_row else f"{query}&all=yes"
    return {"toggle": f"/compare?{toggled}", "csv": f"/compare.csv?{query}", "ods": f"/compare.ods?{query}"}


def kept_of(ask: Ask) -> list[tuple[str, str]]:
    """What stays in the address whichever products are compared: the search that led here, the project, the numbers."""
    kept = [("from", came_from(ask)), *((name, ask.query.one(name)) for name in ("project", *VOLUMES))]
    return [(name, value) for name, value in kept if value]


def every_row_of(ask: Ask) -> list[tuple[str, str]]:
    return [("all", "yes")] if ask.query.one("all") == "yes" else []


def attached(ask: Ask, ending: str) -> dict[str, str]:
    name = f"comparison-{day_in_london(ask.at)}.{ending}"
    return {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}


ROUTES = [show_comparison, comparison_as_csv, comparison_as_ods]
