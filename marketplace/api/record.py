"""The record as anybody can check it: public facts, signed heads, proofs that an entry is in and that nothing went."""

import base64
import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import PUBLIC, Asked, get
from marketplace.api.shapes import Asking, Line, Listed, Out, Paged, page_of
from marketplace.faces.record import Fact, fact_for, growth_between, heads_of, proof_of, public_facts
from marketplace.kit.record import Head, head_data, leaf_data
from marketplace.kit.signing import public_key

Size = Annotated[int, Field(ge=1, le=2**62)]
HOW = (
    "leaf = SHA-256(0x00 || data); node = SHA-256(0x01 || left || right), as in RFC 9162. The signature is Ed25519 "
    "over signed_text, in UTF-8."
)


class Entries(Paged):
    """Perhaps those about one product."""

    product: Line = ""


class Which(Asking):
    """The head to prove against; left out, the first one that covers the entry."""

    size: Size | None = None


class Between(Asking):
    """Two heads by their sizes, the smaller first."""

    old: Size
    new: Size


class KeyOut(Out):
    """The key with which the heads are signed, in base64, and how everything is checked."""

    algorithm: str
    public_key: str
    how: str


class HeadOut(Out):
    """A signed head of the tree. The signature covers `signed_text`."""

    size: int
    root: str
    at: datetime
    signature: str
    signed_text: str


class EntryOut(Out):
    """A fact of the record. `data` is the very text that the leaf is the hash of; `position` its place in the tree."""

    id: UUID
    name: str
    about: UUID
    product_ref: str | None
    at: datetime
    facts: dict[str, Any]
    data: str
    leaf: str
    position: int | None


class ProofOut(Out):
    """That an entry is in the tree of a head: the hashes beside its way up, lowest first."""

    entry: UUID
    position: int
    leaf: str
    head: HeadOut
    hashes: list[str]


class GrowthOut(Out):
    """That the tree of the new head only adds to the one of the old head."""

    old: HeadOut
    new: HeadOut
    hashes: list[str]


@get("/record/key", who=PUBLIC, is_shared=True)
def show_key(ask: Asked) -> KeyOut:
    """The key with which heads are signed, and how to check them."""
    key = base64.b64encode(public_key(ask.services.secret)).decode()
    return KeyOut(algorithm="Ed25519", public_key=key, how=HOW)


@get("/record/heads", who=PUBLIC, is_shared=True)
def list_heads(ask: Asked, query: Paged) -> Listed[HeadOut]:
    """The signed heads, the latest first."""
    found = heads_of(ask.db, after=query.after, limit=query.limit)
    return page_of(found, (head_out(head) for head in found.items))


@get("/record/entries", who=PUBLIC, is_shared=True)
def list_entries(ask: Asked, query: Entries) -> Listed[EntryOut]:
    """The public facts: what happened to listings that are or were on show, the latest first."""
    found = public_facts(ask.db, after=query.after, limit=query.limit, product=query.product)
    return page_of(found, (_entry(fact) for fact in found.items))


@get("/record/entries/{entry:str}", who=PUBLIC, is_shared=True)
def show_entry(ask: Asked, entry: UUID) -> EntryOut:
    """A public fact; with a token also what one's own organisation did."""
    return _entry(fact_for(ask.db, entry, by=ask.actor))


@get("/record/entries/{entry:str}/proof", who=PUBLIC, is_shared=True)
def show_proof(ask: Asked, entry: UUID, query: Which) -> ProofOut:
    """That an entry is in the record. A proof tells nothing but hashes, and is given for any entry."""
    proof = proof_of(ask.db, entry, size=query.size)
    return ProofOut(
        entry=proof.entry_id, position=proof.position, leaf=proof.leaf, head=head_out(proof.head),
        hashes=list(proof.hashes),
    )  # fmt: skip


@get("/record/consistency", who=PUBLIC, is_shared=True)
def show_growth(ask: Asked, query: Between) -> GrowthOut:
    """That nothing was taken out or altered between two heads."""
    earlier, later, hashes = growth_between(ask.db, query.old, query.new)
    return GrowthOut(old=head_out(earlier), new=head_out(later), hashes=hashes)


def head_out(head: Head) -> HeadOut:
    return HeadOut(
        size=head.size, root=head.root, at=head.at, signature=head.signature, signed_text=head_data(head).decode()
    )


def _entry(fact: Fact) -> EntryOut:
    entry = fact.entry
    return EntryOut(
        id=entry.id, name=entry.name, about=entry.about_id, product_ref=fact.product_ref, at=entry.at,
        facts=json.loads(entry.payload), data=leaf_data(entry).decode(), leaf=entry.leaf, position=fact.position,
    )  # fmt: skip


CALLS = [show_key, list_heads, list_entries, show_entry, show_proof, show_growth]
