"""The lives of a study and of a claim: written, published, then retracted or withdrawn. Nothing published goes away."""

from marketplace.kit.states import Life, Move

STUDY = Life(
    "study",
    [
        Move("publish", ("draft",), "published", "Publish"),
        Move("discard", ("draft",), "discarded", "Throw this draft away"),
        Move("retract", ("published",), "retracted", "Retract"),
    ],
)

CLAIM = Life(
    "claim",
    [
        Move("publish", ("draft",), "published", "Publish"),
        Move("discard", ("draft",), "discarded", "Throw this draft away"),
        Move("withdraw", ("published",), "withdrawn", "Withdraw"),
    ],
)

PROTOCOL = Life(
    "protocol",
    [
        Move("stamp", ("draft",), "stamped", "Stamp it on the record"),
        Move("discard", ("draft",), "discarded", "Throw this draft away"),
    ],
)
