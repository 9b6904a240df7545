"""What the house publishes as an issuer, for people and for machines: its keys, its lists, its words."""

import json
from typing import Any

from marketplace.assurance.actions.keys import revoke_newest, rotate_key
from marketplace.assurance.models import IssuerKey
from marketplace.assurance.policies import may_keep_keys
from marketplace.assurance.queries.keys import issuer_keys
from marketplace.assurance.rules.credentials import own_context
from marketplace.faces.ask import Ask
from marketplace.faces.sealing import did_document, sealing, status_list
from marketplace.identity.policies import Permission
from marketplace.kit.credentials import multikey
from marketplace.kit.errors import Refusal
from marketplace.web.assurance.showing import Status
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import PUBLIC, Download, Goto, Page, page, post


@page("/.well-known/did.json", who=PUBLIC)
def show_did(ask: Ask) -> Download:
    """The issuer as did:web has it: every key that it ever sealed with."""
    return _published(did_document(ask.db, ask.services), "application/did+json")


@page("/credentials/status/{purpose:str}", who=PUBLIC)
def show_status_list(ask: Ask, purpose: str) -> Download:
    """The Bitstring Status List of what was withdrawn or suspended, as it is now."""
    return _published(status_list(ask.db, ask.services, purpose, at=ask.at), "application/vc")


@page("/credentials/context/v1", who=PUBLIC)
def show_context(ask: Ask) -> Download:
    """Our own words in credentials, for readers of linked data."""
    return _published(own_context(sealing(ask.services).house), "application/ld+json")


@page("/verify/keys", who=PUBLIC)
def show_keys(ask: Ask, refusal: Refusal | None = None) -> Page:
    """Every key, with from when to when, and why it changed; an operator makes the next one here."""
    values = {
        "did": sealing(ask.services).house.did, "keys": [_row(each) for each in reversed(issuer_keys(ask.db))],
        "may_keep": ask.actor is not None and may_keep_keys(ask.actor), "errors": errors_of(refusal),
        "typed": ask.form.one("reason"),
    }  # fmt: skip
    return Page("assurance/keys.html", values)


@post("/verify/keys", who=Permission.OPERATE, again=show_keys, makes=True)
def send_rotation(ask: Ask) -> Goto:
    """Seal with a next key from now on."""
    key = rotate_key(ask.db, reason=ask.form.one("reason"), seal=sealing(ask.services), by=ask.by, at=ask.at)
    return Goto("/verify/keys", told=f"Credentials are sealed with key {key.number} from now on.")


@post("/verify/keys/revocation", who=Permission.OPERATE, again=show_keys)
def send_revocation(ask: Ask) -> Goto:
    """Give the newest key up: what it sealed is sealed anew."""
    reason, seal = ask.form.one("reason"), sealing(ask.services)
    number, count = revoke_newest(ask.db, reason=reason, seal=seal, by=ask.by, at=ask.at)
    return Goto("/verify/keys", told=f"Key {number} is given up. {count} certificates were sealed anew.")


def _published(document: dict[str, Any], media_type: str) -> Download:
    headers = {"cache-control": "public, max-age=60", "access-control-allow-origin": "*"}
    return Download(json.dumps(document, ensure_ascii=False, indent=1).encode(), media_type, headers)


def _row(key: IssuerKey) -> dict[str, Any]:
    status = Status("In use", "met")
    if key.retired_at is not None:
        status = Status("Retired: what it sealed holds", "unknown")
    if key.revoked_at is not None:
        status = Status("Given up: nothing that it sealed holds", "not-met")
    return {
        "number": key.number, "public": multikey(bytes.fromhex(key.public)), "made_at": key.made_at,
        "until": key.revoked_at or key.retired_at or key.expires, "status": status, "reason": key.reason,
    }  # fmt: skip


ROUTES = [show_did, show_status_list, show_context, show_keys, send_rotation, send_revocation]
