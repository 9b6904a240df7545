"""Whatever makes something makes it once, though its form is sent twice in a row: after Back, or by two quick clicks."""

import pytest
from litestar.handlers import HTTPRouteHandler

from marketplace.faces.services import Services
from tests.applications import application_for
from tests.house.test_routes import handlers
from tests.house.test_twins import TWINS

BY_ITSELF = {
    "/account/tokens": "its secret is shown once: whoever missed it needs another",
    "/assurance/bodies/{ref:str}/accreditations": "a body is accredited once for a framework",
    "/assurance/interests": "the interest that is declared stands",
    "/bank-transfers": "a line is known by the number that the bank gave it",
    "/cases/{ref:str}/clarifications": "the case waits for the reply",
    "/cases/{ref:str}/decision": "the case is decided",
    "/cases/{ref:str}/proposal": "the case waits for the second assessor",
    "/cases/{ref:str}/settlement": "the case is settled",
    "/contracts": "a procurement has one contract",
    "/contracts/{ref:str}/periods/{period:str}/disputes": "a share that is disputed is not open to a second verdict",
    "/contracts/{ref:str}/redactions": "the part is left out for that long",
    "/contracts/{ref:str}/signatures": "one signature for each party counts",
    "/follows": "who follows it follows it",
    "/imports": "the same file, not yet imported, is the same import",
    "/listings/new": "a supplier has one product of a name",
    "/listings/{ref:str}/assurance/appeal": "one appeal about a case is heard at a time",
    "/listings/{ref:str}/assurance/application": "one case of a framework is open at a time",
    "/listings/{ref:str}/assurance/renewals": "one renewal of a part waits at a time",
    "/listings/{ref:str}/documents": "the same file of a kind is one document",
    "/listings/{ref:str}/documents/readers": "who may read it may read it",
    "/listings/{ref:str}/edition": "one edition is open at a time",
    "/organisations/new/listed": "an organisation with that code is here",
    "/organisations/new/supplier": "one whose name is like one that is here waits for an operator",
    "/organisations/{ref:str}/deputies": "a role is held once, and given anew with its limit and its day",
    "/organisations/{ref:str}/invitations": "an address is invited once",
    "/organisations/{ref:str}/join": "who waits, waits",
    "/procurements/{ref:str}/approvals/{kind:str}/approval": "it is given",
    "/procurements/{ref:str}/approvals/{kind:str}/refusal": "it is refused",
    "/procurements/{ref:str}/approvals/{kind:str}/request": "it was asked for",
    "/procurements/{ref:str}/readiness": "it is on the list",
    "/products/{ref:str}/claim": "an organisation claims a product once",
    "/products/{ref:str}/deployments": "an organisation uses a product once",
    "/products/{ref:str}/documents/{attachment:uuid}/request": "it was asked for",
    "/projects/{ref:str}/candidates": "a product is on the list once",
    "/projects/{ref:str}/people": "a colleague has one seat",
    "/projects/{ref:str}/searches": "the same search, made again, is the last one",
    "/projects/{ref:str}/searches/{number:int}/candidates": "a product is on the list once",
    "/protocols/{ref:str}/notes": "the same judgements are one review",
    "/successions/new": "an organisation is part of one succession at a time",
}
"""Forms of which a second sending finds that the thing is there, and says so: what each knows of it."""


@pytest.fixture
def table(services: Services) -> dict[str, HTTPRouteHandler]:
    return dict(handlers(application_for(services)))


def test_every_form_that_makes_something_makes_it_once(table):
    makes = {
        form for form in (url.removeprefix("POST ") for url in table if url.startswith("POST /"))
        if (call := table.get(TWINS.get(form, f"POST /v1{form}"))) is not None and call.opt["call"].status == 201
    }  # fmt: skip
    once = {form for form in makes if table[f"POST {form}"].opt.get("makes")}

    assert len(makes) > 60
    assert sorted(makes - once - set(BY_ITSELF)) == [], "say `makes=True`, or what a second sending finds there"
    assert sorted(set(BY_ITSELF) & once) == []
    assert sorted(set(BY_ITSELF) - makes) == []
