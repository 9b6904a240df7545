"""A new version, from its supplier's side: how it is classed, what that opens again, which answers are still true."""

from typing import Any

from marketplace.assurance.actions.changes import CLASSES, class_change, confirm_answers
from marketplace.assurance.queries.declared import changes
from marketplace.assurance.queries.delta import Delta, delta_of
from marketplace.assurance.queries.editions import Shown, shown_of
from marketplace.assurance.queries.given import answers_of, papers_of
from marketplace.assurance.rules.changes import UNCLASSED
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.rules.editions import CHANGES
from marketplace.faces.ask import Ask
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.errors import Conflict, Refusal
from marketplace.web.assurance.answering import WRITE, own
from marketplace.web.assurance.showing import shown_answer
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post


@page("/listings/{ref:str}/assurance/version", who=WRITE)
def show_version(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What the version on show opens again, against the case of an earlier one; each answer to be confirmed."""
    product, framework = own(ask, ref)
    version = on_show(product)
    delta = delta_of(ask.db, ask.services.frameworks, framework, product, version, at=ask.at)
    shown = shown_of(ask.db, ask.services.frameworks, [product.id])[product.id]
    here = next(each for each in shown if each.version.id == version.id)
    values = {
        "product": {"ref": product.ref, "name": product.name},
        "framework": {"id": framework.id, "label": framework.label},
        "number": version.number,
        "is_first": version.edition == 1,
        "is_unclassed": here.change == UNCLASSED,
        "class_word": "Not classed: its models differ" if here.change == UNCLASSED else CHANGES[here.change],
        "classes": [{"value": key, "label": label} for key, label in CLASSES.items()],
        "kinds": [{"value": each.id, "label": each.label} for each in changes(ask.services.frameworks).changes],
        "typed": typed_of(ask, here),
        "delta": delta_values(ask, product, version, framework, delta),
        "errors": errors_of(refusal),
    }
    return Page("assurance/version.html", values)


@post("/listings/{ref:str}/assurance/version", who=WRITE, again=show_version)
def send_confirmed(ask: Ask, ref: str) -> Goto:
    """Say which answers are true of the new version too."""
    product, framework = own(ask, ref)
    confirmed = confirm_answers(
        ask.db, product, on_show(product), ask.form.all("confirmed"), framework=framework,
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    told = f"{len(confirmed)} answers are confirmed for version {on_show(product).number}."
    return Goto(f"/listings/{product.ref}/assurance/version?framework={framework.id}", told=told)


@post("/listings/{ref:str}/assurance/classing", who=WRITE, again=show_version, makes=True)
def send_classing(ask: Ask, ref: str) -> Goto:
    """Say how the version on show differs from the one before it."""
    product, _ = own(ask, ref)
    class_change(
        ask.db, product, on_show(product), ask.form.one("change"), kinds=ask.form.all("kinds"),
        words=ask.form.one("words"), frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/listings/{product.ref}/assurance/version", told="The change is classed. Everybody reads it.")


def on_show(product: Product) -> Version:
    """The edition on show. Raises Conflict where there is none."""
    if product.live_version is None:
        raise Conflict(f"{product.name} is not on show", "Publish it first.")
    return product.live_version


def typed_of(ask: Ask, here: Shown) -> dict[str, Any]:
    """What stands in the form: what was typed, or how the edition is classed now."""
    change = ask.form.one("change") or ("" if here.change == UNCLASSED else here.change)
    return {"change": change, "kinds": ask.form.all("kinds") or list(here.kinds), "words": ask.form.one("words")}


def delta_values(
    ask: Ask, product: Product, version: Version, framework: AssuranceFramework, delta: Delta
) -> dict[str, Any] | None:
    """What a case of this version would go on from, in plain values; None where it would begin anew."""
    if delta.basis is None:
        return None
    given = papers_of(framework, product, version, answers_of(ask.db, product, at=ask.at)).given
    by_code = framework.by_code
    return {
        "ref": delta.basis.ref, "number": delta.basis.version.number,
        "changes": [{"label": each.label, "meaning": each.meaning} for each in delta.changes],
        "carried": [{"code": code, "label": by_code[code].label} for code in sorted(delta.carried)],
        "reopened": [
            {"code": code, "label": by_code[code].label, "reason": reason} for code, reason in delta.reopened.items()
        ],
        "unconfirmed": [
            {"code": code, "label": by_code[code].label, "reason": delta.touched[code],
             "section": by_code[code].section,
             "answer": shown_answer(framework, given, by_code[code].question_id)}
            for code in delta.unconfirmed
        ],
    }  # fmt: skip


ROUTES = [show_version, send_confirmed, send_classing]
