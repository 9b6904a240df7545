"""The life of a membership, which may begin again, and of a succession, which does not."""

from marketplace.kit.states import Life, Move

MEMBERSHIP = Life(
    "membership",
    [
        Move("approve", ("asked",), "active", "Approve"),
        Move("refuse", ("asked",), "ended", "Refuse"),
        Move("end", ("active",), "ended", "End membership"),
        Move("ask", ("ended",), "asked", "Ask to join again"),
        Move("admit", ("asked", "ended"), "active", "Admit"),
    ],
)

SUCCESSION = Life(
    "succession",
    [
        Move("agree", ("proposed",), "agreed", "Agree"),
        Move("decline", ("proposed", "agreed"), "declined", "Decline"),
        Move("take back", ("proposed", "agreed"), "withdrawn", "Take it back"),
        Move("carry out", ("agreed",), "done", "Carry it out"),
    ],
)
"""Agreed means by a manager of each of the two organisations."""
