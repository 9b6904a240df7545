"""Bodies that no register here lists, such as assessor bodies: registered by an operator, joined by their people."""

from typing import Any
from urllib.parse import urlencode

from marketplace.faces.ask import Ask
from marketplace.identity.actions.organisations import register_body
from marketplace.identity.policies import Permission
from marketplace.identity.schemas import BODIES, NATIONS, Details
from marketplace.kit.errors import Refusal
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.identity.common import told_of

FIELDS = ("name", "kind", "ods_code", "companies_house_number", "ror_id", "town", "nation", "website")


@page("/organisations/new/body", who=Permission.OPERATE)
def show_body(ask: Ask, refusal: Refusal | None = None) -> Page:
    """The form for a body."""
    values = {
        "typed": {name: ask.form.one(name) for name in FIELDS},
        "kinds": [{"value": value, "label": label} for value, label in BODIES.items()],
        "nations": [{"value": value, "label": label} for value, label in NATIONS.items()],
        "errors": told_of(refusal),
    }
    return Page("identity/body.html", values)


@post("/organisations/new/body", who=Permission.OPERATE, again=show_body, makes=True)
def register(ask: Ask) -> Goto:
    """Register it; its people find it by typing from now on."""
    typed: dict[str, Any] = {name: ask.form.one(name) for name in FIELDS}
    body = register_body(ask.db, Details(**typed), by=ask.by, at=ask.at)
    told = f"{body.name} is registered. Whoever asks first to join it stands on your desk."
    return Goto(f"/organisations/new?{urlencode({'q': body.name})}", told=told)


ROUTES = [show_body, register]
