"""What has to be proved before a page opens: a second factor where an organisation asks for one, and oneself anew."""

from urllib.parse import urlencode

from marketplace.faces.ask import Ask
from marketplace.identity.rules.codes import is_fresh
from marketplace.kit.errors import NotAllowed

ALWAYS_OPEN = ("/account", "/acting-for", "/language", "/notices", "/sign-out")
"""Where somebody goes who is held back: to set up what is asked for, to act for another organisation, or to leave."""


class GoFirst(NotAllowed):
    """Something comes first, at `path`; `told` says what, on the page there."""

    def __init__(self, path: str, fact: str, hint: str) -> None:
        super().__init__(fact, hint)
        self.path = path
        self.told = f"{fact[:1].upper()}{fact[1:]}. {hint}"


def hold_back(ask: Ask) -> None:
    """Raises GoFirst for a session that lacks the second factor which the organisation asks for."""
    name = ask.caller.held_back if ask.caller else ""
    if name and not any(ask.path == place or ask.path.startswith(f"{place}/") for place in ALWAYS_OPEN):
        hint = "Set one up here, or act for another organisation."
        raise GoFirst("/account/second-factor", f"{name} asks for a second factor, which you have not given", hint)


def prove(ask: Ask, back: str = "") -> None:
    """Raises GoFirst where it is a while since this person proved who they are; `back` is where the form stands.

    Whoever uses somebody's open browser, or a stolen session, stops here. A person of the demonstration has nothing
    to prove it with.
    """
    if ask.caller is None or is_proven(ask, sending=bool(ask.form)):
        return
    way = urlencode({"next": back or ask.url})
    raise GoFirst(f"/account/confirm?{way}", "this needs to be you", "Prove it once more, and you come back.")


def is_proven(ask: Ask, *, sending: bool = False) -> bool:
    """Whether this person proved lately who they are; a form may be sent a little later than it may be opened."""
    caller = ask.caller
    return caller is not None and (caller.is_demonstration or is_fresh(caller.confirmed_at, ask.at, sending=sending))
