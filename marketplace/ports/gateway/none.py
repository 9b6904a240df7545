"""No gateway: invoices are read here and paid by bank transfer, as trusts mostly do."""

from collections.abc import Iterator
from datetime import datetime

from marketplace.ports.gateway.port import Bill, Customer, Forged, GatewayRefused, Seen, Told


class NoGateway:
    """Takes every invoice and sends none; nothing comes in by it."""

    name = "none"

    def customer(self, customer: Customer, *, account: str, key: str) -> str:
        return ""

    def send(self, bill: Bill) -> Seen:
        return Seen(
            ref="", ours=bill.ours, number=bill.number, state="open", total_pence=sum(pence for _, pence in bill.lines),
            paid_pence=0, outside_pence=0, over_pence=0, credited_pence=0, left_pence=0, paid_at=None,
        )  # fmt: skip

    def credit(self, ref: str, pence: int, *, words: str, account: str, key: str, ours: str) -> Seen:
        raise GatewayRefused("there is no gateway")

    def settle(self, ref: str, pence: int, *, account: str, key: str) -> Seen:
        raise GatewayRefused("there is no gateway")

    def look(self, ref: str, *, account: str) -> Seen:
        raise GatewayRefused("there is no gateway")

    def listed(self, *, since: datetime, account: str) -> Iterator[Seen]:
        return iter(())

    def told(self, body: bytes, signature: str, *, at: datetime) -> Told:
        raise Forged("there is no gateway that could have sent this")
