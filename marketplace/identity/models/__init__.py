"""People, organisations, what ties them together, how they get in, and what they are told."""

from marketplace.identity.models.access import Attempts, OneTimeLink, SignIn, Token
from marketplace.identity.models.calendars import CalendarFeed
from marketplace.identity.models.factors import CodeApp, HalfSignIn, KnownElsewhere, Passkey, RecoveryCode, Spent
from marketplace.identity.models.mails import SentMail
from marketplace.identity.models.notices import Notice, Preference, Webhook, WebhookDelivery
from marketplace.identity.models.people import Grant, Invitation, Membership, Organisation, Person
from marketplace.identity.models.remarks import Remark
from marketplace.identity.models.successions import Passed, Succession

__all__ = [
    "Attempts", "CalendarFeed", "CodeApp", "Grant", "HalfSignIn", "Invitation", "KnownElsewhere", "Membership",
    "Notice", "OneTimeLink", "Organisation", "Passed", "Passkey", "Person", "Preference", "RecoveryCode", "Remark",
    "SentMail", "SignIn", "Spent", "Succession", "Token", "Webhook", "WebhookDelivery",
]  # fmt: skip
