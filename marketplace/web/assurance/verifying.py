"""Checking a certificate: its file, its PDF, a link, its number or pasted text; what holds, in plain words."""

from typing import Any

from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.certificates import find_certificate
from marketplace.assurance.rules.checking import Check, Checked, check, facts_of
from marketplace.faces.ask import Ask
from marketplace.faces.credentials import LARGEST_PDF, credential_in, product_in, reference_in
from marketplace.faces.sealing import sealing, trusted
from marketplace.kit.calendar import day_in_london
from marketplace.kit.credentials import read_document
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.web.assurance.certificates import certificate_values
from marketplace.web.assurance.showing import Status
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import PUBLIC, Page, page, post

WHAT = "The file"
ANSWERS = {
    True: Status("Holds", "met"), False: Status("Does not hold", "not-met"), None: Status("Not looked at", "unknown"),
}  # fmt: skip


@page("/verify", who=PUBLIC)
def show_check(ask: Ask, refusal: Refusal | None = None) -> Page:
    """Type a number or a link, choose a file, or paste; with a reference in the address, what holds of it."""
    typed = ask.query.one("reference")
    values = _values(ask, errors_of(refusal))
    if not typed:
        return Page("assurance/verify.html", values)
    try:
        certificate = find_certificate(ask.db, reference_in(typed, ask.services.base_url))
    except (NotFound, Invalid) as nothing:
        told = f"{nothing.fact}. {nothing.hint}"
        return Page("assurance/verify.html", {**values, "errors": {"reference": told}}, status=404)
    product = product_in(ask.query.one("product"))
    checked = check(certificate.document, trusted(ask.db, ask.services, at=ask.at), product=product, at=ask.at)
    return Page("assurance/verify.html", {**values, **_found(ask, certificate, checked, certificate.document)})


@post("/verify", who=PUBLIC, again=show_check, largest=LARGEST_PDF + 200_000)
def check_file(ask: Ask) -> Page:
    """Say what holds of a file or of pasted text, and what became of the certificate since."""
    name, document = _sent(ask)
    product = product_in(ask.form.one("product"))
    checked = check(document, trusted(ask.db, ask.services, at=ask.at), product=product, at=ask.at)
    values = {**_values(ask, {}), "checked": _told(name, document, checked)}
    certificate = known(ask, document) if checked.is_genuine else None
    if certificate is not None:
        values |= _found(ask, certificate, checked, document, name)
    return Page("assurance/verify.html", values)


def known(ask: Ask, document: dict[str, Any]) -> Certificate | None:
    """The certificate that a document names; None where there is none."""
    try:
        return find_certificate(ask.db, facts_of(document)["reference"])
    except NotFound:
        return None


def _sent(ask: Ask) -> tuple[str, dict[str, Any]]:
    """What was sent to be checked, and how it is called. Raises Invalid."""
    files, pasted = ask.form.uploads.get("file", ()), ask.form.one("credential").strip()
    if not files and not pasted:
        told = "Choose the file of a certificate, or paste it."
        raise Invalid("nothing was sent", told, fields={"file": told})
    field = "file" if files else "credential"
    try:
        if files:
            return files[0].name, credential_in(files[0].stream.read(LARGEST_PDF + 1))
        return "What you pasted", read_document(pasted)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={field: f"{wrong.fact}. {wrong.hint}"}) from wrong


def _values(ask: Ask, errors: Any) -> dict[str, Any]:
    typed = {
        "reference": ask.query.one("reference"), "product": ask.query.one("product") or ask.form.one("product"),
        "credential": ask.form.one("credential"),
    }  # fmt: skip
    return {"errors": errors, "typed": typed, "did": sealing(ask.services).house.did, "checked": None, "found": None}


def _found(
    ask: Ask, certificate: Certificate, checked: Checked, document: dict[str, Any], name: str = ""
) -> dict[str, Any]:
    return {
        "checked": _told(name or certificate.ref, document, checked, certificate),
        "found": certificate_values(ask, certificate, on=day_in_london(ask.at)),
    }


def _told(
    name: str, document: dict[str, Any], checked: Checked, certificate: Certificate | None = None
) -> dict[str, Any]:
    newer = certificate is not None and certificate.document.get("proof") != document.get("proof")
    return {
        "name": name, "what": WHAT if certificate is None or name != certificate.ref else name,
        "is_genuine": checked.is_genuine, "holds": checked.holds, "faults": checked.faults,
        "rows": [_row(each) for each in checked.checks], "facts": facts_of(document), "is_older": newer,
        "is_known": certificate is not None,
    }  # fmt: skip


def _row(each: Check) -> dict[str, Any]:
    return {"question": each.question, "status": ANSWERS[each.holds], "told": each.told}


ROUTES = [show_check, check_file]
