"""The dated parts of a certificate that its supplier has to think of."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from marketplace.assurance.models import Answer, Certificate
from marketplace.assurance.queries.certificates import papers_of_certificate, renewals_of, verdicts_of
from marketplace.assurance.queries.given import answers_of
from marketplace.faces.ask import Ask

SOON = timedelta(days=60)
"""How long before its end a dated part stands among those to renew."""


def renewable(ask: Ask, certificate: Certificate, today: date) -> list[dict[str, Any]]:
    """The dated parts that run out soon, have a newer answer, or wait to be confirmed."""
    if certificate.state != "in-force":
        return []
    frameworks = ask.services.frameworks
    counted = papers_of_certificate(ask.db, frameworks, certificate, on=today).answers
    newest = answers_of(ask.db, certificate.product, at=ask.at)
    waiting = {each.code for each in renewals_of(ask.db, certificate.id) if each.state == "asked"}
    verdict = verdicts_of(ask.db, frameworks, [certificate], on=today)[certificate.id]
    rows = []
    for each in verdict.criteria:
        criterion = each.criterion
        is_newer = criterion.dated and _is_newer(newest, counted, criterion.question_id)
        is_soon = each.counts and each.until is not None and each.until <= today + SOON
        if criterion.dated and (is_newer or is_soon):
            rows.append({
                "code": criterion.code, "label": criterion.label, "until": each.until, "is_newer": bool(is_newer),
                "is_waiting": criterion.code in waiting, "section": criterion.section,
            })  # fmt: skip
    return rows


def _is_newer(newest: Mapping[str, Answer], counted: Mapping[str, Answer], name: str) -> bool:
    return name in newest and (name not in counted or newest[name].id != counted[name].id)
