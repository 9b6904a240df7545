"""What the register leaves out of a contract: seen by its parties, decided by the lead."""

from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london, parse_day
from marketplace.kit.errors import Invalid, Refusal
from marketplace.transparency.actions import lift, redact
from marketplace.transparency.policies import may_redact
from marketplace.transparency.queries import find_redaction, redactions_of
from marketplace.transparency.rules import GROUNDS, PARTS, is_public
from marketplace.web.contracts.common import contract_of, frame_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.payments.showing import told_of, typed


@page("/contracts/{ref:str}/register", who=ANYBODY_SIGNED_IN)
def show_redactions(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What is left out, why and until when, with the form for the lead."""
    contract = contract_of(ask, ref)
    values = {
        "frame": frame_of(ask, contract, "register"), "is_public": is_public(contract.state),
        "may_redact": may_redact(ask.by, contract), "today": day_in_london(ask.at),
        "redactions": [
            {"id": str(one.id), "part": PARTS[one.part], "ground": GROUNDS[one.ground], "reason": one.reason,
             "until": one.until, "at": one.at}
            for one in redactions_of(ask.db, contract.id)
        ],
        "parts": [{"value": key, "label": label} for key, label in PARTS.items()],
        "grounds": [{"value": key, "label": label} for key, label in GROUNDS.items()],
        "typed": typed(ask.form), **told_of(refusal),
    }  # fmt: skip
    return Page("register/redactions.html", values)


@post("/contracts/{ref:str}/redactions", who=ANYBODY_SIGNED_IN, again=show_redactions)
def leave_out(ask: Ask, ref: str) -> Goto:
    """Leave a part out until a day."""
    contract = contract_of(ask, ref)
    try:
        until = parse_day(ask.form.one("until"))
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={"until": f"{wrong.fact}. {wrong.hint}"}) from wrong
    form = ask.form
    redact(
        ask.db, contract, part=form.one("part"), ground=form.one("ground"), reason=form.one("reason"), until=until,
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/contracts/{ref}/register", told="The register leaves it out, and says why and until when.")


@post("/contracts/{ref:str}/redactions/{redaction:uuid}/lifting", who=ANYBODY_SIGNED_IN, again=show_redactions)
def show_again(ask: Ask, ref: str, redaction: UUID) -> Goto:
    """Show a part again before its day."""
    contract = contract_of(ask, ref)
    lift(ask.db, contract, find_redaction(ask.db, contract.id, redaction), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}/register", told="The register shows it again.")


ROUTES = [show_redactions, leave_out, show_again]
