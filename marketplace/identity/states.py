"""The life of a membership: asked for, active, ended; and it may begin again."""

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
