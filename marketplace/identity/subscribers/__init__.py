"""What identity does when something happened: it mails links, and tells people what concerns them."""

from marketplace.identity.subscribers.mails import (
    mails_address_changed,
    mails_address_confirmation,
    mails_invitation,
    mails_notice,
    mails_reset,
    mails_sign_up,
)
from marketplace.identity.subscribers.tells import (
    tells_of_deputy,
    tells_of_end,
    tells_of_join_asked,
    tells_of_join_refused,
    tells_of_look_alike,
    tells_of_new_member,
    tells_of_password,
    tells_of_role_given,
    tells_of_role_taken,
    tells_of_token,
)

__all__ = [
    "mails_address_changed",
    "mails_address_confirmation",
    "mails_invitation",
    "mails_notice",
    "mails_reset",
    "mails_sign_up",
    "tells_of_deputy",
    "tells_of_end",
    "tells_of_join_asked",
    "tells_of_join_refused",
    "tells_of_look_alike",
    "tells_of_new_member",
    "tells_of_password",
    "tells_of_role_given",
    "tells_of_role_taken",
    "tells_of_token",
]
