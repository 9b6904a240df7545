"""People, organisations, what ties them together, how they get in, and what they are told."""

from marketplace.identity.models.access import Attempts, OneTimeLink, SignIn, Token
from marketplace.identity.models.notices import Notice, Preference, Webhook, WebhookDelivery
from marketplace.identity.models.people import Grant, Invitation, Membership, Organisation, Person

__all__ = [
    "Attempts", "Grant", "Invitation", "Membership", "Notice", "OneTimeLink", "Organisation", "Person", "Preference",
    "SignIn", "Token", "Webhook", "WebhookDelivery",
]  # fmt: skip
