"""Money and the register by programs: what a page can do, a call can do."""

import yaml
from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from tests import cast
from tests.api.programs import Program, token_of
from tests.clients import committed
from tests.payments.scenes import ADDRESS, Deal, a_deal, falls_due, settled


def as_(caller: Program, db: Session, actor, now) -> Program:  # type: ignore[no-untyped-def]
    token = token_of(db, actor, at=now)
    committed(db)
    return Program(caller.client, token)


def test_a_trust_gives_its_order_and_reads_the_invoice_that_waited_for_it(caller, services: Services, db: Session, now):
    deal: Deal = a_deal(db, orders=False)
    falls_due(db, deal, 100_000)
    committed(db)
    settled(services)
    trust, base = as_(caller, db, deal.ashdown, now), f"/contracts/{deal.contract.ref}"
    held = trust.get("/invoices").json()["items"][0]

    bad = trust.post(f"{base}/purchase-order", {"number": "@SUM(1)"})
    good = trust.post(f"{base}/purchase-order", {"number": "PO-9", "cost_code": "E1"})
    settled(services)
    invoice = trust.get("/invoices/LUME-000001").json()

    assert (held["state"], held["number"]) == ("held", None)
    assert "purchase order" in held["hold"]
    assert (bad.status_code, good.status_code) == (422, 200)
    assert (invoice["purchase_order"], invoice["state"]) == ("PO-9", "sent")
    assert invoice["amount"] == {"net_pence": 100_000, "vat_pence": 20_000, "gross_pence": 120_000}
    assert invoice["parties"]["supplier"]["vat-number"] == "GB123456727"
    orders = trust.get(f"{base}/purchase-orders").json()["items"]
    assert [(one["organisation"], one["number"]) for one in orders] == [
        ("Ashdown Hospitals NHS Trust", "PO-9"), ("Calder Valley NHS Trust", ""),
    ]  # fmt: skip
    assert trust.get("/invoices/LUME-000001/invoice.pdf").content.startswith(b"%PDF-")


def test_a_supplier_sends_in_its_bank_statement_and_reads_its_own(caller, services: Services, db: Session, now):
    deal = a_deal(db)
    falls_due(db, deal, 100_000)
    committed(db)
    settled(services)
    supplier = as_(caller, db, deal.supplier, now)
    csv = b"Date,Amount,Reference,Transaction\n2026-11-20,700.00,LUME-000001,T1\n2026-11-21,3.00,thanks,T2\n"

    sent = supplier.post("/bank-transfers/import", files={"file": ("bank.csv", csv)})
    typed = supplier.post("/bank-transfers", {"received_on": "2026-11-22", "pence": 50_000, "words": "LUME-000001"})
    (stray,) = [one for one in supplier.get("/bank-transfers").json()["items"] if one["state"] == "unmatched"]
    aside = supplier.post(f"/bank-transfers/{stray['id']}/setting-aside", {"reason": "A gift"})
    statement = supplier.get("/statements").json()

    assert (sent.status_code, typed.status_code) == (200, 201)
    assert (sent.json()["matched"], sent.json()["unmatched"]) == (1, 1)
    assert aside.json()["state"] == "set-aside"
    assert (statement["left_pence"], statement["difference_pence"]) == (0, 0)
    assert supplier.get("/statements.csv").text.count("\n") == 4
    assert supplier.put("/billing", {**ADDRESS, "vat_number": "GB999"}).status_code == 422
    assert supplier.put("/billing", ADDRESS).json()["legal_name"] == "Lumen Health Ltd"
    assert supplier.get("/billing").json()["sort_code"] == "200000"


def test_the_register_is_for_everybody_and_a_part_is_left_out_by_the_lead(caller, services: Services, db: Session, now):
    deal = a_deal(db)
    lead = cast.an_actor(db, "Mo Manages", "Ashdown Hospitals NHS Trust", "trust", "contract-manager", at=now)
    manager, ref = as_(caller, db, lead, now), deal.contract.ref
    body = {"part": "amounts", "ground": "commercial", "reason": "A tender runs.", "until": "2027-06-30"}

    before = caller.get(f"/register/{ref}")
    made = manager.post(f"/contracts/{ref}/redactions", body)
    after = caller.get(f"/register/{ref}").json()

    assert before.headers["cache-control"].startswith("public")
    assert before.json()["invoiced_net_pence"] == 0
    assert made.status_code == 201
    assert (after["invoiced_net_pence"], after["paid_gross_pence"]) == (None, None)
    assert [one["reason"] for one in after["left_out"]] == ["A tender runs."]
    assert caller.get(f"/register/{ref}/recompute.yaml").status_code == 404
    lifted = manager.post(f"/contracts/{ref}/redactions/{made.json()['id']}/lifting")
    assert lifted.status_code == 200
    assert yaml.safe_load(caller.get(f"/register/{ref}/recompute.yaml").text)["terms"]["fee-pence"] == 1_200_000
    assert [one["ref"] for one in caller.get("/register").json()["items"]] == [ref]
    assert "Fay Nance" not in caller.get(f"/register/{ref}").text
