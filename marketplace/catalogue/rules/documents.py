"""The documents that a supplier can put beside a product."""

KINDS = {
    "instructions": "Instructions for use",
    "clinical-safety-case": "Clinical safety case (DCB0129)",
    "data-protection": "Data protection assessment",
    "security": "Security test or certificate",
    "evaluation": "Evaluation or study",
    "accessibility": "Accessibility report",
    "integration": "Technical or integration guide",
    "terms": "Terms and service levels",
    "other": "Something else",
}
ACCESS = {
    "public": "Public: anybody can read it",
    "on-request": "On request: its name is shown, and you say who may read it",
    "named": "Named organisations: its name is shown, and nobody can ask",
}
PUBLIC_BODIES = ("trust", "integrated-care-board", "health-board", "assessor-body", "operator")
"""The kinds of organisation that are asked for no undertaking of confidentiality: the law binds them already."""
UNDERTAKING = "We keep the document confidential, use it to judge this product alone, and pass it to nobody else."
LARGEST = 25_000_000
"""Bytes of one document."""
MOST = 40
"""Documents of one product."""
