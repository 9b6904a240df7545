"""The door for delivery reports: a mail server hands each over, signed as our own webhooks are."""

import logging
from typing import Any

import anyio.to_thread
from litestar import Request, Response, post

from marketplace.faces.bounces import Unsigned, take_signed
from marketplace.ports.mail.reports import LARGEST
from marketplace.web.edge import PUBLIC

LOG = logging.getLogger("touchstone.mail")


@post("/webhooks/mail", opt={"who": PUBLIC}, include_in_schema=False, request_max_body_size=LARGEST, status_code=200)
async def mail_report(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """Take a raw mail; 400 for anything that was not signed just now, whatever it says."""
    body = await request.body()
    signature = request.headers.get("touchstone-signature", "")
    try:
        is_ours = await anyio.to_thread.run_sync(take_signed, request.app.state.services, body, signature)
    except Unsigned:
        LOG.warning("refused what came to the door of the mail server")
        return Response({"status": "refused"}, status_code=400, headers={"cache-control": "no-store"})
    return Response({"status": "noted" if is_ours else "not ours"}, headers={"cache-control": "no-store"})


ROUTES = [mail_report]
