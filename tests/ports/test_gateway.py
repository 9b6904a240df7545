"""The gateway port, by the real SDK over the Stripe in a folder: keys honoured, faults survived, signatures checked."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import stripe

from marketplace.ports.gateway.fake import FakeStripe, nested
from marketplace.ports.gateway.none import NoGateway
from marketplace.ports.gateway.port import Bill, Customer, Forged, GatewayRefused, GatewayUnavailable
from marketplace.ports.gateway.rehearsal import KEY, SECRET, RehearsalGateway, signed
from marketplace.ports.gateway.stripe import StripeGateway

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
BUYER = Customer(ours="ORG-1", name="Ashdown Hospitals NHS Trust", email="ap@ashdown.example", address="1 Road")


@pytest.fixture
def gateway(tmp_path: Path) -> RehearsalGateway:
    return RehearsalGateway(tmp_path, lambda: NOW)


def a_bill(gateway: StripeGateway, *, key: str = "send 1", ours: str = "INV-1", number: str = "LUME-000001", account: str = "") -> Bill:
    customer = gateway.customer(BUYER, account=account, key=f"customer {ours} {account}")
    return Bill(
        key=key, ours=ours, number=number, customer=customer, account=account, due_on=date(2026, 12, 23),
        lines=(("October, before VAT", 100_000), ("VAT at 20%", 20_000)), words="October",
        facts={"Purchase order": "PO-4711"},
    )  # fmt: skip


def count(gateway: StripeGateway, account: str = "") -> int:
    return len(list(gateway.listed(since=NOW - timedelta(days=1), account=account)))


def failing(*faults: str) -> Callable[[str, str], str]:
    left = list(faults)
    return lambda method, path: left.pop(0) if left else ""


def test_an_invoice_goes_out_with_our_number_and_total(gateway):
    seen = gateway.send(a_bill(gateway))

    assert (seen.number, seen.ours, seen.state) == ("LUME-000001", "INV-1", "open")
    assert (seen.total_pence, seen.left_pence, seen.paid_pence) == (120_000, 120_000, 0)


def test_two_processes_see_one_gateway(gateway, tmp_path):
    seen = gateway.send(a_bill(gateway))

    other = RehearsalGateway(tmp_path, lambda: NOW)

    assert other.look(seen.ref, account="") == seen


@pytest.mark.parametrize("fails_at", range(5))
@pytest.mark.parametrize("fault", ["drop", "lose", "500", "429", "409"])
def test_whatever_call_fails_and_however_the_next_try_sends_it_once(gateway, fault: str, fails_at: int):
    bill = a_bill(gateway)
    gateway.wire.fault = failing(*[""] * fails_at, fault)
    key, tries = bill.key, 0

    while True:
        tries += 1
        try:
            seen = gateway.send(Bill(**{name: getattr(bill, name) for name in bill.__struct_fields__} | {"key": key}))
            break
        except GatewayUnavailable as missing:
            key = f"{bill.key} again" if missing.is_spent else key

    gateway.wire.fault = failing()
    assert tries == 2
    assert count(gateway) == 1
    assert (seen.total_pence, seen.state) == (120_000, "open")


def test_an_error_of_the_gateway_is_repeated_under_its_key_and_says_that_the_key_is_spent(gateway):
    gateway.wire.fault = failing("500")

    with pytest.raises(GatewayUnavailable) as first:
        gateway.customer(BUYER, account="", key="one")
    with pytest.raises(GatewayUnavailable) as again:
        gateway.customer(BUYER, account="", key="one")

    assert first.value.is_spent
    assert again.value.is_spent
    assert gateway.customer(BUYER, account="", key="two").startswith("cus_")


def test_the_first_answer_is_given_again_and_other_parameters_under_one_key_are_refused(gateway):
    first = gateway.customer(BUYER, account="", key="one")

    assert gateway.customer(BUYER, account="", key="one") == first
    with pytest.raises(GatewayRefused, match="IdempotencyError"):
        gateway.customer(Customer(ours="ORG-2", name="Somebody else", email="", address=""), account="", key="one")


def test_a_supplier_with_its_own_account_has_its_own_invoices(gateway):
    gateway.send(a_bill(gateway))
    gateway.send(a_bill(gateway, account="acct_lumen"))

    assert (count(gateway), count(gateway, "acct_lumen")) == (1, 1)
    with pytest.raises(GatewayRefused, match="No such object"):
        gateway.look(next(gateway.listed(since=NOW, account="")).ref, account="acct_lumen")


def test_a_credit_takes_off_what_is_left_once_whatever_the_key(gateway):
    seen = gateway.send(a_bill(gateway))

    for key in ("a", "b"):
        after = gateway.credit(seen.ref, 12_000, words="LUME-000002", account="", key=key, ours="credit 1")

    assert (after.credited_pence, after.left_pence) == (12_000, 108_000)
    with pytest.raises(GatewayRefused):
        gateway.credit(seen.ref, 108_001, words="", account="", key="c", ours="credit 2")


def test_what_was_paid_by_bank_is_settled_outside_and_counts_as_that(gateway):
    seen = gateway.send(a_bill(gateway))
    gateway.receive(seen.ref, 20_000)

    settled = gateway.settle(seen.ref, 100_000, account="", key="settle 1")

    assert (settled.state, settled.paid_pence, settled.outside_pence) == ("paid", 20_000, 100_000)
    assert gateway.settle(seen.ref, 100_000, account="", key="settle 2").state == "paid"


def test_what_comes_in_above_is_told_as_that(gateway):
    seen = gateway.send(a_bill(gateway))

    paid = gateway.receive(seen.ref, 130_000)

    assert (paid.state, paid.paid_pence, paid.over_pence) == ("paid", 120_000, 10_000)
    with pytest.raises(GatewayRefused):
        gateway.receive(seen.ref, 1)


def test_events_are_signed_by_the_sdk_and_taken_once(gateway):
    gateway.send(a_bill(gateway))

    told = [gateway.told(body, signature, at=NOW) for _, body, signature in gateway.waiting(at=NOW)]
    for event_id, _, _ in list(gateway.waiting(at=NOW)):
        gateway.taken(event_id)

    assert [one.type for one in told] == ["customer.created", "invoice.created", "invoice.updated", "invoice.finalized", "invoice.sent"]
    assert list(gateway.waiting(at=NOW)) == []


BODY = json.dumps({"id": "evt_1", "object": "event", "type": "invoice.paid", "data": {"object": {"object": "invoice", "id": "in_1"}}})


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (BODY, ""),
        (BODY, "t=1,v1=0"),
        (BODY + " ", signed(BODY, at=NOW)),
        (BODY, signed(BODY, at=NOW, secret="whsec_of_another_endpoint")),
        (BODY, signed(BODY, at=NOW - timedelta(seconds=301))),
        (BODY, signed(BODY, at=NOW + timedelta(seconds=301))),
        ("[]", signed("[]", at=NOW)),
        ("not json", signed("not json", at=NOW)),
        ('{"id": 1, "id": 2}', signed('{"id": 1, "id": 2}', at=NOW)),
    ],
)
def test_what_was_not_signed_just_now_by_the_gateway_is_refused(gateway, body: str, signature: str):
    with pytest.raises(Forged):
        gateway.told(body.encode(), signature, at=NOW)


def test_a_signature_within_the_tolerance_is_taken(gateway):
    for seconds in (-300, 0, 300):
        told = gateway.told(BODY.encode(), signed(BODY, at=NOW + timedelta(seconds=seconds)), at=NOW)
        assert (told.id, told.about) == ("evt_1", "in_1")


def test_real_shapes_of_stripe_are_read(gateway, shared_data):
    lines = (shared_data / "stripe" / "objects.jsonl").read_text().splitlines()
    resources = next(row["data"]["resources"] for row in map(json.loads, lines) if "fixtures3" in row["path"])
    known = FakeStripe.request
    invoice = {**resources["invoice"], "metadata": {"touchstone": "INV-9"}}

    try:
        FakeStripe.request = lambda self, *words, **more: (json.dumps(invoice), 200, {})  # type: ignore[method-assign]
        seen = StripeGateway(KEY, SECRET, http_client=gateway.wire).look(invoice["id"], account="")
    finally:
        FakeStripe.request = known  # type: ignore[method-assign]

    assert (seen.ref, seen.ours, seen.state, seen.total_pence, seen.left_pence) == (invoice["id"], "INV-9", "draft", 1_000, 1_000)


def test_every_invoice_of_the_fake_has_only_fields_that_stripe_has(gateway, shared_data):
    lines = (shared_data / "stripe" / "objects.jsonl").read_text().splitlines()
    resources = next(row["data"]["resources"] for row in map(json.loads, lines) if "fixtures3" in row["path"])
    gateway.send(a_bill(gateway))

    (_, body, _) = list(gateway.waiting(at=NOW))[-1]
    told = json.loads(body)

    assert set(told["data"]["object"]) - set(resources["invoice"]) <= {"amount_paid_off_stripe"}
    assert set(told) - set(resources["event"]) == set()


def test_a_list_longer_than_a_page_is_walked_to_its_end(gateway):
    customer = gateway.customer(BUYER, account="", key="one")
    for number in range(105):
        gateway.wire.act("create invoices", "", {"customer": customer, "metadata": {"touchstone": f"INV-{number}"}})

    assert count(gateway) == 105


def test_no_telemetry_leaves_the_house():
    assert stripe.enable_telemetry is False


def test_form_fields_are_read_as_stripe_reads_them():
    assert nested({"lines[0][amount]": "5", "metadata[a]": "b", "x": "1"}) == {
        "lines": {"0": {"amount": "5"}}, "metadata": {"a": "b"}, "x": "1",
    }  # fmt: skip


def test_without_a_gateway_invoices_count_as_sent_and_nothing_is_believed(gateway):
    none = NoGateway()

    assert none.send(a_bill(gateway)).state == "open"
    assert list(none.listed(since=NOW, account="")) == []
    with pytest.raises(Forged):
        none.told(BODY.encode(), signed(BODY, at=NOW), at=NOW)
