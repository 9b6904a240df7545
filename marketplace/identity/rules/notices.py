"""The kinds of notices, as a person chooses among them, and what a choice comes to."""

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

NOW, DIGEST, OFF = "now", "digest", "off"
CHOICES = {NOW: "At once", DIGEST: "In one mail a day", OFF: "No mail, on the desk alone"}


class NoticeKind(Value):
    """A kind of notice: what it tells, and how it is mailed to whoever chose nothing."""

    key: str
    label: str
    description: str
    unless_chosen: str = NOW
    is_security: bool = False


NOTICE_KINDS = {
    kind.key: kind
    for kind in (
        NoticeKind("security", "Security", "Your password, address, sessions and tokens. Always mailed at once.", NOW,
                   is_security=True),
        NoticeKind("role", "Your roles", "You were given a role, or one was taken. Always mailed at once.", NOW,
                   is_security=True),
        NoticeKind("membership", "Members", "Somebody asks to join an organisation that you manage, or joins it."),
        NoticeKind("listing", "Our products", "A listing of yours was published, sent back, suspended or claimed."),
        NoticeKind("moderation", "Moderation", "A listing or a claim waits for a moderator.", DIGEST),
        NoticeKind("import", "Imports", "An import of yours has finished."),
        NoticeKind("shortlist", "Shortlists", "A product on your shortlist changed its state, version or price."),
        NoticeKind("saved-search", "Saved searches", "Something new is found by a search that you saved.", DIGEST),
        NoticeKind("follow", "What you follow", "News of a product or supplier that you follow.", DIGEST),
        NoticeKind("project", "Projects", "Somebody changed a project of yours, or mentioned you."),
        NoticeKind("comment", "Comments", "Somebody mentions you, or shares a comment with your organisation."),
        NoticeKind("assurance", "Assurance", "A case, a certificate or a document that concerns you has changed."),
        NoticeKind("safety", "Clinical safety", "A safety notice, an incident or a hazard of a product of yours."),
        NoticeKind("contract", "Contracts and pilots", "A contract, an outcome or a pilot of yours has changed."),
        NoticeKind("payment", "Invoices and payments", "An invoice, a purchase order or a payment needs you."),
        NoticeKind("task", "Tasks", "Something waits for you, or is due soon."),
    )
}  # fmt: skip


def kind_of(key: str) -> NoticeKind:
    """The kind of that key. Raises LookupError: kinds are named by programs, never by people."""
    return NOTICE_KINDS[key]


def mailed(key: str, chosen: str | None) -> str:
    """How a notice of this kind is mailed to a person who chose that, or chose nothing."""
    kind = kind_of(key)
    return NOW if kind.is_security else chosen or kind.unless_chosen


def check_choice(key: str, choice: str) -> None:
    """Raises Invalid for a kind or choice that does not exist, and for security by anything but mail at once."""
    if key not in NOTICE_KINDS or choice not in CHOICES:
        raise Invalid(f"{quote(choice)} is not a way to hear of {quote(key)}", f"Choose one of {', '.join(CHOICES)}.")
    if NOTICE_KINDS[key].is_security and choice != NOW:
        raise Invalid("mails about security cannot be switched off", "They tell you when somebody else gets in.")
