"""The main job of Touchstone by program: two trusts pilot a product together and pay for results.

It begins where `api_story.py` ends: with a product that is on show. Its supplier answers a framework and two assessors
agree on a certificate; two trusts rely on it, prepare a pilot and sign one contract; months of measurements come in;
what is due is accepted, invoiced and paid; and the pilot ends in a decision that becomes evidence.

    python docs/guides/main_job.py PEOPLE.json --product PRD-... [--base-url http://...]

PEOPLE.json holds a token for each person, by part: see `PARTS`. A token is made under Account, Tokens, or with
`marketplace token EMAIL`. Months have to pass before they can be measured: the program stops where it has to wait,
says so, and goes on from there when it is started again with `--contract CON-...`. A worker has to run.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
from api_story import Caller, Refused, say

TRUST = ("buyer", "safety", "privacy", "budget", "approver", "manager", "finance")
PARTS = (
    "supplier", "first_assessor", "second_assessor", *(f"lead.{part}" for part in TRUST),
    *(f"other.{part}" for part in TRUST),
)  # fmt: skip
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
APPROVALS = (
    ("deployment-safety-case", "safety"), ("data-protection-impact-assessment", "privacy"), ("budget", "budget"),
    ("executive", "approver"),
)  # fmt: skip
MEASURES: list[dict[str, Any]] = [
    {
        "key": "minutes", "label": "Minutes to finish a letter", "unit": "minutes", "better": "lower",
        "definition": "From the end of the visit until the letter is signed.", "population": "Adult outpatient visits.",
        "source": "The log of the record system", "validator": "The trusts' analysts", "design": "before-after",
        "threshold": 9, "target": 6.5, "weight": 60, "minimum": 0, "maximum": 240, "fewest": 100,
    },
    {
        "key": "in-time", "label": "Letters sent within two days", "unit": "%", "better": "higher",
        "definition": "Share of letters sent within two working days of the visit.",
        "population": "Adult outpatient visits.", "source": "The letter system", "validator": "The trusts' analysts",
        "design": "before-after", "threshold": 60, "target": 90, "weight": 40, "minimum": 0, "maximum": 100,
        "fewest": 100,
    },
]  # fmt: skip
BEFORE = {"minutes": "10.2", "in-time": "52"}
FOUND = ({"minutes": "8.0", "in-time": "72"}, {"minutes": "7.0", "in-time": "84"}, {"minutes": "6.4", "in-time": "91"})
FEE_PENCE, CAP_PENCE, CASES = 1_200_000, 3_600_000, 400


ANSWERS: dict[str, Any] = {
    "dtac-product-type": "software-as-a-service", "dtac-intended-use": "workforce",
    "software-as-a-medical-device": "no", "informs-direct-care": "yes", "dcb0129-done": "yes",
    "clinical-risk-management-system": "provided", "clinical-safety-case": "provided",
    "clinical-safety-officer": "Dr Wen Li, consultant physician, registered with the General Medical Council.",
    "dspt": "confirmed", "processes-personal-data": "yes", "ico-registration": "provided", "product-dpia": "provided",
    "transparency-information": "provided", "terms-of-data-use": "provided", "leaves-uk": "no",
    "cyber-essentials": "provided", "cyber-charter": "no", "penetration-test": "provided",
    "penetration-test-worst": "4.3", "software-security-code": "confirmed", "multi-factor-plan": "yes",
    "multi-factor-supplier": "yes", "logging-defined": "yes", "exposes-apis": "no", "exchanges-patient-data": "no",
    "web-or-mobile": "no", "usability-tested": "yes", "accessible-information": "confirmed",
}  # fmt: skip
DAYS_AGO = {
    "clinical-safety-officer": -400, "dspt": 150, "ico-registration": 90, "cyber-essentials": 60,
    "penetration-test": 30,
}  # fmt: skip
"""When each dated thing was; a registration ends in the future."""
WITH_PAPERS = (
    "clinical-risk-management-system", "clinical-safety-case", "ico-registration", "product-dpia",
    "transparency-information", "terms-of-data-use", "cyber-essentials", "penetration-test",
)  # fmt: skip


@dataclass(frozen=True)
class Trust:
    """The people of a trust, each with a program of their own; `ref` is the trust's reference."""

    ref: str
    people: Mapping[str, Caller]

    def __getattr__(self, part: str) -> Caller:
        return self.people[part]


@dataclass(frozen=True)
class Cast:
    """Everybody in the story."""

    supplier: Caller
    assessors: tuple[Caller, Caller]
    trusts: tuple[Trust, Trust]

    @property
    def lead(self) -> Trust:
        return self.trusts[0]


def assure(cast: Cast, product: str, today: date, *, say: Callable[[str], None]) -> str:
    """The supplier answers what is open, two assessors agree, both trusts rely on it; returns the certificate.

    What the description of the product or another product of the supplier answered counts here already.
    """
    papers = [
        sent(cast.supplier, f"/products/{product}/documents", {"kind": "clinical-safety-case"}, paper)
        for paper in (PAPER, PAPER.replace(b"1.4", b"1.5"))
    ]
    sheet = cast.supplier.get(f"/listings/{product}/assurance")["verdict"]["criteria"]
    stands = {criterion["question"] for criterion in sheet if criterion["value"] is not None}
    answers: dict[str, dict[str, Any]] = {name: {"value": ANSWERS[name]} for name in ANSWERS if name not in stands}
    for question in answers.keys() & DAYS_AGO.keys():
        answers[question]["dated"] = (today - timedelta(days=DAYS_AGO[question])).isoformat()
    for question in answers.keys() & set(WITH_PAPERS):
        answers[question]["documents"] = [paper["id"] for paper in papers]
    cast.supplier.call("PATCH", f"/listings/{product}/assurance/answers", {"answers": answers})
    first, second = cast.assessors
    body = first.get("/me")["organisation_ref"]
    case = cast.supplier.post(f"/listings/{product}/assurance/application", {"body": body})["ref"]
    take_seat(first, case)
    for criterion in first.get(f"/cases/{case}")["verdict"]["criteria"]:
        if criterion["assessed"] == "pass" and criterion["status"] not in ("not-applicable", "skipped"):
            first.post(f"/cases/{case}/findings", {"code": criterion["code"], "judgement": "met"})
    first.post(f"/cases/{case}/proposal", {"outcome": "met", "reasons": "Everything that must pass does."})
    take_seat(second, case)
    second.post(f"/cases/{case}/decision", {"outcome": "met", "reasons": "I read the papers and agree."})
    held = cast.lead.buyer.get(f"/products/{product}/assurance")
    certificate = str(held["today"]["certificate"])
    say(f"{certificate} holds until {held['today']['until']}.")
    for trust in cast.trusts:
        trust.safety.post(f"/certificates/{certificate}/reuse", {"decision": "accept"})
    return certificate


def take_seat(assessor: Caller, case: str) -> None:
    """An assessor takes the free seat, and says that there is no conflict: then the papers open."""
    assessor.post(f"/cases/{case}/assignment", {})
    assessor.post(f"/cases/{case}/declaration", {"has_conflict": False})


def prepare(cast: Cast, product: str, begins: date, *, say: Callable[[str], None]) -> str:
    """From the protocol to the settled procurement; returns its reference."""
    lead, other = cast.trusts
    ref = str(lead.buyer.post("/procurements", {"product": product, "name": "Letters by voice"})["ref"])
    protocol = {
        "name": "Letters by voice", "question": "Do letters take less time, and go out sooner?",
        "exit_criteria": "Under 7 minutes and 85 % in time for a month.",
        "stop_rule": "Either clinical safety officer stops it at once on a harm.", "starts_on": begins.isoformat(),
        "ends_on": months_after(begins, len(FOUND)).isoformat(), "price_afterwards": "£14 a user a month.",
        "fee_ceiling_pence": CAP_PENCE, "fewest": 2, "route": "below-threshold",
    }  # fmt: skip
    changed(lead.buyer, f"/procurements/{ref}", f"/procurements/{ref}/protocol", protocol)
    lead.buyer.post(f"/procurements/{ref}/parties", {"organisation": other.ref})
    shares = {"way": "parts", "shares": {lead.ref: "2", other.ref: "1"}}
    changed(lead.buyer, f"/procurements/{ref}", f"/procurements/{ref}/shares", shares)
    lead.buyer.post(f"/procurements/{ref}/opening")
    say(f"{ref} is open: the lead pays two parts of three, the other one.")
    for trust in (other, lead):
        take_part(trust, ref)
    settled = lead.buyer.post(f"/procurements/{ref}/settlement")
    say(f"Everybody joined and approved on its own terms. It is {settled['state']}.")
    return ref


def take_part(trust: Trust, ref: str) -> None:
    """A trust gives its own call-off, joins through its signatory, and approves through its own people."""
    trust.buyer.call("PUT", f"/procurements/{ref}/call-off", {"users": 120, "cost_code": "OPD-1"})
    trust.approver.post(f"/procurements/{ref}/join", {"terms": trust.approver.get(f"/procurements/{ref}")["terms"]})
    for kind, part in APPROVALS:
        person = trust.people[part]
        now = person.get(f"/procurements/{ref}")
        mine = next(party for party in person.get(f"/procurements/{ref}/parties")["items"] if party["ref"] == trust.ref)
        given = {"terms": now["terms"], "amount_pence": str(mine["gross_pence"])}
        has_paper = part in ("safety", "privacy")
        sent(person, f"/procurements/{ref}/approvals/{kind}/approval", given, PAPER if has_paper else None)


def agree(cast: Cast, procurement: str, begins: date, *, say: Callable[[str], None]) -> str:
    """One contract, simulated before anybody signs it; returns its reference."""
    lead, other = cast.trusts
    ref = str(lead.buyer.post("/contracts", {"procurement": procurement})["ref"])
    terms = {
        "starts-on": begins.isoformat(), "ends-on": months_after(begins, len(FOUND)).isoformat(),
        "fee-pence": FEE_PENCE, "at-risk-percent": 30, "cap-pence": CAP_PENCE, "measures": MEASURES,
        "exit-criteria": ["Under 7 minutes and 85 % in time for a month."], "data-kinds": ["Voices", "Letters"],
        "extension-months": 0,
    }  # fmt: skip
    version = lead.buyer.call("GET", f"/contracts/{ref}").headers["etag"]
    lead.buyer.call("PATCH", f"/contracts/{ref}/terms", {"parameters": terms}, version=version)
    lead.buyer.post(f"/contracts/{ref}/issue")
    for signatory in (other.approver, lead.approver, cast.supplier):
        digest = signatory.get(f"/contracts/{ref}/text")["digest"]
        signatory.post(f"/contracts/{ref}/readings", {"digest": digest})
        signatory.post(f"/contracts/{ref}/signatures", {"digest": digest, "capacity": "Authorised signatory"})
    say(f"{ref} is {lead.buyer.get(f'/contracts/{ref}')['state']} by the other trust, the lead and the supplier.")
    return ref


def get_ready(cast: Cast, procurement: str, ref: str, *, say: Callable[[str], None]) -> None:
    """Baselines, readiness, purchase orders: before the first day."""
    for place, trust in enumerate(cast.trusts):
        trust.manager.post(f"/contracts/{ref}/baseline", {"values": values_of(BEFORE)})
        trust.finance.post(f"/contracts/{ref}/purchase-order", {"number": f"PO-70{place}", "cost_code": "OPD-1"})
        for item in trust.buyer.get(f"/procurements/{procurement}/readiness")["items"]:
            trust.buyer.post(f"/procurements/{procurement}/readiness/{item['id']}/completion", {"is_done": True})
    cast.lead.manager.post(f"/contracts/{ref}/baseline/lock")
    say("The baseline is locked.")


def go_live(cast: Cast, ref: str, *, say: Callable[[str], None]) -> None:
    """On the first day or later: before it there is no term."""
    cast.lead.manager.post(f"/contracts/{ref}/going-live")
    say("The pilot is live.")


def measure(cast: Cast, ref: str, period: str, found: Mapping[str, str], *, say: Callable[[str], None]) -> None:
    """Both trusts give what they found in a month, and accept what it came to."""
    for trust in cast.trusts:
        trust.manager.post(f"/contracts/{ref}/measurements", {"period": period, "values": values_of(found)})
    for trust in cast.trusts:
        settled = trust.manager.get(f"/contracts/{ref}/periods/{period}")["settlement"]
        trust.manager.post(f"/contracts/{ref}/periods/{period}/acceptance", {"number": settled["number"]})
    say(f"{period}: £{settled['total_pence'] / 100:,.2f} is due of £{FEE_PENCE / 100:,.2f}.")


def pay(cast: Cast, *, say: Callable[[str], None]) -> int:
    """The supplier's bank statement has a line for each invoice; returns the pence that came in."""
    paid = 0
    for invoice in cast.supplier.get("/invoices")["items"]:
        if invoice["left_pence"] > 0:
            line = {"received_on": time.strftime("%Y-%m-%d"), "pence": invoice["left_pence"],
                    "words": f"Invoice {invoice['number']}", "transaction": f"T-{invoice['number']}"}  # fmt: skip
            cast.supplier.post("/bank-transfers", line)
            paid += invoice["left_pence"]
    say(f"£{paid / 100:,.2f} came in, with VAT.")
    return paid


def decide(cast: Cast, ref: str, *, say: Callable[[str], None]) -> Any:
    """The pilot ends in a decision; its result is evidence from now on. Returns the public entry."""
    reasons = "Letters take 6.4 minutes instead of 10.2, and nine in ten go out in time."
    cast.lead.manager.post(f"/contracts/{ref}/decision", {"verdict": "scale", "reasons": reasons, "at_once": True})
    entry = cast.lead.buyer.get(f"/register/{ref}")
    say(f"It is decided. The register shows what was promised, what happened and what was paid: /register/{ref}.")
    return entry


def values_of(found: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"measure": key, "value": value, "count": CASES} for key, value in found.items()]


def changed(caller: Caller, read: str, path: str, body: Any) -> None:
    """A change made from the version that was just read."""
    caller.call("PUT", path, body, version=caller.call("GET", read).headers["etag"])


def sent(caller: Caller, path: str, fields: Mapping[str, str], paper: bytes | None) -> Any:
    """The answer to a form, with a document where there is one."""
    parts: dict[str, Any] = {name: (None, value) for name, value in fields.items()}
    parts |= {"file": ("paper.pdf", paper, "application/pdf")} if paper else {}
    answer = caller.client.post(f"/v1{path}", files=parts, headers={"Authorization": f"Bearer {caller.token}"})
    if answer.is_error:
        raise Refused(f"POST {path} was answered {answer.status_code}: {answer.text}")
    return answer.json()


def months_after(begins: date, months: int) -> date:
    """The last day of the n-th month that begins on that first of a month."""
    index = begins.year * 12 + begins.month - 1 + months
    return date(index // 12, index % 12 + 1, 1) - timedelta(days=1)


def periods_of(begins: date) -> Sequence[str]:
    return [f"{months_after(begins, place + 1):%Y-%m}" for place in range(len(FOUND))]


def read_cast(client: httpx.Client, given: Mapping[str, str]) -> Cast:
    """Everybody by their tokens. Raises Refused where one is missing."""
    if missing := [part for part in PARTS if part not in given]:
        raise Refused(f"tokens are missing for {', '.join(missing)}")
    callers = {part: Caller(client, token) for part, token in given.items()}
    trusts = [
        Trust(
            str(callers[f"{side}.buyer"].get("/me")["organisation_ref"]),
            {part: callers[f"{side}.{part}"] for part in TRUST},
        )
        for side in ("lead", "other")
    ]
    assessors = callers["first_assessor"], callers["second_assessor"]
    return Cast(callers["supplier"], assessors, (trusts[0], trusts[1]))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people", type=Path, help="a JSON file of tokens by part")
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument("--product", help="the reference of a product on show")
    parser.add_argument("--contract", help="go on with this contract")
    given = parser.parse_args(arguments)
    if given.product is None and given.contract is None:
        parser.error("name the --product to begin with, or the --contract to go on with")
    with httpx.Client(base_url=given.base_url, timeout=30) as client:
        try:
            cast = read_cast(client, json.loads(given.people.read_text()))
            tell(cast, given.product, given.contract)
        except (Refused, httpx.TransportError, OSError, json.JSONDecodeError) as refused:
            sys.stderr.write(f"{refused}\n")
            return 1
    return 0


def tell(cast: Cast, product: str, contract: str | None) -> None:
    """As much of the story as can happen by now."""
    today = date.fromisoformat(time.strftime("%Y-%m-%d"))
    if contract is None:
        begins = months_after(today.replace(day=1), 1) + timedelta(days=1)
        assure(cast, product, today, say=say)
        procurement = prepare(cast, product, begins, say=say)
        contract = agree(cast, procurement, begins, say=say)
        get_ready(cast, procurement, contract, say=say)
    agreed = cast.lead.buyer.get(f"/contracts/{contract}")
    begins = date.fromisoformat(agreed["starts_on"])
    if agreed["state"] == "signed" and today < begins:
        say(f"It begins on {begins}. Go on then with --contract {contract}.")
        return
    if agreed["state"] == "signed":
        go_live(cast, contract, say=say)
    for period, found in zip(periods_of(begins), FOUND, strict=True):
        if period >= f"{today:%Y-%m}":
            say(f"{period} is not over. Go on then with --contract {contract}.")
            return
        if cast.lead.manager.get(f"/contracts/{contract}/periods/{period}")["settlement"] is None:
            measure(cast, contract, period, found, say=say)
    pay(cast, say=say)
    decide(cast, contract, say=say)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
