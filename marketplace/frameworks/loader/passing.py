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
    if declared.passes.options or declared.passes.all_of:
        _check_options_pass(declared.passes, question, where)
    elif declared.passes.not_applicable:
        raise Invalid(f"{where}: `not-applicable` goes with `options` or `all-of`")
    elif not declared.passes.answered:
        _check_bounds(declared.passes, question, where)


def _check_options_pass(rule: PassRule, question: Question, where: str) -> None:
    if question.kind not in CHOSEN:
        raise Invalid(f"{where}: passes: “{question.id}” has no options to choose from")
    named = {*rule.options, *rule.all_of}
    check_options(question, (*rule.options, *rule.all_of, *rule.not_applicable), f"{where}: passes:")
    if both := named & set(rule.not_applicable):
        raise Invalid(f"{where}: passes: “{min(both)}” cannot both pass and be not applicable")
    offered = set(question.offered.values())
    if not named & offered:
        raise Invalid(f"{where}: passes: cannot be met: none of its options is offered any more")
    if rule.all_of:
        _check_all_pass(rule, question, offered, where)


def _check_all_pass(rule: PassRule, question: Question, offered: set[str], where: str) -> None:
    if question.kind is not Kind.CHOICES and len(rule.all_of) > 1:
        raise Invalid(f"{where}: passes: cannot be met: “{question.id}” takes one answer, and all-of names several")
    if gone := set(rule.all_of) - offered:
        raise Invalid(f"{where}: passes: cannot be met: “{min(gone)}” is not offered any more")
    if len(rule.all_of) > question.most:
        raise Invalid(f"{where}: passes: cannot be met: at most {question.most} can be chosen")


def _check_bounds(rule: PassRule, question: Question, where: str) -> None:
    if question.kind is not Kind.NUMBER:
        raise Invalid(f"{where}: passes: “{question.id}” is no number")
    most, least = question.maximum, question.minimum
    if rule.at_least is not None and most is not None and rule.at_least > most:
        raise Invalid(f"{where}: passes: cannot be met: at least {rule.at_least}, where {most} is the most")
    if rule.below is not None and least is not None and rule.below <= least:
        raise Invalid(f"{where}: passes: cannot be met: below {rule.below}, where {least} is the least")
