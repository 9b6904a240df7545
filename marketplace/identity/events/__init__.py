"""What identity tells: of people, organisations, roles, how people get in, and what they give out."""

from marketplace.identity.events.calendars import CalendarFeedEnded, CalendarFeedMade
from marketplace.identity.events.factors import (
    IdentityConfirmed,
    KnownElsewhereLinked,
    KnownElsewhereUnlinked,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorAdded,
    SecondFactorDemanded,
    SecondFactorMissed,
    SecondFactorNoLongerDemanded,
    SecondFactorRemoved,
)
from marketplace.identity.events.mails import MailFailed, MailReachesAgain
from marketplace.identity.events.people import (
    ActingForChanged,
    AddressChangeAsked,
    AddressChanged,
    DeputyNamed,
    InvitationWithdrawn,
    JoinAsked,
    JoinRefused,
    MemberInvited,
    MemberJoined,
    MembershipEnded,
    OrganisationChanged,
    OrganisationRegistered,
    PasswordChanged,
    PasswordResetAsked,
    PersonAdded,
    PersonChanged,
    PersonDisabled,
    PersonEnabled,
    PersonTold,
    RoleGiven,
    RoleTaken,
    SessionsEnded,
    SignedIn,
    SignedOut,
    SignUpAsked,
    SuccessionAgreed,
    SuccessionEnded,
    SuccessionProposed,
    ThingsPassed,
    TokenEnded,
    TokenMade,
    WebhookEnded,
    WebhookMade,
)
from marketplace.identity.events.remarks import RemarkDone, RemarkMade

__all__ = [
    "ActingForChanged", "AddressChangeAsked", "AddressChanged", "CalendarFeedEnded", "CalendarFeedMade",
    "DeputyNamed", "IdentityConfirmed", "InvitationWithdrawn", "JoinAsked", "JoinRefused", "KnownElsewhereLinked",
    "KnownElsewhereUnlinked", "MailFailed", "MailReachesAgain", "MemberInvited", "MemberJoined", "MembershipEnded",
    "OrganisationChanged", "OrganisationRegistered", "PasswordChanged", "PasswordResetAsked", "PersonAdded",
    "PersonChanged", "PersonDisabled", "PersonEnabled", "PersonTold", "RecoveryCodeUsed", "RecoveryCodesMade",
    "RemarkDone", "RemarkMade", "RoleGiven", "RoleTaken", "SecondFactorAdded", "SecondFactorDemanded",
    "SecondFactorMissed", "SecondFactorNoLongerDemanded", "SecondFactorRemoved", "SessionsEnded", "SignUpAsked",
    "SignedIn", "SignedOut", "SuccessionAgreed", "SuccessionEnded", "SuccessionProposed", "ThingsPassed",
    "TokenEnded", "TokenMade", "WebhookEnded", "WebhookMade",
]  # fmt: skip
