"""The door for the gateway: the signature is its token. What is not signed leaves a line in the log and no more."""

import logging
from typing import Any

import anyio.to_thread
from litestar import Request, Response, post

from marketplace.faces.payments import take_webhook
from marketplace.ports.gateway.port import Forged
from marketplace.web.edge import PUBLIC

LOG = logging.getLogger("touchstone.gateway")
LARGEST = 1_000_000


@post("/webhooks/stripe", opt={"who": PUBLIC}, include_in_schema=False, request_max_body_size=LARGEST, status_code=200)
async def stripe_webhook(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """Keep an event once by its id and say so; 400 for anything that the gateway did not sign just now."""
    body = await request.body()
    signature = request.headers.get("stripe-signature", "")
    try:
        is_new = await anyio.to_thread.run_sync(take_webhook, request.app.state.services, body, signature)
    except Forged as wrong:
        LOG.warning("refused what came to the door of the gateway: %s", str(wrong)[:120].encode("ascii", "replace"))
        return Response({"status": "refused"}, status_code=400, headers={"cache-control": "no-store"})
    return Response({"status": "kept" if is_new else "known"}, headers={"cache-control": "no-store"})


ROUTES = [stripe_webhook]
