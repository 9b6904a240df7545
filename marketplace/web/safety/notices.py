"""Safety and change notices: written, sent to every holder, acknowledged and answered, chased, closed."""

from datetime import date
from typing import Any

from marketplace.assurance.actions.safety.notices import (
    KINDS,
    acknowledge_notice,
    answer_notice,
    close_notice,
    discard_notice,
    issue_notice,
    write_notice,
)
from marketplace.assurance.models import Receipt, SafetyNotice
from marketplace.assurance.policies import may_answer_notice, may_keep_notice
from marketplace.assurance.queries.safety.declared import changes_of, clocks_of
from marketplace.assurance.queries.safety.holders import holders_of, standpoint
from marketplace.assurance.queries.safety.incidents import find_incident
from marketplace.assurance.queries.safety.notices import finals_of, find_notice, receipts_of
from marketplace.assurance.rules.safety.declared import Clocks
from marketplace.assurance.rules.safety.receipts import WORDS, due_of, picture_of, standing_of
from marketplace.catalogue.queries.products import own_product
from marketplace.faces.ask import Ask
from marketplace.faces.safety import holders_above
from marketplace.identity.policies import Permission, owns
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.web.assurance.showing import Status
from marketplace.web.catalogue.declaring import day_typed
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.safety.showing import RECEIPT_MARKS, notice_status, typed, version_typed

WRITE = Permission.CATALOGUE_WRITE


@page("/listings/{ref:str}/safety/notices/new", who=WRITE)
def show_new_notice(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """A draft of a notice: about safety, or of a change to come."""
    product = own_product(ask.db, ref, by=ask.by)
    incident = ask.query.one("incident") or ask.form.one("incident")
    found = find_incident(ask.db, incident, by=ask.by) if incident else None
    kept = {"kind": ask.query.one("kind") or "safety", "incident": found.ref if found else ""}
    crumbs = [{"label": "Our products", "url": "/listings"}, {"label": product.name, "url": f"/listings/{product.ref}"},
              {"label": "Safety", "url": f"/listings/{product.ref}/safety"}, {"label": "New notice"}]  # fmt: skip
    action = f"/listings/{product.ref}/safety/notices/new"
    return _form(ask, f"A notice on {product.name}", action, crumbs, typed(ask.form) or kept, None, refusal)


@post("/listings/{ref:str}/safety/notices/new", who=WRITE, again=show_new_notice, makes=True)
def add_notice(ask: Ask, ref: str) -> Goto:
    """Keep the draft; nobody is told yet."""
    product = own_product(ask.db, ref, by=ask.by)
    incident = ask.form.one("incident")
    notice = write_notice(
        ask.db, product, typed(ask.form), incident=find_incident(ask.db, incident, by=ask.by) if incident else None,
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/safety-notices/{notice.ref}", told="The draft is kept. Look at whom it reaches; then send it.")


@page("/safety-notices/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_notice(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What it says and asks for; for a holder its own answer, for who watches everybody's."""
    notice = find_notice(ask.db, ref, by=ask.by)
    clocks, today = clocks_of(ask.services.frameworks), day_in_london(ask.at)
    receipts = receipts_of(ask.db, [notice.id])[notice.id]
    mine = next((each for each in receipts if owns(ask.by, each.organisation_id)), None)
    watches = standpoint(ask.db, ask.by, notice.product).watches
    values = {
        "it": notice, "kind": KINDS[notice.kind], "status": notice_status(notice.state),
        "urgency": clocks.urgency[notice.urgency].label if notice.urgency else "",
        "change": _change_label(ask, notice), "lapses": _lapses(notice), "mark": clocks.urgencies_source.mark,
        "keeps": may_keep_notice(ask.by, notice), "watches": watches,
        "mine": _receipt(mine, notice, clocks, today) if mine else None,
        "may_answer": mine is not None and notice.state == "issued" and may_answer_notice(ask.by, mine),
        "answers": [{"value": key, "label": each.label} for key, each in clocks.answers_to(notice.kind).items()],
        "receipts": [_receipt(each, notice, clocks, today) for each in receipts] if watches else [],
        "picture": _picture(notice, receipts, clocks, today) if watches and receipts else None,
        "reaches": len({*holders_of(ask.db, notice.product_id), *holders_above(ask.db, notice.product_id)})
                   if notice.state == "draft" else 0,
        "typed": typed(ask.form), "errors": errors_of(refusal), "refusal": refusal,
    }  # fmt: skip
    return Page("safety/notice.html", values)


@page("/safety-notices/{ref:str}/draft", who=ANYBODY_SIGNED_IN)
def show_draft(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """A draft, to be changed."""
    notice = find_notice(ask.db, ref, by=ask.by)
    crumbs = [{"label": "Safety", "url": f"/listings/{notice.product.ref}/safety"},
              {"label": notice.title, "url": f"/safety-notices/{notice.ref}"}, {"label": "Change it"}]  # fmt: skip
    kept = {
        "kind": notice.kind, "title": notice.title, "what": notice.what, "risk": notice.risk, "action": notice.action,
        "urgency": notice.urgency, "affects": ", ".join(notice.affects), "change": notice.change,
        "new-version": notice.new_version,
    }  # fmt: skip
    action = f"/safety-notices/{notice.ref}/draft"
    return _form(ask, "Change the notice", action, crumbs, typed(ask.form) or kept, notice, refusal)


@post("/safety-notices/{ref:str}/draft", who=ANYBODY_SIGNED_IN, again=show_draft)
def change_draft(ask: Ask, ref: str) -> Goto:
    """Keep the draft as it is now."""
    notice = find_notice(ask.db, ref, by=ask.by)
    write_notice(
        ask.db, notice.product, typed(ask.form), notice=notice, row_version=version_typed(ask.form),
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/safety-notices/{ref}", told="The draft is kept.")


@post("/safety-notices/{ref:str}/issue", who=ANYBODY_SIGNED_IN, again=show_notice)
def send(ask: Ask, ref: str) -> Goto:
    """Send it to every organisation that holds the product."""
    notice = find_notice(ask.db, ref, by=ask.by)
    above = holders_above(ask.db, notice.product_id)
    receipts = issue_notice(
        ask.db, notice, also=above, frameworks=ask.services.frameworks, by=ask.by, at=ask.at
    )  # fmt: skip
    count = len(receipts)
    told = f"Sent to {count} organisation{'' if count == 1 else 's'}. Who is silent is reminded."
    return Goto(f"/safety-notices/{ref}", told=told)


@post("/safety-notices/{ref:str}/discarding", who=ANYBODY_SIGNED_IN, again=show_notice)
def discard(ask: Ask, ref: str) -> Goto:
    """Give the draft up."""
    notice = find_notice(ask.db, ref, by=ask.by)
    discard_notice(ask.db, notice, by=ask.by)
    return Goto(f"/listings/{notice.product.ref}/safety", told="The draft is discarded.")


@post("/safety-notices/{ref:str}/acknowledgement", who=ANYBODY_SIGNED_IN, again=show_notice)
def acknowledge(ask: Ask, ref: str) -> Goto:
    """Say that it was read by whoever answers for safety."""
    acknowledge_notice(ask.db, find_notice(ask.db, ref, by=ask.by), by=ask.by, at=ask.at)
    return Goto(f"/safety-notices/{ref}", told="Acknowledged. Now say what you did.")


@post("/safety-notices/{ref:str}/answer", who=ANYBODY_SIGNED_IN, again=show_notice)
def answer(ask: Ask, ref: str) -> Goto:
    """Say what was done, or whether the change is accepted."""
    notice = find_notice(ask.db, ref, by=ask.by)
    answer_notice(
        ask.db, notice, typed(ask.form), frameworks=ask.services.frameworks, by=ask.by, at=ask.at
    )  # fmt: skip
    return Goto(f"/safety-notices/{ref}", told="Answered. The supplier is told.")


@post("/safety-notices/{ref:str}/closure", who=ANYBODY_SIGNED_IN, again=show_notice)
def close(ask: Ask, ref: str) -> Goto:
    """Close it: nobody is reminded any more."""
    notice = find_notice(ask.db, ref, by=ask.by)
    words = ask.form.one("closing")
    close_notice(ask.db, notice, words=words, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return Goto(f"/safety-notices/{ref}", told="Closed. Everybody whom it reached is told.")


def _form(
    ask: Ask, heading: str, action: str, crumbs: list[dict[str, str]], kept: dict[str, str],
    notice: SafetyNotice | None, refusal: Refusal | None,
) -> Page:  # fmt: skip
    clocks, changes = clocks_of(ask.services.frameworks), changes_of(ask.services.frameworks)
    values = {
        "heading": heading, "action": action, "crumbs": crumbs, "typed": kept,
        "row_version": notice.row_version if notice else "",
        "day": day_typed(ask.form, "takes-effect-on") or (notice.takes_effect_on if notice else None),
        "kinds": [{"value": key, "label": label} for key, label in KINDS.items()],
        "urgencies": [{"value": each.id, "label": each.label,
                       "hint": f"Acknowledged within {each.acknowledge_days} days, acted on within {each.act_days}."}
                      for each in clocks.urgencies],
        "changes": [{"value": each.id, "label": each.label,
                     "hint": f"{each.meaning} Notice: {clocks.change_days.get(each.id, 0)} days."}
                    for each in changes.changes],
        "marks": [clocks.urgencies_source.mark, clocks.change_days_source.mark],
        "errors": errors_of(refusal), "refusal": refusal,
    }  # fmt: skip
    return Page("safety/notice_form.html", values)


def _receipt(receipt: Receipt, notice: SafetyNotice, clocks: Clocks, today: date) -> dict[str, Any]:
    standing = standing_of(receipt, finals_of(clocks, notice.kind))
    due = due_of(standing, notice.acknowledge_by or today, notice.act_by or today)
    known = clocks.answers_to(notice.kind)
    return {
        "it": receipt, "standing": standing, "status": Status(WORDS[standing], RECEIPT_MARKS[standing]), "due": due,
        "is_late": due is not None and due < today and notice.state == "issued",
        "answer": known[receipt.answer].label if receipt.answer in known else "",
    }  # fmt: skip


def _picture(notice: SafetyNotice, receipts: list[Receipt], clocks: Clocks, today: date) -> Any:
    due = (notice.acknowledge_by or today, notice.act_by or today)
    return picture_of(receipts, finals_of(clocks, notice.kind), due, today=today)


def _change_label(ask: Ask, notice: SafetyNotice) -> str:
    known = {each.id: each.label for each in changes_of(ask.services.frameworks).changes}
    return known.get(notice.change, notice.change)


def _lapses(notice: SafetyNotice) -> list[dict[str, Any]]:
    """The criteria that a change reopens, framework by framework."""
    found: dict[str, dict[str, Any]] = {}
    for lapse in notice.lapses:
        row = found.setdefault(lapse["framework"], {"id": lapse["framework"], "label": lapse["label"], "codes": []})
        row["codes"].append(lapse["code"])
    return list(found.values())


ROUTES = [
    show_new_notice, add_notice, show_notice, show_draft, change_draft, send, discard, acknowledge, answer, close,
]  # fmt: skip
