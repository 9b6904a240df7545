"""The life of a case, from the application to its end, and of a certificate, from the day of issue."""

from marketplace.kit.states import Life, Move

CASE = Life(
    "case",
    [
        Move("assign", ("applied", "assigned"), "assigned", "Assign"),
        Move("release", ("assigned", "in-assessment"), "applied", "Give it back"),
        Move("start", ("assigned",), "in-assessment", "Open the papers"),
        Move("ask", ("in-assessment", "clarification"), "clarification", "Ask the supplier"),
        Move("resume", ("clarification",), "in-assessment", "Go on"),
        Move("propose", ("in-assessment",), "proposed", "Propose an outcome"),
        Move("decide", ("proposed",), "decided", "Agree"),
        Move("disagree", ("proposed",), "disagreed", "Disagree"),
        Move("settle", ("disagreed",), "decided", "Settle the disagreement"),
        Move("withdraw", ("applied", "assigned", "in-assessment", "clarification"), "withdrawn", "Withdraw the case"),
    ],
)

CERTIFICATE = Life(
    "certificate",
    [
        Move("suspend", ("in-force",), "suspended", "Suspend"),
        Move("reinstate", ("suspended",), "in-force", "Reinstate"),
        Move("withdraw", ("in-force", "suspended"), "withdrawn", "Withdraw"),
    ],
)

RENEWAL = Life(
    "renewal",
    [
        Move("accept", ("asked",), "accepted", "It counts from now on"),
        Move("refuse", ("asked",), "refused", "It does not count"),
    ],
)

CASE_WORDS = {
    "applied": "Applied",
    "assigned": "Assigned",
    "in-assessment": "In assessment",
    "clarification": "Waits for the supplier",
    "proposed": "Proposed, waits for a second assessor",
    "disagreed": "Disagreed, waits for a third assessor",
    "decided": "Decided",
    "withdrawn": "Withdrawn by the supplier",
}
OUTCOMES = {"met": "Met", "met-with-conditions": "Met with conditions", "not-met": "Not met"}
CERTIFICATE_WORDS = {"in-force": "In force", "suspended": "Suspended", "withdrawn": "Withdrawn"}
