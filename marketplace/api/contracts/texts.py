"""The texts of a contract: to read, as documents, what differs, that one was read, and the next as a variation."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, Document, get, post
from marketplace.api.contracts.common import ContractOut, answer, contract_of
from marketplace.api.shapes import Asking, In, Line, Listed, Out, Ref, Text, all_of
from marketplace.contracts.actions.signing import read_text
from marketplace.contracts.actions.texts import begin_variation
from marketplace.contracts.models import Contract, ContractText
from marketplace.contracts.queries.contracts import parties_of, texts_of
from marketplace.contracts.queries.sheets import draft_tree, sheet_of
from marketplace.contracts.rules.redline import ClauseChange, changed, redline
from marketplace.contracts.rules.versions import DRAFT, chosen_text, key_of, newest_key, text_before, text_in_force
from marketplace.faces.documents import pdf
from marketplace.faces.word import MEDIA_TYPE, docx_of
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london, in_words, parse_day
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.text import quote

READ = Permission.CONTRACT_READ


class TextAsking(Asking):
    """Which text: its key, such as 1.2, or the day whose terms are meant; without either the one that matters now."""

    text: str = ""
    on: str = ""


class ChangesAsking(Asking):
    """Which two texts, by their keys; `draft` is the draft."""

    earlier: str = ""
    later: str = ""


class DigestIn(In):
    """The digest of the text that was read."""

    digest: Line


class VariationIn(In):
    """Values over those that bind, why, from which day, and which organisations leave on that day."""

    parameters: dict[str, Any] = {}
    reason: Text
    effective_on: Line
    leaving: list[Ref] = []


class TextOut(Out):
    """A text: `body` is what the digest covers, as canonical JSON (RFC 8785)."""

    key: str
    standing: str
    digest: str
    body: dict[str, Any]
    signatures: list[list[str]]


class PieceOut(Out):
    state: str
    text: str


class LineOut(Out):
    state: str
    pieces: list[PieceOut]


class ChangeOut(Out):
    """A clause that reads differently: new, gone, or changed line by line."""

    id: str
    number: str
    heading: str
    state: str
    lines: list[LineOut]


@get("/contracts/{ref:str}/text", who=ANYBODY_SIGNED_IN, scope=READ)
def show_text(ask: Asked, ref: str, query: TextAsking) -> TextOut:
    """A text as data: what its digest covers, and who has signed it."""
    contract = contract_of(ask, ref)
    text = _text(ask, contract, query)
    sheet = sheet_of(ask.db, ask.services.frameworks, contract, text, on=day_in_london(ask.at))
    return TextOut(
        key=key_of(text) if text else DRAFT, standing=sheet.standing, digest=sheet.digest, body=dict(sheet.tree),
        signatures=[list(row) for row in sheet.signatures],
    )  # fmt: skip


@get("/contracts/{ref:str}/text.pdf", who=ANYBODY_SIGNED_IN, scope=READ, media_type="application/pdf")
def text_as_pdf(ask: Asked, ref: str, query: TextAsking) -> Document:
    """The same text as PDF/A-3a and PDF/UA-1."""
    contract = contract_of(ask, ref)
    text = _text(ask, contract, query)
    sheet = sheet_of(ask.db, ask.services.frameworks, contract, text, on=day_in_london(ask.at))
    made = pdf("contract", sheet.data(), at=text.at if text else ask.at)
    return Document(made, "application/pdf", _named(contract, text, "pdf"))


@get("/contracts/{ref:str}/text.docx", who=ANYBODY_SIGNED_IN, scope=READ, media_type=MEDIA_TYPE)
def text_as_docx(ask: Asked, ref: str, query: TextAsking) -> Document:
    """The same text for a word processor."""
    contract = contract_of(ask, ref)
    text = _text(ask, contract, query)
    sheet = sheet_of(ask.db, ask.services.frameworks, contract, text, on=day_in_london(ask.at))
    return Document(docx_of(sheet, at=text.at if text else ask.at), MEDIA_TYPE, _named(contract, text, "docx"))


@get("/contracts/{ref:str}/changes", who=ANYBODY_SIGNED_IN, scope=READ)
def show_changes(ask: Asked, ref: str, query: ChangesAsking) -> Listed[ChangeOut]:
    """The clauses that read differently in the later text; without a choice, in the newest against the one before."""
    contract = contract_of(ask, ref)
    texts = texts_of(ask.db, contract.id)
    later = query.later or newest_key(texts, has_draft=contract.state == "draft")
    earlier = query.earlier or text_before(texts, later)
    found = redline(_tree(ask, contract, texts, earlier), _tree(ask, contract, texts, later))
    return all_of(_change(one) for one in changed(found))


@post("/contracts/{ref:str}/readings", who=ANYBODY_SIGNED_IN, scope=READ)
def say_read(ask: Asked, ref: str, body: DigestIn) -> Answer[ContractOut]:
    """Say to have read the text that waits to its end: needed before signing it."""
    read_text(ask.db, contract_of(ask, ref), digest=body.digest, by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/contracts/{ref:str}/variation", who=ANYBODY_SIGNED_IN, scope=READ)
def write_variation(ask: Asked, ref: str, body: VariationIn) -> Answer[ContractOut]:
    """Write the next text of a signed contract; POST to /issue puts it before the parties."""
    contract = contract_of(ask, ref)
    begin_variation(
        ask.db, ask.services.frameworks, contract, body.parameters, reason=body.reason,
        effective_on=_day(body.effective_on), leaving=_leaving(ask, contract, body.leaving), by=ask.by, at=ask.at,
    )  # fmt: skip
    return answer(ask, ref)


def _text(ask: Asked, contract: Contract, query: TextAsking) -> ContractText | None:
    texts = texts_of(ask.db, contract.id)
    if not query.on:
        return chosen_text(texts, query.text)
    day = parse_day(query.on)
    found = text_in_force(texts, day)
    if found is None:
        raise NotFound(f"no terms of this contract were in force on {in_words(day)}", "Ask for a later day.")
    return found


def _tree(ask: Asked, contract: Contract, texts: Sequence[ContractText], key: str) -> dict[str, Any]:
    text = chosen_text(texts, key)
    if text is None:
        return draft_tree(ask.db, ask.services.frameworks, contract, on=day_in_london(ask.at))
    return text.body


def _change(one: ClauseChange) -> ChangeOut:
    return ChangeOut.model_validate(one)


def _named(contract: Contract, text: ContractText | None, ending: str) -> dict[str, str]:
    name = f"{contract.ref}-{key_of(text) if text else DRAFT}.{ending}"
    return {"content-disposition": f'attachment; filename="{name}"'}


def _day(typed: str) -> date:
    try:
        return parse_day(typed)
    except Invalid as refusal:
        raise Invalid(refusal.fact, refusal.hint, fields={"effective_on": refusal.hint}) from refusal


def _leaving(ask: Asked, contract: Contract, refs: Sequence[str]) -> list[Any]:
    known = {party.organisation.ref: party.organisation_id for party in parties_of(ask.db, contract.id)}
    unknown = [ref for ref in refs if ref not in known]
    if unknown:
        told = f"{quote(unknown[0])} is no party of this contract."
        raise Invalid("an organisation is no party", told, fields={"leaving": told})
    return [known[ref] for ref in refs]


CALLS = [show_text, text_as_pdf, text_as_docx, show_changes, say_read, write_variation]
