"""Checking a credential with nothing but published keys and lists: what holds, what does not, and why, in words."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from marketplace.assurance.rules.bitstrings import is_set
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.credentials import fault_of_form, is_sealed, public_of
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value, field

Reason = Literal[
    "not-a-credential", "unknown-issuer", "unknown-key", "changed", "key-expired", "key-revoked", "not-yet", "ran-out",
    "revoked", "suspended", "status-unreadable", "replayed",
]  # fmt: skip
WORDS: Mapping[str, tuple[str, Reason]] = {
    "revocation": ("withdrawn", "revoked"),
    "suspension": ("suspended", "suspended"),
}
"""The purpose of a list -> how people say it, and the reason it makes."""
UNREADABLE: Reason = "status-unreadable"


class Key(Value):
    """A published key. Proofs made after `expires` do not count; after `revoked` none does, whenever it was made."""

    public: bytes
    expires: datetime | None = None
    revoked: datetime | None = None


class Trusted(Value):
    """What the checker brings: the keys of each issuer by did and name, and the status lists by their address."""

    keys: Mapping[str, Mapping[str, Key]]
    lists: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Check(Value):
    """One question and what came of it; `holds` is None where it could not be looked at."""

    question: str
    holds: bool | None
    told: str
    reason: Reason | None = None


class Checked(Value):
    """Everything that was looked at, in order; what comes after a break of trust is not looked at."""

    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        return all(each.holds is not False for each in self.checks)

    @property
    def is_genuine(self) -> bool:
        """Whether it is word for word what its issuer gave out, whatever became of it since."""
        sealed = [each for each in self.checks if each.question in SEALED]
        return len(sealed) == len(SEALED) and all(each.holds for each in sealed)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(each.reason for each in self.checks if each.holds is False and each.reason)

    @property
    def faults(self) -> list[str]:
        """What does not hold, in words."""
        return [each.told for each in self.checks if each.holds is False]


SEALED = ("Form", "Issuer", "Key", "Seal")


def keys_of(did_document: Mapping[str, Any]) -> dict[str, dict[str, Key]]:
    """The keys that an issuer publishes for what it asserts. Raises Invalid for what is no DID document."""
    did, methods = did_document.get("id"), did_document.get("verificationMethod")
    if not isinstance(did, str) or not isinstance(methods, list):
        raise Invalid("this is not a list of keys", "Take the issuer's did.json as it is published.")
    keys = {}
    for each in methods:
        try:
            keys[str(each["id"])] = Key(
                public_of(str(each["publicKeyMultibase"])), _day(each.get("expires")), _day(each.get("revoked"))
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return {did: keys}


def check(credential: Mapping[str, Any], trusted: Trusted, *, product: str = "", at: datetime) -> Checked:
    """Whether a credential holds at a moment, and for the `product` that somebody has in hand, by reference."""
    checks = []
    for each in _checks(credential, trusted, product, at):
        checks.append(each)
        if each.holds is False and each.question in SEALED:
            break
    return Checked(tuple(checks))


def facts_of(credential: Mapping[str, Any]) -> dict[str, str]:
    """What a credential says of itself, for people: reference, product, version, supplier, framework, body, outcome."""
    subject = _inside(credential, "credentialSubject")
    assessed = _first(subject.get("assessment"))
    product = _inside(_first(assessed.get("assessedProduct")), "product")
    return {
        "reference": str(subject.get("id", "")).rpartition("/")[2][:40],
        "product": str(product.get("registeredId", ""))[:40],
        "name": str(subject.get("name", ""))[:300],
        "version": str(product.get("batchNumber", ""))[:60],
        "supplier": str(_inside(subject, "issuedToParty").get("name", ""))[:200],
        "framework": str(_inside(subject, "scope").get("name", ""))[:200],
        "body": str(_inside(assessed, "auditor").get("name", ""))[:200],
        "outcome": str(subject.get("outcome", ""))[:40],
        "issuer": _issuer(credential)[:300],
        "until": str(credential.get("validUntil", ""))[:10],
    }


def _checks(credential: Mapping[str, Any], trusted: Trusted, product: str, at: datetime) -> Iterator[Check]:
    yield _form(credential)
    issuer = _issuer(credential)
    known = trusted.keys.get(issuer)
    if known is None:
        told = f"It was given out by {quote(issuer)}, whose keys are not known here."
        yield _no("Issuer", told, "unknown-issuer")
        return
    yield _yes("Issuer", f"It was given out by {issuer}.")
    proof = _inside(credential, "proof")
    key = known.get(str(proof.get("verificationMethod")))
    yield _key(key, proof, at)
    assert key is not None
    if is_sealed(credential, public=key.public):
        yield _yes("Seal", "Not a byte of it was changed since it was sealed.")
    else:
        yield _no("Seal", "It was changed after it was sealed.", "changed")
    yield from _times(credential, at)
    yield from _statuses(credential, trusted, at)
    if product:
        yield _about(credential, product)


def _form(credential: Mapping[str, Any]) -> Check:
    types = credential.get("type")
    fault = fault_of_form(credential)
    if not isinstance(types, list) or "DigitalConformityCredential" not in types or not credential.get("@context"):
        fault = "it is not a certificate in the form in which they are given out"
    if fault:
        return _no("Form", f"{fault[0].upper()}{fault[1:]}.", "not-a-credential")
    return _yes("Form", "It is a Digital Conformity Credential with a proof.")


def _key(key: Key | None, proof: Mapping[str, Any], at: datetime) -> Check:
    made = _day(proof.get("created"))
    if key is None:
        return _no("Key", "It was sealed with a key that its issuer does not publish.", "unknown-key")
    if key.revoked is not None and at >= key.revoked:
        told = f"Its key was given up on {_said(key.revoked)}: nothing sealed with it counts any more."
        return _no("Key", told, "key-revoked")
    if made is None or made > at:
        return _no("Key", "It says that it was sealed at a time that is still to come.", "not-yet")
    if key.expires is not None and made > key.expires:
        told = f"It was sealed on {_said(made)} with a key that had expired on {_said(key.expires)}."
        return _no("Key", told, "key-expired")
    return _yes("Key", "It was sealed with a key that its issuer publishes, while the key was good.")


def _times(credential: Mapping[str, Any], at: datetime) -> Iterator[Check]:
    since, until = _day(credential.get("validFrom")), _day(credential.get("validUntil"))
    if since is not None and at < since:
        yield _no("Dates", f"It counts from {_said(since)} on.", "not-yet")
    elif until is not None and at > until:
        yield _no("Dates", f"Its first dated part ran out on {_said(until)}.", "ran-out")
    else:
        told = f"Every dated part of it holds until {_said(until)}." if until else "No part of it has a date."
        yield _yes("Dates", told)


def _statuses(credential: Mapping[str, Any], trusted: Trusted, at: datetime) -> Iterator[Check]:
    entries = credential.get("credentialStatus")
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, dict):
            yield _status(entry, trusted, _issuer(credential), at)


def _status(entry: Mapping[str, Any], trusted: Trusted, issuer: str, at: datetime) -> Check:
    purpose = str(entry.get("statusPurpose"))
    word, reason = WORDS.get(purpose, (purpose, UNREADABLE))
    question, listed = f"Not {word}", trusted.lists.get(str(entry.get("statusListCredential")))
    if listed is None:
        told = f"Whether it was {word} since was not looked at: that list is not here."
        return Check(question, holds=None, told=told)
    fault = _fault_of_list(listed, trusted, issuer, purpose, at)
    if fault:
        return _no(question, f"The list of what was {word} does not count: {fault}.", UNREADABLE)
    try:
        found = is_set(str(_inside(listed, "credentialSubject")["encodedList"]), int(str(entry["statusListIndex"])))
    except (KeyError, ValueError):
        return _no(question, f"The list of what was {word} cannot be read.", UNREADABLE)
    said = _said(_day(listed.get("validFrom")))
    if found:
        return _no(question, f"It was {word}, says the list of {said}.", reason)
    return _yes(question, f"It is not {word}, says the list of {said}.")


def _fault_of_list(listed: Mapping[str, Any], trusted: Trusted, issuer: str, purpose: str, at: datetime) -> str:
    proof, until = _inside(listed, "proof"), _day(listed.get("validUntil"))
    key = trusted.keys[issuer].get(str(proof.get("verificationMethod")))
    if _issuer(listed) != issuer or key is None or not is_sealed(listed, public=key.public):
        return "it is not sealed by the same issuer"
    if key.revoked is not None and at >= key.revoked:
        return "its key was given up"
    if _inside(listed, "credentialSubject").get("statusPurpose") != purpose:
        return "it is a list for another purpose"
    return f"it was good until {_said(until)}" if until is not None and at > until else ""


def _about(credential: Mapping[str, Any], product: str) -> Check:
    facts = facts_of(credential)
    if facts["product"].upper() == product.strip().upper():
        return _yes("Product", "It is of the product that you have in hand.")
    told = f"It is of another product: {quote(facts['name'])}. You have {quote(product)} in hand."
    return _no("Product", told, "replayed")


def _yes(question: str, told: str) -> Check:
    return Check(question, holds=True, told=told)


def _no(question: str, told: str, reason: Reason) -> Check:
    return Check(question, holds=False, told=told, reason=reason)


def _issuer(document: Mapping[str, Any]) -> str:
    issuer = document.get("issuer")
    return str(issuer.get("id", "")) if isinstance(issuer, dict) else str(issuer or "")


def _inside(thing: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = thing.get(name)
    return found if isinstance(found, dict) else {}


def _first(thing: Any) -> Mapping[str, Any]:
    return thing[0] if isinstance(thing, list) and thing and isinstance(thing[0], dict) else {}


def _day(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _said(moment: datetime | None) -> str:
    return in_words(day_in_london(moment)) if moment else "a day that it does not say"
