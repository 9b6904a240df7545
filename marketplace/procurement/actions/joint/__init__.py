"""The verbs of buying together: start, invite, join, approve, make ready, settle, leave, end."""

from marketplace.procurement.actions.joint.answering import confirm, decline, join, withdraw_party
from marketplace.procurement.actions.joint.approvals import (
    Given,
    Paper,
    ask_for_approval,
    give_approval,
    keep_paper,
    refuse_approval,
)
from marketplace.procurement.actions.joint.ending import (
    begin_running,
    cancel_procurement,
    close_procurement,
    mark_awarded,
    mark_not_awarded,
    reopen_procurement,
    settle_procurement,
)
from marketplace.procurement.actions.joint.parties import (
    invite_party,
    name_organisation,
    open_invitations,
    set_shares,
    take_back,
)
from marketplace.procurement.actions.joint.preparing import (
    add_readiness,
    describe_call_off,
    note,
    plan_readiness,
    tick_readiness,
)
from marketplace.procurement.actions.joint.start import describe_procurement, start_procurement, take_edition

__all__ = [
    "Given", "Paper", "add_readiness", "ask_for_approval", "begin_running", "cancel_procurement", "close_procurement",
    "confirm", "decline", "describe_call_off", "describe_procurement", "give_approval", "invite_party", "join",
    "keep_paper", "mark_awarded", "mark_not_awarded", "name_organisation", "note", "open_invitations",
    "plan_readiness", "refuse_approval", "reopen_procurement", "set_shares", "settle_procurement",
    "start_procurement", "take_back", "take_edition", "tick_readiness", "withdraw_party",
]  # fmt: skip
