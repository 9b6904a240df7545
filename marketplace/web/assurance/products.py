"""The assurance of a product as everybody reads it: what holds today and until when, and what each buyer still does."""

from marketplace.assurance.queries.certificates import certificates_of, conformity_of, find_certificate
from marketplace.assurance.queries.declared import border
from marketplace.assurance.queries.history import certificate_history
from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london
from marketplace.web.assurance.certificates import certificate_values
from marketplace.web.assurance.showing import certificate_status, conformity_status
from marketplace.web.catalogue.products import frame, live
from marketplace.web.edge import PUBLIC, Page, page


@page("/products/{ref:str}/assurance", who=PUBLIC)
def show_product_assurance(ask: Ask, ref: str) -> Page:
    """How it conforms today, each dated part with its end, its certificate, and what stays with each buyer."""
    product, version = live(ask, ref)
    today = day_in_london(ask.at)
    conformity = conformity_of(ask.db, ask.services.frameworks, product.id, on=today)
    held = certificates_of(ask.db, product.id)
    shown = next((each for each in held if each.ref == conformity.certificate_ref), None)
    values = {
        **frame(ask, product, version, "assurance"),
        "conformity": {"status": conformity_status(conformity), "cause": conformity.cause, "until": conformity.until,
                       "holds": conformity.holds, "ref": conformity.certificate_ref or ""},
        "shown": certificate_values(ask, find_certificate(ask.db, shown.ref), on=today) if shown else None,
        "earlier": [
            {"ref": each.ref, "number": each.version.number, "issued_on": each.issued_on,
             "status": certificate_status(each.state)} for each in held if each is not shown
        ],
        "history": certificate_history(ask.db, shown) if shown else [],
        "local": border(ask.services.frameworks).local,
    }  # fmt: skip
    return Page("assurance/product.html", values, shared=True)


ROUTES = [show_product_assurance]
