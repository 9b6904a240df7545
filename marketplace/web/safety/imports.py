"""Bringing a hazard log in from a spreadsheet: looked at first, then all of it or nothing."""

from base64 import b64decode, b64encode

from marketplace.assurance.actions.safety.importing import import_log, preview_log
from marketplace.assurance.queries.safety.declared import log_shape
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.text import clean_file_name
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.safety.listing import WRITE, own

LARGEST = 1_000_000
SHOWN = ("name", "severity", "likelihood", "residual-severity", "residual-likelihood", "state")


@page("/listings/{ref:str}/safety/import", who=WRITE)
def show_import(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Which columns are read, and the field for the file."""
    product, _ = own(ask, ref)
    values = {
        "product": {"ref": product.ref, "name": product.name}, "columns": log_shape(ask.services.frameworks).columns,
        "errors": errors_of(refusal), "refusal": refusal,
    }  # fmt: skip
    return Page("safety/import.html", values)


@post("/listings/{ref:str}/safety/import", who=WRITE, again=show_import, largest=LARGEST)
def look_at_file(ask: Ask, ref: str) -> Page:
    """What the file would bring, row by row. Nothing of it is kept yet."""
    product, _ = own(ask, ref)
    sent = ask.form.uploads.get("file", ())
    if not sent:
        raise Invalid("no file was sent", "Choose a spreadsheet.", fields={"file": "Choose a spreadsheet."})
    content = sent[0].stream.read(LARGEST)
    found = preview_log(ask.db, product, content, frameworks=ask.services.frameworks, by=ask.by)
    values = {
        "product": {"ref": product.ref, "name": product.name}, "name": clean_file_name(sent[0].name),
        "digest": found.digest, "content": b64encode(content).decode(), "faults": len(found.faults),
        "total": len(found.rows), "unread": found.unread,
        "columns": [column.label for column in log_shape(ask.services.frameworks).columns if column.id in SHOWN],
        "rows": [{"number": row.number, "cells": [row.fields.get(name, "") for name in SHOWN],
                  "wrong": "; ".join(row.wrong)} for row in found.rows],
    }  # fmt: skip
    return Page("safety/preview.html", values)


@post("/listings/{ref:str}/safety/import/confirmation", who=WRITE, again=show_import, largest=2 * LARGEST)
def bring_in_log(ask: Ask, ref: str) -> Goto:
    """Bring every row in, or none."""
    product, _ = own(ask, ref)
    count = import_log(
        ask.db, product, _sent(ask.form.one("content")), name=clean_file_name(ask.form.one("name")),
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/listings/{product.ref}/safety", told=f"{count} hazards are brought in.")


def _sent(text: str) -> bytes:
    """The bytes of the file that was looked at, as its page sent them back. Raises Invalid."""
    try:
        return b64decode(text, validate=True)
    except ValueError as wrong:
        raise Invalid("this form was changed on the way", "Send the file again.") from wrong


ROUTES = [show_import, look_at_file, bring_in_log]
