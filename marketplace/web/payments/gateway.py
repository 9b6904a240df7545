"""What an operator looks at: whether our invoices and the gateway's agree, what is stuck, what it told us last."""

from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.faces.payments import reconcile_gateway
from marketplace.identity.policies import Permission, require
from marketplace.kit.errors import Conflict, NotFound, Refusal
from marketplace.payments.actions.errands import retry_errand
from marketplace.payments.models import Errand
from marketplace.payments.queries.gateway import last_reconciliations, latest_events, stuck_errands
from marketplace.ports.gateway.port import GatewayUnavailable
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.payments.showing import told_of

PLACE = "/operations/gateway"


@page(PLACE, who=Permission.OPERATE)
def show_gateway(ask: Ask, refusal: Refusal | None = None, errand: UUID | None = None) -> Page:
    """Reconciliation, errands that do not get through, events."""
    values = {
        "name": ask.services.gateway.name, "reconciliations": last_reconciliations(ask.db),
        "stuck": stuck_errands(ask.db), "events": latest_events(ask.db), **told_of(refusal),
    }  # fmt: skip
    return Page("payments/gateway.html", values)


@post(f"{PLACE}/reconciliation", who=Permission.OPERATE, again=show_gateway, slow=True)
def compare_now(ask: Ask) -> Goto:
    """Compare now, and not only once a day."""
    require(ask.by, Permission.OPERATE)
    try:
        reconcile_gateway(ask.services, ask.at)
    except GatewayUnavailable as missing:
        raise Conflict("the gateway does not answer", "Try again in some minutes.") from missing
    return Goto(PLACE, told="Our invoices were compared with the gateway's.")


@post(f"{PLACE}/errands/{{errand:uuid}}/retry", who=Permission.OPERATE, again=show_gateway)
def retry(ask: Ask, errand: UUID) -> Goto:
    """Let an errand that was given up try again."""
    require(ask.by, Permission.OPERATE)
    found = ask.db.get(Errand, errand)
    if found is None:
        raise NotFound("there is no such errand", "Open the page again.")
    retry_errand(ask.db, found, at=ask.at)
    return Goto(PLACE, told="It tries again within a minute.")


ROUTES = [show_gateway, compare_now, retry]
