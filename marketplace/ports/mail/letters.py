"""The mails that the house writes, and the values that each is given: a pair of templates for each name.

`link` and `url` are whole addresses on this site; `at` and `until` are moments; `roles` have a name and a description;
`notices` have a title, a body that may be empty, a url and an at. Every mail is given `preferences_url` as well.
"""

from collections.abc import Mapping
from types import MappingProxyType

_NOTICE = ("person_name", "organisation_name", "title", "body", "url", "at")

LETTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sign-up": ("has_account", "link", "until"),
        "invitation": ("organisation_name", "invited_by", "roles", "link", "until"),
        "password-reset": ("person_name", "link", "until"),
        "address-confirmation": ("person_name", "link", "until"),
        "address-changed": ("person_name", "at"),
        "organisation-join-asked": _NOTICE,
        "role-changed": _NOTICE,
        "listing-published": _NOTICE,
        "listing-sent-back": _NOTICE,
        "saved-search-news": _NOTICE,
        "shortlisted-product-changed": _NOTICE,
        "import-finished": _NOTICE,
        "digest": ("person_name", "organisation_name", "title", "notices"),
    }
)
ALWAYS_SENT = frozenset({"password-reset", "address-confirmation", "address-changed", "role-changed"})
"""Those that guard an account, and do not offer to be turned off."""
