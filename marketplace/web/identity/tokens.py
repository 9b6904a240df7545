"""Keys for programs: one's own, and those that act for an organisation one manages."""

from datetime import timedelta

from marketplace.faces.ask import Ask
from marketplace.identity.actions.people import oneself
from marketplace.identity.actions.signing_in import confirm_password
from marketplace.identity.actions.tokens import end_token, make_token
from marketplace.identity.policies import ALLOWS, ROLES, Permission, allowed_in_words
from marketplace.identity.queries.people import Key, tokens_for, tokens_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.identity.common import day_of, day_typed, own, tabs, told_of
from marketplace.web.identity.proofs import prove_more
from marketplace.web.proving import is_proven

USUAL_LIFE = timedelta(days=90)


@page("/account/tokens", who=ANYBODY_SIGNED_IN)
def show_tokens(ask: Ask, refusal: Refusal | None = None) -> Page:
    """One's tokens, and the form for another."""
    last = day_in_london(ask.at) + USUAL_LIFE
    values = {
        "tokens": [_row(key) for key in tokens_of(ask.db, ask.person_id)],
        "name": ask.form.one("name"),
        "scopes": ask.form.all("scopes"),
        "expires_on": day_typed(ask.form, "expires_on") if ask.form else last,
        "permissions": [_option(each) for each in sorted(ask.by.permissions)],
        "has_password": oneself(ask.db, ask.by).password_hash is not None,
        "errors": told_of(refusal),
    }
    return Page("identity/tokens.html", values)


@post("/account/tokens", who=ANYBODY_SIGNED_IN, again=show_tokens, slow=True)
def make(ask: Ask) -> Page:
    """Make a token and show its secret, this once."""
    prove_more(ask, "/account/tokens")
    confirm_password(
        ask.services.database, ask.form.one("current"), by=ask.by, is_proven=is_proven(ask, sending=True), at=ask.at
    )
    last = day_of(ask.form, "expires_on") or day_in_london(ask.at) + USUAL_LIFE
    with ask.services.database.writing() as db:
        token, secret = make_token(
            db, name=ask.form.one("name"), scopes=ask.form.all("scopes"), expires_on=last, by=ask.by, at=ask.at
        )
        allowed = allowed_in_words(token.scopes)
        values = {"name": token.name, "secret": secret, "scopes": allowed, "expires_on": token.expires_on}
    return Page("identity/token-made.html", {**values, "api": f"{ask.services.base_url}/v1"})


@post("/account/tokens/{key:str}/end", who=ANYBODY_SIGNED_IN)
def end(ask: Ask, key: str) -> Goto:
    token = end_token(ask.db, key, by=ask.by, at=ask.at)
    back = "/account/tokens" if token.person_id == ask.person_id else f"/organisations/{ask.by.organisation_ref}/tokens"
    return Goto(back, told=f"{token.name} has ended.")


@page("/organisations/{ref:str}/tokens", who=Permission.TOKEN_MANAGE)
def show_organisation_tokens(ask: Ask, ref: str) -> Page:
    """Whatever program acts for the organisation, and in whose name."""
    organisation = own(ask, ref)
    rows = [_row(key) for key in tokens_for(ask.db, by=ask.by)]
    values = {"organisation": organisation, "tabs": tabs(ask, organisation, "Tokens"), "tokens": rows}
    return Page("identity/organisation-tokens.html", values)


def _row(key: Key) -> dict[str, object]:
    return {
        "id": key.token.id,
        "name": key.token.name,
        "person": key.person_name,
        "organisation": key.organisation_name,
        "scopes": allowed_in_words(key.token.scopes),
        "made": key.token.created_at,
        "expires_on": key.token.expires_on,
    }


def _option(permission: Permission) -> dict[str, str]:
    able = ", ".join(role.name.lower() for role in ROLES.values() if permission in role.permissions)
    return {"value": permission.value, "label": ALLOWS[permission], "hint": f"{permission.value}, of the roles: {able}"}


ROUTES = [show_tokens, make, end, show_organisation_tokens]
