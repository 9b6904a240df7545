"""Checking a certificate: by its file, which needs nobody, and by its reference, which says what holds today."""

from typing import Any

from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.certificates import find_certificate
from marketplace.faces.ask import Ask
from marketplace.faces.sealing import certificate_key, faults_of_certificate
from marketplace.kit.calendar import day_in_london
from marketplace.kit.credentials import LONGEST_TEXT, did_key, read_document
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.web.assurance.certificates import certificate_values
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import PUBLIC, Page, page, post


@page("/verify", who=PUBLIC)
def show_check(ask: Ask, refusal: Refusal | None = None) -> Page:
    """Type a reference or choose a file; with a reference in the address, what holds of it."""
    ref = ask.query.one("reference")
    values: dict[str, Any] = {
        "errors": errors_of(refusal), "typed": ref, "key": did_key(certificate_key(ask.services)),
        "hex": certificate_key(ask.services).hex(), "checked": None, "found": None,
    }  # fmt: skip
    if ref:
        try:
            certificate = find_certificate(ask.db, ref)
        except NotFound as nothing:
            told = f"{nothing.fact}. {nothing.hint}"
            return Page("assurance/verify.html", {**values, "errors": {"reference": told}}, status=404)
        values |= {"found": certificate_values(ask, certificate, on=day_in_london(ask.at))}
    return Page("assurance/verify.html", values)


@post("/verify", who=PUBLIC, again=show_check, largest=LONGEST_TEXT + 20_000)
def check_file(ask: Ask) -> Page:
    """Say whether a file is a certificate as it was given out, and what became of it since."""
    sent = ask.form.uploads.get("file", ())
    if not sent:
        raise Invalid("no file was sent", "Choose a file.", fields={"file": "Choose the file of a certificate."})
    try:
        document = read_document(sent[0].stream.read(LONGEST_TEXT + 1))
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={"file": f"{wrong.fact}. {wrong.hint}"}) from wrong
    faults = faults_of_certificate(document, ask.services)
    certificate = known(ask, document) if not faults else None
    if not faults and certificate is None:
        faults = ["it names no certificate that was given out here"]
    values = {
        "errors": {}, "typed": "", "key": did_key(certificate_key(ask.services)),
        "hex": certificate_key(ask.services).hex(),
        "checked": {"name": sent[0].name, "faults": faults, "reference": str(document.get("reference", ""))[:40]},
        "found": certificate_values(ask, certificate, on=day_in_london(ask.at)) if certificate else None,
    }  # fmt: skip
    return Page("assurance/verify.html", values)


def known(ask: Ask, document: dict[str, Any]) -> Certificate | None:
    """The certificate that a document names; None where there is none."""
    try:
        return find_certificate(ask.db, str(document.get("reference", "")))
    except NotFound:
        return None


ROUTES = [show_check, check_file]
