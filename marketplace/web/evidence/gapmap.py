"""The map of evidence and its gaps: what was measured, where and in whom, each place of it a search."""

from typing import Any
from urllib.parse import urlencode

from marketplace.evidence.queries.declared import gap_rules, label_of, map_rules, strength_rules
from marketplace.evidence.rules.gapmap import NOT_TOLD, Cell, wanted
from marketplace.faces.ask import Ask
from marketplace.faces.gapmap import POPULATION, PURPOSE, SETTING, GapMap, gap_map
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.base import Option
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.web.edge import PUBLIC, Page, page
from marketplace.web.picture import strength_words

MOST_WANTED = 12


@page("/evidence/map", who=PUBLIC)
def show_map(ask: Ask) -> Page:
    """Where the catalogue is proven and where nobody has looked; the gaps are the list of what is to be evaluated."""
    frameworks = ask.services.frameworks
    chosen = {
        POPULATION: chosen_of(ask, POPULATION, frameworks.taxonomies["patient-groups"].options),
        PURPOSE: chosen_of(ask, PURPOSE, frameworks.taxonomies["purposes"].options),
    }
    found = gap_map(ask.db, frameworks, population=chosen[POPULATION], purpose=chosen[PURPOSE])
    values = {
        "rules": map_rules(frameworks),
        "chosen": {"population": chosen[POPULATION], "purpose": chosen[PURPOSE]},
        "populations": offered(frameworks, "patient-groups"),
        "purposes": offered(frameworks, "purposes"),
        "columns": [label_of(frameworks.taxonomies["care-settings"].options, each) for each in found.settings],
        "rows": rows_of(found, frameworks, chosen),
        "wanted": [wanted_shown(cell, frameworks, chosen) for cell in wanted(found.cells, most=MOST_WANTED)],
        "levels": levels_of(frameworks),
        "from_words": len({study for cell in found.cells.values() for study in cell.from_words}),
        "placed": len({study for cell in found.cells.values() for study in cell.studies}),
    }
    return Page("evidence/map.html", values, shared=True)


def chosen_of(ask: Ask, name: str, options: tuple[Option, ...]) -> str:
    """What was chosen; empty for all. Raises Invalid."""
    typed = ask.query.one(name)
    if typed and typed not in {option.id for option in options}:
        told = "Choose from the list."
        raise Invalid(f"{quote(typed)} is not one of the choices", told, fields={name: told})
    return typed


def rows_of(found: GapMap, frameworks: Frameworks, chosen: dict[str, str]) -> list[dict[str, Any]]:
    """A row for each kind of measure, a cell for each setting, and what no study places."""
    roles, words = gap_rules(frameworks).role, strength_words(frameworks)
    at_level = strength_rules(frameworks).at_level
    return [
        {
            "label": roles[role].label,
            "cells": [
                cell_shown(found.cells[role, setting], chosen, words[at_level[found.cells[role, setting].level].id])
                for setting in (*found.settings, NOT_TOLD)
            ],
        }
        for role in found.roles
    ]


def cell_shown(cell: Cell, chosen: dict[str, str], word: str) -> dict[str, Any]:
    """A bubble with its words and its search."""
    studies, products = len(cell.studies), len(cell.offered)
    told = f"{studies} {'study' if studies == 1 else 'studies'}, {len(cell.independent)} independent"
    level = f"{word.lower()} certainty" if cell.level else "not graded"
    return {
        "studies": studies, "level": cell.level, "radius": 5 + 3 * cell.level, "independent": bool(cell.independent),
        "products": products, "is_gap": cell.is_gap,
        "words": f"{told}, {level}; {products} offered" if studies else f"gap: {products} offered, no study",
        "url": search_of(cell.setting, chosen) if products else "",
    }  # fmt: skip


def wanted_shown(cell: Cell, frameworks: Frameworks, chosen: dict[str, str]) -> dict[str, Any]:
    """A gap as a line of the list of demand."""
    claimed = len(cell.claimed)
    return {
        "what": gap_rules(frameworks).role[cell.role].label,
        "where": label_of(frameworks.taxonomies["care-settings"].options, cell.setting),
        "products": len(cell.offered),
        "claimed": f"{claimed} of them claim{'s' if claimed == 1 else ''} it" if claimed else "",
        "url": search_of(cell.setting, chosen),
    }


def search_of(setting: str, chosen: dict[str, str]) -> str:
    """The search for the products that are offered there."""
    asked = {SETTING: setting, **{name: value for name, value in chosen.items() if value}}
    return f"/products?{urlencode(asked)}"


def offered(frameworks: Frameworks, taxonomy: str) -> list[dict[str, str]]:
    options = frameworks.taxonomies[taxonomy].options
    return [{"value": option.id, "label": option.label} for option in options if not option.retired]


def levels_of(frameworks: Frameworks) -> list[dict[str, Any]]:
    """The legend: the word of each level with its bubble."""
    words, rules = strength_words(frameworks), strength_rules(frameworks)
    return [{"word": words[rules.at_level[level].id], "radius": 5 + 3 * level} for level in (1, 2, 3, 4)]


ROUTES = [show_map]
