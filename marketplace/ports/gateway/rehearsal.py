"""The gateway of the laptop: the real SDK over a Stripe in a folder, with a bank that pays when somebody says so."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import stripe

from marketplace.ports.gateway.fake import FakeStripe
from marketplace.ports.gateway.port import GatewayRefused, Seen
from marketplace.ports.gateway.stripe import StripeGateway

KEY, SECRET = "sk_test_rehearsal", "whsec_rehearsal"


class RehearsalGateway(StripeGateway):
    """Every call goes through the SDK; the state is in `folder`, shared by all processes of the laptop."""

    name = "rehearsal"

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.wire = FakeStripe(folder, clock)
        super().__init__(KEY, SECRET, http_client=self.wire)

    def receive(self, ref: str, pence: int, *, account: str = "") -> Seen:
        """Play the buyer's bank: `pence` arrive for an invoice. Raises GatewayRefused where it is not open."""
        try:
            self.wire.act("receive", ref, {"pence": pence}, account=account)
        except Exception as wrong:
            raise GatewayRefused(str(wrong)) from wrong
        return self.look(ref, account=account)

    def waiting(self, *, at: datetime) -> Iterator[tuple[str, bytes, str]]:
        """(id, body, signature) of each event that was not taken yet, signed now by the SDK's own function."""
        for event_id, body in self.wire.events():
            yield event_id, body.encode(), signed(body, at=at)

    def taken(self, *event_ids: str) -> None:
        self.wire.taken(*event_ids)


def signed(body: str, *, at: datetime, secret: str = SECRET) -> str:
    """The header that Stripe sends with a body."""
    stamp = int(at.timestamp())
    header: str = stripe.WebhookSignature.generate_signature_header(body, secret, stamp)
    return header
