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

CERTIFICATE_ON_APPEAL = Life("certificate", [Move("reinstate", ("suspended", "withdrawn"), "in-force", "Reinstate")])
"""What an appeal that is upheld can do with a certificate; nobody else brings back one that was withdrawn."""

APPEAL = Life(
    "appeal",
    [
        Move("assign", ("filed",), "assigned", "Name who hears it"),
        Move("release", ("assigned", "open"), "filed", "Give it back"),
        Move("open", ("assigned",), "open", "Open the papers"),
        Move("uphold", ("open",), "upheld", "Uphold it"),
        Move("dismiss", ("open",), "dismissed", "Dismiss it"),
        Move("withdraw", ("filed", "assigned", "open"), "withdrawn", "Withdraw the appeal"),
    ],
)

REMEDY = Life(
    "item",
    [
        Move("plan", ("open",), "open", "Plan it"),
        Move("offer", ("open",), "offered", "Show that it is done"),
        Move("return", ("offered",), "open", "It is not done yet"),
        Move("close", ("offered",), "closed", "It is done"),
        Move("reopen", ("open", "offered", "closed"), "open", "It was found again"),
    ],
)

VISIT = Life(
    "visit",
    [
        Move("appoint", ("due", "planned"), "planned", "Appoint it"),
        Move("open", ("planned",), "open", "Begin the visit"),
        Move("find", ("open",), "open", "Keep what was found"),
        Move("end", ("open",), "ended", "End the visit"),
        Move("drop", ("due", "planned", "open"), "dropped", "Drop it"),
    ],
)

DEPLOYMENT = Life(
    "deployment",
    [
        Move("go live", ("planned",), "live", "Go live"),
        Move("end", ("planned", "live"), "ended", "End it"),
    ],
)

HAZARD = Life(
    "hazard",
    [
        Move("transfer", ("open",), "transferred", "Hand it over"),
        Move("close", ("open", "transferred"), "closed", "Close it"),
        Move("reopen", ("transferred", "closed"), "open", "Open it again"),
    ],
)

INCIDENT = Life(
    "incident",
    [
        Move("triage", ("reported", "triaged"), "triaged", "Judge it"),
        Move("make safe", ("triaged",), "made-safe", "Made safe"),
        Move("close", ("triaged", "made-safe"), "closed", "Close it"),
        Move("reopen", ("closed",), "triaged", "Open it again"),
    ],
)

NOTICE = Life(
    "notice",
    [
        Move("change", ("draft",), "draft", "Change it"),
        Move("issue", ("draft",), "issued", "Send it to everybody who holds the product"),
        Move("discard", ("draft",), "discarded", "Discard it"),
        Move("close", ("issued",), "closed", "Close it"),
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
APPEAL_WORDS = {
    "filed": "Filed, waits for somebody new",
    "assigned": "Assigned",
    "open": "Being heard",
    "upheld": "Upheld",
    "dismissed": "Dismissed",
    "withdrawn": "Withdrawn by the supplier",
}
AGAINST = {
    "decision": "what was decided",
    "suspension": "the suspension of the certificate",
    "withdrawal": "the withdrawal of the certificate",
}
"""What an appeal can be against."""
REMEDY_WORDS = {"open": "Open", "offered": "Waits for the assessor", "closed": "Closed"}
VISIT_WORDS = {"due": "Due", "planned": "Appointed", "open": "Begun", "ended": "Ended", "dropped": "Not held"}
VISIT_OUTCOMES = {
    "continues": "Everything still holds",
    "with-conditions": "It goes on, with conditions",
    "in-remediation": "It does not hold until it is put right",
    "suspended": "Suspended",
}
SEVERITIES = {"observation": "Observation", "minor": "Minor", "major": "Major", "critical": "Critical"}
"""How much hangs on a finding, the least first. What is critical is not met."""
DEPLOYMENT_WORDS = {"planned": "Planned", "live": "In use", "ended": "Ended"}
HAZARD_WORDS = {"open": "Open", "transferred": "Handed over", "closed": "Closed"}
INCIDENT_WORDS = {"reported": "Reported", "triaged": "Judged", "made-safe": "Made safe", "closed": "Closed"}
NOTICE_WORDS = {"draft": "Draft", "issued": "Open", "closed": "Closed", "discarded": "Discarded"}
