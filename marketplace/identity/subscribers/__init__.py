"""What identity does when something happened: it mails links, and tells people what concerns them."""

from marketplace.identity.subscribers.factors import (
    tells_of_demand,
    tells_of_factor_added,
    tells_of_factor_removed,
    tells_of_link,
    tells_of_misses,
    tells_of_no_demand,
    tells_of_recovery_codes,
    tells_of_recovery_used,
    tells_of_unlink,
)
from marketplace.identity.subscribers.mail_failures import tells_of_mail_failed
from marketplace.identity.subscribers.mails import (
    mails_address_changed,
    mails_address_confirmation,
    mails_invitation,
    mails_notice,
    mails_reset,
    mails_sign_up,
)
from marketplace.identity.subscribers.remarks import tells_of_remark
from marketplace.identity.subscribers.successions import (
    tells_of_succession_agreed,
    tells_of_succession_ended,
    tells_of_succession_proposed,
    tells_of_things_passed,
)
from marketplace.identity.subscribers.tells import (
    tells_of_deputy,
    tells_of_end,
    tells_of_feed,
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
    "tells_of_demand",
    "tells_of_deputy",
    "tells_of_end",
    "tells_of_factor_added",
    "tells_of_factor_removed",
    "tells_of_feed",
    "tells_of_join_asked",
    "tells_of_join_refused",
    "tells_of_link",
    "tells_of_look_alike",
    "tells_of_mail_failed",
    "tells_of_misses",
    "tells_of_new_member",
    "tells_of_no_demand",
    "tells_of_password",
    "tells_of_recovery_codes",
    "tells_of_recovery_used",
    "tells_of_remark",
    "tells_of_role_given",
    "tells_of_role_taken",
    "tells_of_succession_agreed",
    "tells_of_succession_ended",
    "tells_of_succession_proposed",
    "tells_of_things_passed",
    "tells_of_token",
    "tells_of_unlink",
]
