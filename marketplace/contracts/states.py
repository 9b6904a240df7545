"""The life of a contract and of a text of it."""

from marketplace.kit.states import Life, Move

CONTRACT = Life(
    "contract",
    [
        Move("issue", ("draft",), "issued", "Issue it for signature"),
        Move("bind", ("issued",), "signed", "All have signed"),
        Move("go live", ("signed",), "live", "Go live"),
        Move("end", ("live",), "ended", "End the contract"),
        Move("recall", ("issued",), "draft", "Recall it"),
        Move("decline", ("issued",), "draft", "Decline to sign"),
        Move("cancel", ("draft", "issued", "signed"), "cancelled", "Cancel the contract"),
    ],
)

TEXT = Life(
    "text",
    [
        Move("issue", ("draft",), "issued", "Issue it for signature"),
        Move("bind", ("issued",), "binding", "All have signed"),
        Move("replace", ("binding",), "replaced", "Replace it by a variation"),
        Move("decline", ("issued",), "declined", "Decline to sign"),
        Move("recall", ("draft", "issued"), "recalled", "Recall it"),
    ],
)
