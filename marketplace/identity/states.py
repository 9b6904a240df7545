"""The life of a membership, which may begin again, of a succession, which does not, and of a mail."""

from marketplace.kit.states import Life, Move

MEMBERSHIP = Life(
    "membership",
    [
        Move("approve", ("asked",), "active", "Approve"),
        Move("refuse", ("asked",), "ended", "Refuse"),
        Move("take back", ("asked",), "ended", "Take the request back"),
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

MAIL = Life(
    "mail",
    [
        Move("withhold", ("sent",), "withheld", "Not sent: the address is marked"),
        Move("delay", ("sent",), "delayed", "Delayed on its way"),
        Move("deliver", ("sent", "delayed"), "delivered", "Delivered"),
        Move("fail", ("sent", "delayed", "delivered"), "failed", "Did not arrive"),
    ],
)
"""What became of a mail, as far as the servers on its way say. Most say nothing of one that arrived."""
