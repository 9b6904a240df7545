"""How a product stands under one framework: whether it applies, what its answers come to, and who says so."""

from datetime import date

from marketplace.assurance.rules.applying import Applicability
from marketplace.assurance.rules.conformity import HOLDS, NO_CERTIFICATE, NONE, Conformity
from marketplace.assurance.rules.verdicts import WORDS, Verdict
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.values import Value, replace

LOCAL = "local"
LOCAL_WORD = "For each organisation to do"
LOCAL_CAUSE = "Each organisation that uses the product does this for itself."
DOES_NOT_APPLY = "not-applicable"
NOT_JUDGED = Verdict("not-answered", "", None, "", ())
"""In place of a verdict where a framework does not apply, or is for others to answer."""
SAID_BY = {
    "certificate": "Two assessors decided it",
    "attestation": "The supplier states what others certified or registered",
    "answers": "The supplier's own answers, by the declared rules alone",
    "own": "Your organisation's own answers, by the declared rules alone",
    "": "",
}
"""Who says so, by `FrameworkStanding.basis`."""


class FrameworkStanding(Value, kw_only=True):
    """A product under one framework on a day.

    `status` is met, met-with-conditions, not-met, not-answered, expired or not-applicable; of a certificate also
    in-remediation, suspended or withdrawn; `local` where each organisation does it and nobody asks for one of them.
    `verdict` is what the answers come to by themselves, `conformity` the certificate; `answered` of `asked` criteria.
    """

    framework: AssuranceFramework
    applicability: Applicability
    verdict: Verdict
    status: str
    word: str
    cause: str
    basis: str
    until: date | None = None
    until_cause: str = ""
    conformity: Conformity = NONE
    answered: int = 0
    asked: int = 0

    @property
    def applies(self) -> bool:
        return self.applicability.applies

    @property
    def reason(self) -> str:
        """Why it applies, or does not."""
        return self.applicability.reason

    @property
    def certificate_ref(self) -> str | None:
        return self.conformity.certificate_ref

    @property
    def holds(self) -> bool:
        return self.status in HOLDS

    @property
    def said_by(self) -> str:
        """Who says so, in words."""
        return SAID_BY[self.basis]


def standing(
    framework: AssuranceFramework, applicability: Applicability, verdict: Verdict, conformity: Conformity = NONE, *,
    own: bool = False,
) -> FrameworkStanding:  # fmt: skip
    """What holds: of a certificate what it says, otherwise what the answers come to. `own`: those of a deployer."""
    found = FrameworkStanding(
        framework=framework, applicability=applicability, verdict=verdict, status=verdict.status,
        word=WORDS[verdict.status], cause=verdict.cause, basis=_basis(framework, own=own), until=verdict.until,
        until_cause=verdict.until_cause, conformity=conformity, answered=verdict.answered, asked=verdict.asked,
    )  # fmt: skip
    if framework.kind == LOCAL and not own:
        return replace(found, status=LOCAL, word=LOCAL_WORD, cause=LOCAL_CAUSE, basis="", until=None, until_cause="",
                       answered=0, asked=0)  # fmt: skip
    if conformity.status != NO_CERTIFICATE:
        return replace(
            found, status=conformity.status, word=conformity.word, cause=conformity.cause, basis="certificate",
            until=conformity.until, until_cause=conformity.until_cause,
        )  # fmt: skip
    if not applicability.applies:
        return replace(found, status=DOES_NOT_APPLY, word=WORDS[DOES_NOT_APPLY], cause=applicability.reason, basis="",
                       until=None, until_cause="")  # fmt: skip
    return found


def _basis(framework: AssuranceFramework, *, own: bool) -> str:
    if own:
        return "own"
    return "attestation" if framework.kind == "attested" else "answers"
