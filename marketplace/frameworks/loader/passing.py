"""A pass rule that nobody can meet, or that does not go with its question, is refused."""

from marketplace.frameworks.loader.resolving import check_options
from marketplace.frameworks.schema.assurance import Assessed, CriterionDeclared, PassRule
from marketplace.frameworks.schema.questions import CHOSEN, Kind, Question
from marketplace.kit.errors import Invalid


def check_passes(declared: CriterionDeclared, question: Question, assessed: Assessed, where: str) -> None:
    """The rule of a criterion can be met by some answer to its question. Raises Invalid."""
    if declared.passes is None:
        if assessed != "context":
            raise Invalid(f"{where}: says nothing of what `passes`", "Say which answers pass.")
        return
    if declared.passes.options:
        _check_options_pass(declared.passes, question, where)
    elif declared.passes.not_applicable:
        raise Invalid(f"{where}: `not-applicable` goes with `options`")
    elif not declared.passes.answered:
        _check_bounds(declared.passes, question, where)


def _check_options_pass(rule: PassRule, question: Question, where: str) -> None:
    if question.kind not in CHOSEN:
        raise Invalid(f"{where}: passes: “{question.id}” has no options to choose from")
    check_options(question, (*rule.options, *rule.not_applicable), f"{where}: passes:")
    if both := set(rule.options) & set(rule.not_applicable):
        raise Invalid(f"{where}: passes: “{min(both)}” cannot both pass and be not applicable")
    if not set(rule.options) & set(question.offered.values()):
        raise Invalid(f"{where}: passes: cannot be met: none of its options is offered any more")


def _check_bounds(rule: PassRule, question: Question, where: str) -> None:
    if question.kind is not Kind.NUMBER:
        raise Invalid(f"{where}: passes: “{question.id}” is no number")
    most, least = question.maximum, question.minimum
    if rule.at_least is not None and most is not None and rule.at_least > most:
        raise Invalid(f"{where}: passes: cannot be met: at least {rule.at_least}, where {most} is the most")
    if rule.below is not None and least is not None and rule.below <= least:
        raise Invalid(f"{where}: passes: cannot be met: below {rule.below}, where {least} is the least")
