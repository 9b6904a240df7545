"""The passport of a product as everybody reads it: each framework with what holds, until when, and what stays local."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from marketplace.assurance.models import Certificate
from marketplace.assurance.policies import may_answer_here
from marketplace.assurance.queries.certificates import certificates_of, conformity_of, find_certificate
from marketplace.assurance.queries.declared import border
from marketplace.assurance.queries.history import certificate_history
from marketplace.assurance.queries.passports import passport_of
from marketplace.assurance.rules.passports import Line, first_to_end
from marketplace.faces.ask import Ask
from marketplace.faces.cards import model_card, passport_table
from marketplace.faces.oscal import oscal_of
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.web.assurance.certificates import certificate_values, saved_as
from marketplace.web.assurance.registering import register_rows
from marketplace.web.assurance.showing import MARKS, Status, certificate_status, conformity_status
from marketplace.web.catalogue.products import frame, live
from marketplace.web.edge import PUBLIC, Download, Page, page

KINDS = {"assessed": "Two assessors decide", "attested": "Others certify or register", "local": "Each organisation"}


@page("/products/{ref:str}/assurance", who=PUBLIC)
def show_product_assurance(ask: Ask, ref: str) -> Page:
    """Every framework with what holds today and until when, its certificates, and what stays with each buyer."""
    product, version = live(ask, ref)
    today, frameworks = day_in_london(ask.at), ask.services.frameworks
    conformity = conformity_of(ask.db, frameworks, product.id, on=today)
    held = certificates_of(ask.db, product.id)
    lines = passport_of(ask.db, frameworks, product, held, on=today, at=ask.at)
    shown = next((each for each in held if each.ref == conformity.certificate_ref), None)
    values = {
        **frame(ask, product, version, "assurance"),
        "conformity": {"status": conformity_status(conformity), "cause": conformity.cause},
        "applying": [row_of(each) for each in sorted(lines, key=_place) if each.applies and each.kind != "local"],
        "others": [row_of(each) for each in lines if not each.applies],
        "local_frameworks": [row_of(each) for each in lines if each.applies and each.kind == "local"],
        "ends": ends_of(lines, today), "first": _first(lines, today),
        "shown": certificate_values(ask, find_certificate(ask.db, shown.ref), on=today) if shown else None,
        "held": _held(held, shown),
        "history": certificate_history(ask.db, *held) if held else [],
        "local": border(frameworks).local,
        "registers": register_rows(ask, product, today) if product.organisation_id else [],
        "answers_here": ask.actor is not None and may_answer_here(ask.actor),
    }  # fmt: skip
    return Page("assurance/product.html", values, shared=True)


def _place(line: Line) -> tuple[bool, bool, str]:
    """What was assessed first, then what others certify, then what the supplier says."""
    return not line.certificate, line.kind != "attested", line.label


def row_of(line: Line) -> dict[str, Any]:
    """A framework as the passport shows it."""
    return {
        "id": line.framework, "label": line.label, "name": line.name, "who": line.said_by or KINDS[line.kind],
        "status": Status(line.word, MARKS.get(line.status, "unknown")), "cause": line.cause, "reason": line.reason,
        "mark": line.mark, "body": line.body, "scope": line.scope, "until": line.until,
        "until_cause": line.until_cause, "conditions": len(line.conditions), "certificate": line.certificate,
        "facts": line.facts,
    }  # fmt: skip


def ends_of(lines: Sequence[Line], today: date) -> list[dict[str, Any]]:
    """The time line: how many days each framework holds yet, what ends first ahead; below 0 what is over."""
    dated = sorted((each for each in lines if each.applies and each.until), key=lambda each: str(each.until))
    return [
        {"label": f"{each.label}, until {in_words(each.until)}", "value": each.days_left(today),
         "kind": "main" if each.until >= today else "other"} for each in dated if each.until
    ]  # fmt: skip


def _first(lines: Sequence[Line], today: date) -> str:
    """What the time line says, in a sentence."""
    first = first_to_end(each for each in lines if each.applies)
    if first is None or first.until is None:
        return ""
    days = (first.until - today).days
    word = f"ends first, in {days} days" if days >= 0 else f"ended {-days} days ago"
    return f"{first.label} {word}: {first.until_cause}"


def _held(held: Sequence[Certificate], shown: Certificate | None) -> list[dict[str, Any]]:
    """Every certificate, with its downloads."""
    return [
        {"ref": each.ref, "number": each.version.number, "issued_on": each.issued_on, "framework": each.framework_id,
         "status": certificate_status(each.state), "is_shown": each is shown} for each in held
    ]  # fmt: skip


@page("/products/{ref:str}/oscal/{kind:str}", who=PUBLIC)
def download_oscal(ask: Ask, ref: str, kind: str) -> Download:
    """The passport as OSCAL: component-definition or assessment-results."""
    product, _ = live(ask, ref)
    content = json.dumps(oscal_of(ask.db, ask.services, product, kind, at=ask.at), ensure_ascii=False, indent=1)
    return Download(content.encode(), "application/json", saved_as(f"{product.ref}-{kind}.json"))


@page("/products/{ref:str}/passport.csv", who=PUBLIC)
def download_table(ask: Ask, ref: str) -> Download:
    """The passport as a table."""
    product, _ = live(ask, ref)
    lines = passport_of(ask.db, ask.services.frameworks, product, on=day_in_london(ask.at), at=ask.at)
    return Download(b"".join(passport_table(lines)), "text/csv; charset=utf-8", saved_as(f"{product.ref}.csv"))


@page("/products/{ref:str}/model-card.xml", who=PUBLIC)
def download_card(ask: Ask, ref: str) -> Download:
    """The product as an Applied Model Card of the Coalition for Health AI."""
    product, version = live(ask, ref)
    frameworks = ask.services.frameworks
    lines = passport_of(ask.db, frameworks, product, on=day_in_london(ask.at), at=ask.at)
    content = model_card(product, version, frameworks, lines)
    return Download(content, "application/xml", saved_as(f"{product.ref}.xml"))


ROUTES = [show_product_assurance, download_oscal, download_table, download_card]
