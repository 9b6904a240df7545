"""What is declared for this room in frameworks/payments/."""

from marketplace.frameworks.loader import Frameworks
from marketplace.payments.rules.declared import Rates

RATES = "payments/rates.yaml"


def rates_of(frameworks: Frameworks) -> Rates:
    """VAT, days to pay and late payment, in the newest version."""
    return Rates.model_validate(frameworks.plain[RATES][-1])
