"""Whatever a form of these rooms does, a program can do: each has its call under /v1, or a reason to have none."""

import pytest

from marketplace.app import app_over
from marketplace.faces.services import Services
from marketplace.settings import Settings
from tests.house.test_routes import handlers

ROOMS = ("account", "acting-for", "bank-transfers", "billing", "cases", "certificates", "claims", "contracts", "demonstration", "follows", "imports", "invitations", "invoices", "language", "listings", "notices",
         "operations", "organisations", "procurements", "products", "projects", "reset", "saved-searches", "sign-in", "sign-out",
         "sign-up", "studies", "verify")  # fmt: skip
"""The first part of every path that this table speaks for; later rooms add theirs."""

OF_A_PERSON = "it guards a person's own account, and a token must not open what only a password may"
OF_A_BROWSER = "it is about this browser alone"

TWINS = {
    "/account/notices": "PUT /v1/notices/wishes/{kind:str}",
    "/account/tokens": "POST /v1/tokens",
    "/account/tokens/{key:str}/end": "DELETE /v1/tokens/{token:str}",
    "/bank-transfers": "POST /v1/bank-transfers",
    "/bank-transfers/import": "POST /v1/bank-transfers/import",
    "/bank-transfers/{line:uuid}/matching": "POST /v1/bank-transfers/{line:str}/matching",
    "/bank-transfers/{line:uuid}/setting-aside": "POST /v1/bank-transfers/{line:str}/setting-aside",
    "/bank-transfers/{line:uuid}/taking-up": "POST /v1/bank-transfers/{line:str}/taking-up",
    "/billing": "PUT /v1/billing",
    "/invoices/{number:str}/repayment": "POST /v1/invoices/{number:str}/repayment",
    "/cases/{ref:str}/assignment": "POST /v1/cases/{ref:str}/assignment",
    "/cases/{ref:str}/clarifications": "POST /v1/cases/{ref:str}/clarifications",
    "/cases/{ref:str}/decision": "POST /v1/cases/{ref:str}/decision",
    "/cases/{ref:str}/declaration": "POST /v1/cases/{ref:str}/declaration",
    "/cases/{ref:str}/findings": "POST /v1/cases/{ref:str}/findings",
    "/cases/{ref:str}/proposal": "POST /v1/cases/{ref:str}/proposal",
    "/cases/{ref:str}/settlement": "POST /v1/cases/{ref:str}/settlement",
    "/certificates/{ref:str}/reinstatement": "POST /v1/certificates/{ref:str}/reinstatement",
    "/certificates/{ref:str}/renewals/{renewal:uuid}": "POST /v1/certificates/{ref:str}/renewals/{renewal:str}",
    "/certificates/{ref:str}/reuse": "POST /v1/certificates/{ref:str}/reuse",
    "/certificates/{ref:str}/suspension": "POST /v1/certificates/{ref:str}/suspension",
    "/certificates/{ref:str}/withdrawal": "POST /v1/certificates/{ref:str}/withdrawal",
    "/contracts": "POST /v1/contracts",
    "/contracts/{ref:str}/baseline": "POST /v1/contracts/{ref:str}/baseline",
    "/contracts/{ref:str}/baseline/lock": "POST /v1/contracts/{ref:str}/baseline/lock",
    "/contracts/{ref:str}/cancellation": "POST /v1/contracts/{ref:str}/cancellation",
    "/contracts/{ref:str}/decision": "POST /v1/contracts/{ref:str}/decision",
    "/contracts/{ref:str}/departures": "POST /v1/contracts/{ref:str}/departures",
    "/contracts/{ref:str}/going-live": "POST /v1/contracts/{ref:str}/going-live",
    "/contracts/{ref:str}/harms": "POST /v1/contracts/{ref:str}/harms",
    "/contracts/{ref:str}/harms/{harm:uuid}/closure": "POST /v1/contracts/{ref:str}/harms/{harm:str}/closure",
    "/contracts/{ref:str}/issue": "POST /v1/contracts/{ref:str}/issue",
    "/contracts/{ref:str}/measurements": "POST /v1/contracts/{ref:str}/measurements",
    "/contracts/{ref:str}/measurements/import": "POST /v1/contracts/{ref:str}/measurements/import",
    "/contracts/{ref:str}/measurements/preview": "POST /v1/contracts/{ref:str}/measurements/import",
    "/contracts/{ref:str}/measures/{key:str}": "PATCH /v1/contracts/{ref:str}/terms",
    "/contracts/{ref:str}/measures/{key:str}/removal": "PATCH /v1/contracts/{ref:str}/terms",
    "/contracts/{ref:str}/obligations/{duty:str}/completion":
        "POST /v1/contracts/{ref:str}/obligations/{duty:str}/completion",
    "/contracts/{ref:str}/periods/{period:str}/acceptance":
        "POST /v1/contracts/{ref:str}/periods/{period:str}/acceptance",
    "/contracts/{ref:str}/periods/{period:str}/computation":
        "POST /v1/contracts/{ref:str}/periods/{period:str}/computation",
    "/contracts/{ref:str}/periods/{period:str}/disputes": "POST /v1/contracts/{ref:str}/periods/{period:str}/disputes",
    "/contracts/{ref:str}/periods/{period:str}/disputes/{dispute:uuid}/resolution":
        "POST /v1/contracts/{ref:str}/periods/{period:str}/disputes/{dispute:str}/resolution",
    "/contracts/{ref:str}/purchase-order": "POST /v1/contracts/{ref:str}/purchase-order",
    "/contracts/{ref:str}/readings": "POST /v1/contracts/{ref:str}/readings",
    "/contracts/{ref:str}/recall": "POST /v1/contracts/{ref:str}/recall",
    "/contracts/{ref:str}/redactions": "POST /v1/contracts/{ref:str}/redactions",
    "/contracts/{ref:str}/redactions/{redaction:uuid}/lifting":
        "POST /v1/contracts/{ref:str}/redactions/{redaction:str}/lifting",
    "/contracts/{ref:str}/refusals": "POST /v1/contracts/{ref:str}/refusals",
    "/contracts/{ref:str}/signatures": "POST /v1/contracts/{ref:str}/signatures",
    "/contracts/{ref:str}/terms/{section:str}": "PATCH /v1/contracts/{ref:str}/terms",
    "/contracts/{ref:str}/variation": "POST /v1/contracts/{ref:str}/variation",
    "/follows": "POST /v1/follows",
    "/follows/{followed:uuid}/removal": "DELETE /v1/follows/{followed:str}",
    "/imports": "POST /v1/imports",
    "/imports/{ref:str}/abandonment": "POST /v1/imports/{ref:str}/abandonment",
    "/imports/{ref:str}/start": "POST /v1/imports/{ref:str}/start",
    "/invitations/{secret:str}": "POST /v1/me/invitations/{invitation:str}/acceptance",
    "/listings/new": "POST /v1/products",
    "/listings/{ref:str}/assurance/answers": "PATCH /v1/listings/{ref:str}/assurance/answers",
    "/listings/{ref:str}/assurance/application": "POST /v1/listings/{ref:str}/assurance/application",
    "/listings/{ref:str}/assurance/clarifications/{clarification:uuid}":
        "POST /v1/listings/{ref:str}/assurance/clarifications/{clarification:str}",
    "/listings/{ref:str}/assurance/renewals": "POST /v1/listings/{ref:str}/assurance/renewals",
    "/listings/{ref:str}/assurance/withdrawal": "POST /v1/listings/{ref:str}/assurance/withdrawal",
    "/listings/{ref:str}/documents/readers": "POST /v1/listings/{ref:str}/documents/readers",
    "/listings/{ref:str}/documents/requests/{asking:uuid}": "POST /v1/listings/{ref:str}/documents/requests/{asking:str}",
    "/products/{ref:str}/local-assurance/answers": "PATCH /v1/products/{ref:str}/local-assurance",
    "/products/{ref:str}/documents/{attachment:uuid}/request": "POST /v1/products/{ref:str}/documents/{document:str}/request",
    "/verify": "POST /v1/certificate-checks",
    "/verify/keys": "POST /v1/issuer/keys",
    "/verify/keys/revocation": "POST /v1/issuer/keys/revocation",
    "/listings/{ref:str}/confirmation": "POST /v1/listings/{ref:str}/confirmation",
    "/listings/{ref:str}/description": "PATCH /v1/products/{ref:str}/description",
    "/listings/{ref:str}/documents": "POST /v1/products/{ref:str}/documents",
    "/listings/{ref:str}/documents/{attachment:uuid}/removal": "DELETE /v1/products/{ref:str}/documents/{document:str}",
    "/listings/{ref:str}/edition": "POST /v1/listings/{ref:str}/edition",
    "/listings/{ref:str}/facts": "PATCH /v1/products/{ref:str}/description",
    "/listings/{ref:str}/prices": "PUT /v1/products/{ref:str}/prices",
    "/listings/{ref:str}/publication": "POST /v1/listings/{ref:str}/publication",
    "/listings/{ref:str}/reinstatement": "POST /v1/listings/{ref:str}/reinstatement",
    "/listings/{ref:str}/return": "POST /v1/listings/{ref:str}/return",
    "/claims/{ref:str}/results": "POST /v1/claims/{ref:str}/results",
    "/claims/{ref:str}/settlement": "POST /v1/claims/{ref:str}/settlement",
    "/claims/{ref:str}/withdrawal": "POST /v1/claims/{ref:str}/withdrawal",
    "/listings/{ref:str}/claims/new": "POST /v1/listings/{ref:str}/claims",
    "/listings/{ref:str}/claims/{claim_ref:str}": "PUT /v1/claims/{ref:str}",
    "/listings/{ref:str}/claims/{claim_ref:str}/publication": "POST /v1/claims/{ref:str}/publication",
    "/listings/{ref:str}/claims/{claim_ref:str}/abandonment": "POST /v1/claims/{ref:str}/abandonment",
    "/listings/{ref:str}/studies/import": "POST /v1/listings/{ref:str}/studies/import",
    "/listings/{ref:str}/studies/import/preview": "POST /v1/listings/{ref:str}/studies/import",
    "/listings/{ref:str}/studies/new": "POST /v1/products/{ref:str}/studies",
    "/listings/{ref:str}/studies/{study_ref:str}/abandonment": "POST /v1/studies/{ref:str}/abandonment",
    "/listings/{ref:str}/studies/{study_ref:str}/description": "PUT /v1/studies/{ref:str}",
    "/listings/{ref:str}/studies/{study_ref:str}/publication": "POST /v1/studies/{ref:str}/publication",
    "/listings/{ref:str}/studies/{study_ref:str}/results/new": "PUT /v1/studies/{ref:str}",
    "/listings/{ref:str}/studies/{study_ref:str}/results/{number:int}": "PUT /v1/studies/{ref:str}",
    "/listings/{ref:str}/studies/{study_ref:str}/results/{number:int}/removal": "PUT /v1/studies/{ref:str}",
    "/listings/{ref:str}/submission": "POST /v1/listings/{ref:str}/submission",
    "/listings/{ref:str}/suspension": "POST /v1/listings/{ref:str}/suspension",
    "/listings/{ref:str}/withdrawal": "POST /v1/listings/{ref:str}/withdrawal",
    "/notices/reading": "POST /v1/notices/reading",
    "/notices/{key:uuid}/reading": "POST /v1/notices/{notice:str}/reading",
    "/organisations/new/listed": "POST /v1/organisations/listed",
    "/organisations/new/supplier": "POST /v1/organisations",
    "/organisations/offers/{key:uuid}/acceptance": "POST /v1/me/invitations/{invitation:str}/acceptance",
    "/organisations/requests/{key:str}/approval": "POST /v1/requests/{member:str}/approval",
    "/organisations/requests/{key:str}/refusal": "POST /v1/requests/{member:str}/refusal",
    "/organisations/{ref:str}/deputies": "POST /v1/organisations/{ref:str}/deputies",
    "/organisations/{ref:str}/details": "PATCH /v1/organisations/{ref:str}",
    "/organisations/{ref:str}/invitations": "POST /v1/organisations/{ref:str}/invitations",
    "/organisations/{ref:str}/invitations/{key:str}/withdrawal":
        "DELETE /v1/organisations/{ref:str}/invitations/{invitation:str}",
    "/organisations/{ref:str}/join": "POST /v1/organisations/{ref:str}/joining",
    "/organisations/{ref:str}/members/{key:str}/end": "POST /v1/organisations/{ref:str}/members/{member:str}/end",
    "/organisations/{ref:str}/members/{key:str}/roles":
        "PUT /v1/organisations/{ref:str}/members/{member:str}/roles/{role:str}",
    "/organisations/{ref:str}/members/{key:str}/roles/{role:str}/removal":
        "DELETE /v1/organisations/{ref:str}/members/{member:str}/roles/{role:str}",
    "/procurements": "POST /v1/procurements",
    "/procurements/{ref:str}/approvals/{kind:str}/approval": "POST /v1/procurements/{ref:str}/approvals/{kind:str}/approval",
    "/procurements/{ref:str}/approvals/{kind:str}/refusal": "POST /v1/procurements/{ref:str}/approvals/{kind:str}/refusal",
    "/procurements/{ref:str}/approvals/{kind:str}/request": "POST /v1/procurements/{ref:str}/approvals/{kind:str}/request",
    "/procurements/{ref:str}/call-off": "PUT /v1/procurements/{ref:str}/call-off",
    "/procurements/{ref:str}/cancellation": "POST /v1/procurements/{ref:str}/cancellation",
    "/procurements/{ref:str}/confirmation": "POST /v1/procurements/{ref:str}/confirmation",
    "/procurements/{ref:str}/edition": "POST /v1/procurements/{ref:str}/edition",
    "/procurements/{ref:str}/join": "POST /v1/procurements/{ref:str}/join",
    "/procurements/{ref:str}/notes": "POST /v1/procurements/{ref:str}/notes",
    "/procurements/{ref:str}/opening": "POST /v1/procurements/{ref:str}/opening",
    "/procurements/{ref:str}/parties": "POST /v1/procurements/{ref:str}/parties",
    "/procurements/{ref:str}/parties/{party:str}/removal": "POST /v1/procurements/{ref:str}/parties/{party:str}/removal",
    "/procurements/{ref:str}/protocol": "PUT /v1/procurements/{ref:str}/protocol",
    "/procurements/{ref:str}/readiness": "POST /v1/procurements/{ref:str}/readiness",
    "/procurements/{ref:str}/readiness/{item:uuid}": "PUT /v1/procurements/{ref:str}/readiness/{item:str}",
    "/procurements/{ref:str}/readiness/{item:uuid}/completion":
        "POST /v1/procurements/{ref:str}/readiness/{item:str}/completion",
    "/procurements/{ref:str}/refusal": "POST /v1/procurements/{ref:str}/refusal",
    "/procurements/{ref:str}/reopening": "POST /v1/procurements/{ref:str}/reopening",
    "/procurements/{ref:str}/settlement": "POST /v1/procurements/{ref:str}/settlement",
    "/procurements/{ref:str}/shares": "PUT /v1/procurements/{ref:str}/shares",
    "/procurements/{ref:str}/withdrawal": "POST /v1/procurements/{ref:str}/withdrawal",
    "/products/{ref:str}/claim": "POST /v1/products/{ref:str}/claims",
    "/products/{ref:str}/claims/{claim:uuid}/settlement": "POST /v1/products/{ref:str}/claims/{claim:str}/settlement",
    "/projects": "POST /v1/projects",
    "/projects/{ref:str}/candidates": "POST /v1/projects/{ref:str}/candidates",
    "/projects/{ref:str}/candidates/{product:str}/exclusion":
        "POST /v1/projects/{ref:str}/candidates/{product:str}/exclusion",
    "/projects/{ref:str}/candidates/{product:str}/inclusion":
        "POST /v1/projects/{ref:str}/candidates/{product:str}/inclusion",
    "/projects/{ref:str}/candidates/{product:str}/reconsideration":
        "POST /v1/projects/{ref:str}/candidates/{product:str}/reconsideration",
    "/projects/{ref:str}/closure": "POST /v1/projects/{ref:str}/closure",
    "/projects/{ref:str}/comments": "POST /v1/projects/{ref:str}/comments",
    "/projects/{ref:str}/comments/{comment_id:uuid}/completion":
        "POST /v1/projects/{ref:str}/comments/{comment:str}/completion",
    "/projects/{ref:str}/decision": "POST /v1/projects/{ref:str}/decision",
    "/projects/{ref:str}/description": "PUT /v1/projects/{ref:str}",
    "/projects/{ref:str}/people": "POST /v1/projects/{ref:str}/colleagues",
    "/projects/{ref:str}/people/{seat:uuid}/removal": "DELETE /v1/projects/{ref:str}/colleagues/{seat:str}",
    "/projects/{ref:str}/reopening": "POST /v1/projects/{ref:str}/reopening",
    "/projects/{ref:str}/requirements": "POST /v1/projects/{ref:str}/requirements",
    "/projects/{ref:str}/requirements/{requirement:uuid}/judgements":
        "POST /v1/projects/{ref:str}/candidates/{product:str}/judgements",
    "/projects/{ref:str}/requirements/{requirement:uuid}/removal":
        "POST /v1/projects/{ref:str}/requirements/{requirement:str}/removal",
    "/projects/{ref:str}/searches": "POST /v1/projects/{ref:str}/steps",
    "/projects/{ref:str}/searches/{number:int}/candidates": "POST /v1/projects/{ref:str}/candidates",
    "/projects/{ref:str}/searches/{number:int}/exclusions": "POST /v1/projects/{ref:str}/exclusions",
    "/projects/{ref:str}/searches/{number:int}/lock": "POST /v1/projects/{ref:str}/steps/{number:str}/lock",
    "/saved-searches": "POST /v1/saved-searches",
    "/studies/{ref:str}/retraction": "POST /v1/studies/{ref:str}/retraction",
    "/saved-searches/{saved:uuid}/removal": "DELETE /v1/saved-searches/{saved:str}",
}  # fmt: skip
"""The path of each form -> the call that does the same."""

NO_TWIN = {
    "/account/address": OF_A_PERSON,
    "/account/address/{secret:str}": OF_A_PERSON,
    "/account/language": OF_A_PERSON,
    "/account/name": OF_A_PERSON,
    "/account/password": OF_A_PERSON,
    "/account/sessions/others/end": OF_A_PERSON,
    "/account/sessions/{key:uuid}/end": OF_A_PERSON,
    "/acting-for": "a token acts for one organisation, and says which when it is made",
    "/demonstration/enter": "a door of the demonstration",
    "/invitations/{secret:str}/account": OF_A_PERSON,
    "/language": OF_A_BROWSER,
    "/operations/deliveries/{delivery:str}/retry": "the console of whoever runs this house",
    "/operations/gateway/errands/{errand:uuid}/retry": "the console of whoever runs this house",
    "/operations/gateway/reconciliation": "the console of whoever runs this house",
    "/reset": OF_A_PERSON,
    "/reset/{secret:str}": OF_A_PERSON,
    "/sign-in": OF_A_BROWSER,
    "/sign-out": OF_A_BROWSER,
    "/sign-up": OF_A_PERSON,
    "/sign-up/{secret:str}": OF_A_PERSON,
}


@pytest.fixture
def urls(services: Services) -> set[str]:
    return {url for url, _ in handlers(app_over(services, Settings()))}


def test_every_form_has_its_call_or_a_reason_to_have_none(urls):
    forms = {url.removeprefix("POST ") for url in urls if url.startswith("POST /") and url.split("/")[1] in ROOMS}

    assert sorted(forms - set(TWINS) - set(NO_TWIN)) == [], "name the call that does the same, or say why there is none"
    assert sorted({*TWINS, *NO_TWIN} - forms) == []
    assert sorted(set(TWINS.values()) - urls) == []
