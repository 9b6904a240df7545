"""Stripe, by its own SDK: the one place that knows its words.

The invoice at Stripe has a line for the net amount and one for the VAT, worked out here: Stripe adds up and rounds
nothing. Nothing is retried below: whoever calls tries again later under the same keys.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import stripe

from marketplace.kit.calendar import LONDON
from marketplace.ports.gateway.port import (
    TOLERANCE_SECONDS,
    Bill,
    Customer,
    Forged,
    GatewayRefused,
    GatewayUnavailable,
    Seen,
    Told,
)

TIME_LIMIT = 10
"""Seconds that a call may take."""
CURRENCY = "gbp"
OURS, OUTSIDE = "touchstone", "touchstone_outside"
AGAIN = (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError)
"""Errors after which nobody knows: 409, 429, 5xx and silence. Every other error is a refusal."""

stripe.enable_telemetry = False


class StripeGateway:
    """The account of the key, and the accounts connected to it."""

    name = "stripe"

    def __init__(self, key: str, webhook_secret: str, *, http_client: stripe.HTTPClient | None = None) -> None:
        client = http_client or stripe.RequestsClient(timeout=TIME_LIMIT)
        self._stripe = stripe.StripeClient(key, http_client=client, max_network_retries=0).v1
        self._secret = webhook_secret

    def customer(self, customer: Customer, *, account: str, key: str) -> str:
        facts: dict[str, Any] = {"name": customer.name, "metadata": {OURS: customer.ours}}
        facts |= {"email": customer.email} if customer.email else {}
        facts |= {"address": {"line1": customer.address[:200], "country": "GB"}} if customer.address else {}
        with _Speaking():
            return str(self._stripe.customers.create(facts, _options(account, key)).id)  # type: ignore[arg-type]

    def send(self, bill: Bill) -> Seen:
        invoices = self._stripe.invoices
        with _Speaking():
            found = self._begun(bill) or invoices.create(_head(bill), _options(bill.account, f"{bill.key}/create"))
            ref, options = str(found.id), bill.account
            if found.status == "draft" and not found.total:
                invoices.add_lines(ref, {"lines": _lines(bill)}, _options(options, f"{bill.key}/lines"))
            if found.status == "draft":
                invoices.finalize_invoice(ref, {"auto_advance": False}, _options(options, f"{bill.key}/finalize"))
            if found.status in ("draft", "open"):
                found = invoices.send_invoice(ref, {}, _options(options, f"{bill.key}/send"))
            return _seen(found)

    def credit(self, ref: str, pence: int, *, words: str, account: str, key: str, ours: str) -> Seen:
        note = {"invoice": ref, "amount": pence, "memo": words, "metadata": {OURS: ours}}
        with _Speaking():
            page = self._stripe.credit_notes.list({"invoice": ref, "limit": 100}, _options(account))
            if not any(_ours(one) == ours for one in page.auto_paging_iter()):
                self._stripe.credit_notes.create(note, _options(account, key))  # type: ignore[arg-type]
        return self.look(ref, account=account)

    def settle(self, ref: str, pence: int, *, account: str, key: str) -> Seen:
        noted = {"metadata": {OUTSIDE: str(pence)}}
        with _Speaking():
            found = self._stripe.invoices.update(ref, noted, _options(account, f"{key}/note"))  # type: ignore[arg-type]
            if found.status == "open":
                found = self._stripe.invoices.pay(ref, {"paid_out_of_band": True}, _options(account, f"{key}/pay"))
            return _seen(found)

    def look(self, ref: str, *, account: str) -> Seen:
        with _Speaking():
            return _seen(self._stripe.invoices.retrieve(ref, {}, _options(account)))

    def listed(self, *, since: datetime, account: str) -> Iterator[Seen]:
        asked = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        with _Speaking():
            page = self._stripe.invoices.list(asked, _options(account))  # type: ignore[arg-type]
            yield from (_seen(invoice) for invoice in page.auto_paging_iter())

    def told(self, body: bytes, signature: str, *, at: datetime) -> Told:
        try:
            stripe.WebhookSignature.verify_header(body, signature, self._secret, None)
            stamped = next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
            event = json.loads(body, object_pairs_hook=_once_each)
            about = event["data"]["object"]
            told = Told(
                id=str(event["id"]), type=str(event["type"]), account=event.get("account") or "", about=_about(about)
            )
        except (
            stripe.SignatureVerificationError,
            ValueError,
            KeyError,
            TypeError,
            StopIteration,
            RecursionError,
        ) as wrong:
            raise Forged(str(wrong)) from wrong
        if abs(at.timestamp() - stamped) > TOLERANCE_SECONDS:
            raise Forged(f"it was signed {abs(at.timestamp() - stamped):.0f} seconds from now")
        return told

    def _begun(self, bill: Bill) -> Any:
        """The invoice that an earlier try made, however long ago: keys are forgotten by Stripe after some days."""
        page = self._stripe.invoices.list({"customer": bill.customer, "limit": 100}, _options(bill.account))
        return next((one for one in page.auto_paging_iter() if _ours(one) == bill.ours), None)


class _Speaking:
    """Turns the errors of the SDK into the two that callers know."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, _: Any) -> None:
        if not isinstance(error, stripe.StripeError):
            return
        reason = f"{type(error).__name__}: {error.user_message or error}"[:300]
        if isinstance(error, AGAIN):
            raise GatewayUnavailable(reason, is_spent=(error.http_status or 0) >= 500) from error
        raise GatewayRefused(reason) from error


def _options(account: str, key: str = "") -> Any:
    options = {"stripe_account": account, "idempotency_key": key}
    return {name: value for name, value in options.items() if value}


def _head(bill: Bill) -> Any:
    due = datetime.combine(bill.due_on, time(23, 59, 59), LONDON)
    return {
        "customer": bill.customer, "currency": CURRENCY, "collection_method": "send_invoice", "number": bill.number,
        "due_date": int(due.timestamp()), "auto_advance": False, "description": bill.words[:500],
        "pending_invoice_items_behavior": "exclude", "metadata": {OURS: bill.ours},
        "custom_fields": [{"name": name[:40], "value": value[:140]} for name, value in bill.facts.items()],
    }  # fmt: skip


def _lines(bill: Bill) -> Any:
    return [{"description": words[:250], "amount": pence, "quantity": 1} for words, pence in bill.lines]


def _ours(thing: Any) -> str:
    """Our reference of an object of Stripe's."""
    return str((thing.to_dict().get("metadata") or {}).get(OURS, ""))


def _seen(found: Any) -> Seen:
    invoice: dict[str, Any] = found.to_dict()
    metadata, state = invoice.get("metadata") or {}, invoice.get("status") or "draft"
    outside = invoice.get("amount_paid_off_stripe")
    if outside is None:
        outside = int(metadata.get(OUTSIDE, 0)) if state == "paid" else 0
    paid_at = invoice["status_transitions"]["paid_at"]
    return Seen(
        ref=invoice["id"], ours=metadata.get(OURS, ""), number=invoice.get("number") or "", state=state,
        total_pence=invoice["total"], paid_pence=invoice["amount_paid"] - outside, outside_pence=outside,
        over_pence=invoice.get("amount_overpaid") or 0, credited_pence=invoice["pre_payment_credit_notes_amount"],
        left_pence=invoice["amount_remaining"], paid_at=datetime.fromtimestamp(paid_at, UTC) if paid_at else None,
    )  # fmt: skip


def _about(thing: dict[str, Any]) -> str:
    """The invoice that an event concerns: the thing itself, or the one that it names."""
    named = thing.get("id") if thing.get("object") == "invoice" else thing.get("invoice")
    return named if isinstance(named, str) else ""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)
