"""What a token of another house has to say before it is believed: the rules of OpenID Connect Core, 3.1.3.7."""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from marketplace.ports.signin.port import Claims, ElsewhereRefused, Provider

LEEWAY = timedelta(minutes=1)
OLDEST = timedelta(minutes=10)
FRESH = timedelta(minutes=5)
STRONG = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris", "retina", "vbm"})
"""Methods (RFC 8176) that are a second factor, or prove that one was asked for. A password and a text are not."""
LONGEST_SUBJECT = 255
LATEST = 10**12
"""No moment of ours is later, in seconds; and nothing that is not a number is earlier."""


def checked_claims(provider: Provider, told: Mapping[str, Any], *, nonce: str, anew: bool, at: datetime) -> Claims:
    """The claims that hold: of this issuer, for us, of this journey, of today. Raises ElsewhereRefused."""
    if told.get("iss") != provider.issuer:
        raise ElsewhereRefused(f"the token is of {str(told.get('iss'))[:100]}, not of {provider.issuer}")
    _for_us(provider, told)
    if not isinstance(told.get("nonce"), str) or not hmac.compare_digest(told["nonce"].encode(), nonce.encode()):
        raise ElsewhereRefused("the token is of another journey")
    _in_time(told, anew=anew, at=at)
    subject = told.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ElsewhereRefused("the token names nobody")
    return Claims(provider.issuer, subject, _address(told), _text(told, "name"), _is_strong(provider, told))


def _for_us(provider: Provider, told: Mapping[str, Any]) -> None:
    audience = told.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    party = told.get("azp", provider.client_id if len(named) == 1 else None)
    if provider.client_id not in named or party != provider.client_id:
        raise ElsewhereRefused("the token is for somebody else")


def _in_time(told: Mapping[str, Any], *, anew: bool, at: datetime) -> None:
    now, leeway = at.timestamp(), LEEWAY.total_seconds()
    ends, begun = _moment(told, "exp"), _moment(told, "iat")
    if not now - leeway < ends:
        raise ElsewhereRefused("the token has run out")
    if not now - OLDEST.total_seconds() - leeway < begun < now + leeway:
        raise ElsewhereRefused("the token is old, or from the future")
    if "nbf" in told and _moment(told, "nbf") > now + leeway:
        raise ElsewhereRefused("the token does not hold yet")
    if anew and _moment(told, "auth_time") < now - FRESH.total_seconds():
        raise ElsewhereRefused("the person was not asked again")


def _moment(told: Mapping[str, Any], name: str) -> float:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < LATEST:
        raise ElsewhereRefused(f"the token says no {name}")
    return float(value)


def _address(told: Mapping[str, Any]) -> str:
    """The address, where the house made sure of it: a word that says so does not count, only true itself."""
    return _text(told, "email") if told.get("email_verified") is True else ""


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _is_strong(provider: Provider, told: Mapping[str, Any]) -> bool:
    methods = told.get("amr")
    said = isinstance(methods, list) and any(isinstance(one, str) and one in STRONG for one in methods)
    return provider.second_factor == "always" or (provider.second_factor == "told" and said)
