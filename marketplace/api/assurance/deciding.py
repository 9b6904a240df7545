"""The outcome of a case: proposed, decided by a second assessor, settled by a third."""

from marketplace.api.assurance.cases import ASSESS, own_case, whole
from marketplace.api.assurance.shapes import CaseWholeOut
from marketplace.api.calls import Asked, post
from marketplace.api.shapes import In, Line, Text
from marketplace.assurance.actions.deciding import decide, propose, settle_disagreement
from marketplace.assurance.queries.cases import find_case
from marketplace.faces.sealing import sealing


class OpinionIn(In):
    """An outcome (met, met-with-conditions, not-met) with its reasons, which others read."""

    outcome: Line
    reasons: Text


@post("/cases/{ref:str}/proposal", who=ASSESS, status=201)
def send_proposal(ask: Asked, ref: str, body: OpinionIn) -> CaseWholeOut:
    """Propose an outcome, as the first assessor."""
    case, frameworks = own_case(ask, ref), ask.services.frameworks
    propose(ask.db, case, body.outcome, body.reasons, frameworks=frameworks, by=ask.by, at=ask.at)
    return whole(ask, find_case(ask.db, ref, by=ask.by))


@post("/cases/{ref:str}/decision", who=ASSESS, status=201)
def send_decision(ask: Asked, ref: str, body: OpinionIn) -> CaseWholeOut:
    """Decide as the second assessor: the outcome proposed decides it, another goes to a third."""
    case = own_case(ask, ref)
    decide(
        ask.db, case, body.outcome, body.reasons, frameworks=ask.services.frameworks, seal=sealing(ask.services),
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return whole(ask, find_case(ask.db, ref, by=ask.by))


@post("/cases/{ref:str}/settlement", who=ASSESS, status=201)
def send_settlement(ask: Asked, ref: str, body: OpinionIn) -> CaseWholeOut:
    """Settle a disagreement, as the third assessor."""
    case = own_case(ask, ref)
    settle_disagreement(
        ask.db, case, body.outcome, body.reasons, frameworks=ask.services.frameworks, seal=sealing(ask.services),
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return whole(ask, find_case(ask.db, ref, by=ask.by))


CALLS = [send_proposal, send_decision, send_settlement]
