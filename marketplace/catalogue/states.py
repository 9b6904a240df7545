"""The life of a listing (a product's place on the catalogue), of an edition of its description, and of a claim."""

from marketplace.kit.states import Life, Move

LISTING = Life(
    "listing",
    [
        Move("submit", ("draft", "withdrawn"), "submitted", "Submit for publication"),
        Move("take back", ("submitted",), "draft", "Take it back"),
        Move("send back", ("submitted",), "draft", "Send back with reasons"),
        Move("publish", ("submitted",), "live", "Publish"),
        Move("suspend", ("live",), "suspended", "Suspend"),
        Move("reinstate", ("suspended",), "live", "Reinstate"),
        Move("withdraw", ("draft", "submitted", "live", "suspended"), "withdrawn", "Withdraw"),
    ],
)

EDITION = Life(
    "edition",
    [
        Move("submit", ("draft",), "submitted", "Submit for publication"),
        Move("take back", ("submitted",), "draft", "Take it back"),
        Move("send back", ("submitted",), "draft", "Send back with reasons"),
        Move("publish", ("submitted",), "published", "Publish"),
        Move("supersede", ("published",), "superseded", "Supersede"),
    ],
)

CLAIM = Life(
    "claim",
    [
        Move("grant", ("asked",), "granted", "Grant"),
        Move("refuse", ("asked",), "refused", "Refuse"),
    ],
)

REQUEST = Life(
    "request",
    [
        Move("grant", ("asked", "refused"), "granted", "Let them read it"),
        Move("refuse", ("asked", "granted"), "refused", "Do not let them read it"),
    ],
)

IMPORT = Life(
    "import",
    [
        Move("start", ("previewed", "running"), "running", "Import"),
        Move("finish", ("running",), "finished", "Finish"),
        Move("abandon", ("previewed",), "abandoned", "Throw away"),
    ],
)
