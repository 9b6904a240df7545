"""The life of a project and of a search kept in it."""

from marketplace.kit.states import Life, Move

PROJECT = Life(
    "project",
    [
        Move("decide", ("open",), "decided", "Record the decision"),
        Move("close", ("open",), "closed", "Close without a decision"),
        Move("reopen", ("decided", "closed"), "open", "Open again"),
    ],
)

STEP = Life("search", [Move("lock", ("kept",), "locked", "Lock this search")])

PROCUREMENT = Life(
    "procurement",
    [
        Move("open", ("draft",), "inviting", "Open it, and invite the others"),
        Move("settle", ("inviting",), "settled", "Settle who takes part"),
        Move("reopen", ("settled",), "inviting", "Open it again"),
        Move("run", ("settled",), "running", "Begin running"),
        Move("close", ("running",), "closed", "Close"),
        Move("cancel", ("draft", "inviting", "settled"), "cancelled", "Cancel it"),
    ],
)

PARTY = Life(
    "invitation",
    [
        Move("join", ("invited",), "joined", "Join"),
        Move("decline", ("invited",), "declined", "Decline"),
        Move("withdraw", ("joined",), "withdrawn", "Withdraw"),
        Move("take back", ("invited",), "withdrawn", "Take the invitation back"),
        Move("invite again", ("declined", "withdrawn"), "invited", "Invite again"),
    ],
)
"""Of an organisation that was asked to take part. That it confirms is computed from the terms, never stored."""
