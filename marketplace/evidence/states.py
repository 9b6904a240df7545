"""The life of a study: written, published, and perhaps retracted. Nothing that was published goes away."""

from marketplace.kit.states import Life, Move

STUDY = Life(
    "study",
    [
        Move("publish", ("draft",), "published", "Publish"),
        Move("discard", ("draft",), "discarded", "Throw this draft away"),
        Move("retract", ("published",), "retracted", "Retract"),
    ],
)
