"""What has to be looked at again when a case goes on from an earlier one, and what is carried forward."""

from collections.abc import Mapping

from marketplace.assurance.rules.verdicts import Verdict
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.kit.values import Value


class Looked(Value):
    """What was found of a criterion before: the judgement, and the digest of the answer that it was made of."""

    judgement: str
    seen: str


def reopened(
    verdict: Verdict, now: Mapping[str, str], before: Mapping[str, Looked], older: AssuranceFramework,
    touched: Mapping[str, str],
) -> dict[str, str]:  # fmt: skip
    """The codes that are asked and must pass, and have to be judged anew, each with why.

    `now` are digests of answers by question. A criterion whose gate's answer changed is looked at again too.
    """
    changed: dict[str, str] = {}
    counted = [each.criterion for each in verdict.criteria if each.counts]
    for criterion in counted:
        if reason := _reason(criterion, now, before, older, touched):
            changed[criterion.code] = reason
    leaning = {
        criterion.code: f"It depends on {code}, which is looked at again."
        for criterion in counted if criterion.code not in changed
        for code in criterion.gates if code in changed
    }  # fmt: skip
    return changed | leaning


def _reason(
    criterion: Criterion, now: Mapping[str, str], before: Mapping[str, Looked], older: AssuranceFramework,
    touched: Mapping[str, str],
) -> str:  # fmt: skip
    looked = before.get(criterion.code)
    if looked is None:
        return "It was not judged before."
    if looked.judgement == "not-met":
        return "It was not met before."
    if now.get(criterion.question_id) != looked.seen:
        return "Its answer, its date or a document behind it changed."
    if _asks(criterion) != _asks(older.by_code.get(criterion.code)):
        return "The framework asks it differently now."
    return f"The change touches it: {touched[criterion.code]}." if criterion.code in touched else ""


def _asks(criterion: Criterion | None) -> object:
    """What makes a criterion the same one: the question as it is asked, and what passes."""
    if criterion is None:
        return None
    return criterion.question, criterion.passes, criterion.when, criterion.when_any, criterion.documents
