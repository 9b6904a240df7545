"""Terms that tests of outcomes speak of: three measures and a guard, from May to October 2026."""

from typing import Any

WORDS = {
    "definition": "Counted from the start of the consultation to the letter being signed.",
    "population": "All adult outpatient consultations in which the product was used.",
    "source": "The trust's own extract from its record system.",
    "validator": "The informatics team of the lead trust.",
}
MEASURES: list[dict[str, Any]] = [
    {"key": "notes", "label": "Letters complete within a day", "unit": "share", "better": "higher", "threshold": "0.80",
     "target": "0.95", "weight": 70, "minimum": 0, "maximum": 1, "fewest": 50, "design": "before-after", **WORDS},
    {"key": "minutes", "label": "Minutes per letter", "unit": "minutes", "better": "lower", "threshold": "12",
     "target": "8", "weight": 30, "minimum": 0, "maximum": 240, "fewest": 50, "design": "before-after", **WORDS},
    {"key": "gap", "label": "Gap between language groups", "unit": "percentage points", "better": "lower",
     "guard": "yes", "guard-limit": "5", "minimum": 0, "maximum": 100, "fewest": 0, "design": "before-after", **WORDS},
]  # fmt: skip
PARAMETERS: dict[str, Any] = {
    "question": "Do clinicians finish their letters on the day?",
    "exit-criteria": ["Letters complete within a day reach 0.90 for three months."],
    "stop-rule": "One serious harm in which the product had a part.",
    "price-afterwards": "£9 a clinician a month for two years.",
    "fee-pence": 1_200_000,
    "at-risk-percent": 20,
    "cap-pence": 7_000_000,
    "period": "month",
    "vat-percent": 20,
    "settle-days": 10,
    "payment-days": 30,
    "data-days": 10,
    "guard-keeps-percent": 0,
    "starts-on": "2026-05-01",
    "ends-on": "2026-10-31",
    "decision-days": 28,
    "measures": MEASURES,
}
