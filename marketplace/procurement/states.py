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
