"""Answers, cases with what was found and decided in them, certificates and what became of them."""

from marketplace.assurance.models.answers import Answer
from marketplace.assurance.models.cases import Case, Clarification, Declaration, Finding, Opinion
from marketplace.assurance.models.certificates import Certificate, Renewal, Reuse, Turn

__all__ = [
    "Answer", "Case", "Certificate", "Clarification", "Declaration", "Finding", "Opinion", "Renewal", "Reuse", "Turn",
]  # fmt: skip
