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
    "on-request": "On request: its name is shown, and you send it yourself",
}
LARGEST = 25_000_000
"""Bytes of one document."""
MOST = 40
"""Documents of one product."""
