"""What the tests of identity's pages share."""

import re

from marketplace.faces.services import Services
from marketplace.identity import subscribers
from marketplace.kit.jobs import drain
from marketplace.ports.mail.folder import FolderMail
from marketplace.ports.mail.post import Post
from marketplace.settings import HOUSE
from marketplace.web.letters import letters_from
from tests.clients import Browser


def worked(services: Services) -> None:
    """The worker has done what waits: notices stand on desks, mails lie in the folder."""
    post = Post(services.mail, letters_from(HOUSE / "templates"), services.base_url)
    by_event = {
        "SignUpAsked": subscribers.mails_sign_up(post),
        "PasswordResetAsked": subscribers.mails_reset(post),
        "AddressChangeAsked": subscribers.mails_address_confirmation(post),
        "AddressChanged": subscribers.mails_address_changed(post),
        "MemberInvited": subscribers.mails_invitation(post),
        "PersonTold": subscribers.mails_notice(post),
        "JoinAsked": subscribers.tells_of_join_asked,
        "MemberJoined": subscribers.tells_of_new_member,
        "RoleGiven": subscribers.tells_of_role_given,
        "PasswordChanged": subscribers.tells_of_password,
    }
    wiring = {f"identity.{name}": [("one", function)] for name, function in by_event.items()}
    drain(services.database, wiring, clock=services.clock)


def link_of(services: Services, to: str, kind: str) -> str:
    """The path of the link in the latest mail of that kind to that address."""
    worked(services)
    assert isinstance(services.mail, FolderMail)
    mail = next(mail for mail in services.mail.newest() if (mail.to, mail.kind) == (to, kind))
    return next(link for link in mail.links if "/account/notices" not in link).removeprefix(services.base_url)


def take_token(browser: Browser, page: str) -> None:
    """Read the form token of the page that the browser stands on, as a form does."""
    found = re.search(r'name="csrf_token" value="([^"]*)"', page)
    browser.token = found[1] if found else ""


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found is not None, page[:400]
    return found[1].strip()
