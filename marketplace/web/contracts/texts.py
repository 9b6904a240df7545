"""The text as it is or will be signed: to read, as PDF, as DOCX; what differs between two; that it was read."""

from collections.abc import Mapping
from typing import Any

from marketplace.contracts.actions.signing import read_text
from marketplace.contracts.models import Contract, ContractText
from marketplace.contracts.queries.contracts import texts_of
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.sheets import draft_tree, sheet_of
from marketplace.contracts.queries.signing import has_read
from marketplace.contracts.rules.assembly import Tree
from marketplace.contracts.rules.parameters import in_words
from marketplace.contracts.rules.redline import changed, redline
from marketplace.contracts.rules.versions import DRAFT, chosen_text, key_of, newest_key, text_before, text_in_force
from marketplace.faces.ask import Ask
from marketplace.faces.documents import pdf
from marketplace.faces.word import MEDIA_TYPE, docx_of
from marketplace.frameworks.schema.contracts import ContractTemplate
from marketplace.kit.calendar import in_words as day_in_words
from marketplace.kit.calendar import parse_day
from marketplace.kit.errors import NotFound
from marketplace.kit.text import clean_file_name
from marketplace.web.contracts.common import contract_of, frame_of, today_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Goto, Page, page, post


@page("/contracts/{ref:str}/text", who=ANYBODY_SIGNED_IN)
def show_text(ask: Ask, ref: str) -> Page:
    """The text with its parameters beside it: the one that waits, the one that binds, or the terms of a day."""
    contract = contract_of(ask, ref)
    text = text_of(ask, contract)
    sheet = sheet_of(ask.db, ask.services.frameworks, contract, text, on=today_of(ask))
    template = template_of(ask.services.frameworks, contract)
    query = f"?text={key_of(text)}" if text else ""
    waits = text is not None and text.state == "issued"
    values = {
        "frame": frame_of(ask, contract, "text"),
        "sheet": sheet.data(),
        "query": query,
        "terms": terms_shown(template, sheet.tree),
        "waits": waits,
        "has_read": waits and text is not None and has_read(ask.db, text, ask.by),
        "is_draft": text is None,
        "on": ask.query.one("on"),
        "texts": _choices(texts_of(ask.db, contract.id), contract),
        "chosen": key_of(text) if text else DRAFT,
    }
    return Page("contracts/text.html", values)


@page("/contracts/{ref:str}/text.pdf", who=ANYBODY_SIGNED_IN)
def text_as_pdf(ask: Ask, ref: str) -> Download:
    """The same text as a document that archives and screen readers take."""
    contract = contract_of(ask, ref)
    text = text_of(ask, contract)
    sheet = sheet_of(ask.db, ask.services.frameworks, contract, text, on=today_of(ask))
    made = pdf("contract", sheet.data(), at=text.at if text else ask.at)
    return Download(made, "application/pdf", _named(contract, text, "pdf"))


@page("/contracts/{ref:str}/text.docx", who=ANYBODY_SIGNED_IN)
def text_as_docx(ask: Ask, ref: str) -> Download:
    """The same text for a word processor: what is changed in it there binds nobody."""
    contract = contract_of(ask, ref)
    text = text_of(ask, contract)
    sheet = sheet_of(ask.db, ask.services.frameworks, contract, text, on=today_of(ask))
    return Download(docx_of(sheet, at=text.at if text else ask.at), MEDIA_TYPE, _named(contract, text, "docx"))


@post("/contracts/{ref:str}/readings", who=ANYBODY_SIGNED_IN)
def say_read(ask: Ask, ref: str) -> Goto:
    """Say to have read the text that waits to its end."""
    read_text(ask.db, contract_of(ask, ref), digest=ask.form.one("digest"), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}/signatures", told="Noted: you have read this text.")


@page("/contracts/{ref:str}/changes", who=ANYBODY_SIGNED_IN)
def show_changes(ask: Ask, ref: str) -> Page:
    """What differs between two texts, clause by clause and word by word."""
    contract = contract_of(ask, ref)
    texts = texts_of(ask.db, contract.id)
    later = ask.query.one("to") or newest_key(texts, has_draft=contract.state == "draft")
    earlier = ask.query.one("from") or text_before(texts, later)
    changes = redline(_tree(ask, contract, texts, earlier), _tree(ask, contract, texts, later))
    values = {
        "frame": frame_of(ask, contract, "text"),
        "choices": _choices(texts, contract),
        "earlier": earlier,
        "later": later,
        "changes": changed(changes),
        "same": len(changes) - len(changed(changes)),
        "reason": next((text.reason for text in texts if key_of(text) == later), ""),
    }
    return Page("contracts/changes.html", values)


def text_of(ask: Ask, contract: Contract) -> ContractText | None:
    """The text that the address asks for: of a number, of a day, or the one that matters now; None for the draft.

    Raises NotFound, Invalid for a day that does not exist.
    """
    texts = texts_of(ask.db, contract.id)
    if asked := ask.query.one("on"):
        day = parse_day(asked)
        found = text_in_force(texts, day)
        if found is None:
            fact = f"no terms of this contract were in force on {day_in_words(day)}"
            raise NotFound(fact, _first_day(texts))
        return found
    return chosen_text(texts, ask.query.one("text"))


def terms_shown(template: ContractTemplate, tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the text is filled with, section by section, in words; tables are in the text."""
    values = tree["parameters"]
    return [
        {
            "label": section.label,
            "id": section.id,
            "rows": [
                {"label": entry.question.label, "value": in_words(entry.question, values[entry.question.id])}
                for entry in section.entries
                if entry.question.id in values and not entry.question.columns
            ],
        }
        for section in template.form.sections
    ]


def _first_day(texts: list[ContractText]) -> str:
    bound = [text for text in texts if text.bound_at is not None]
    return (
        f"The first terms are in force from {day_in_words(bound[0].effective_on)}." if bound else "None is signed yet."
    )


def _tree(ask: Ask, contract: Contract, texts: list[ContractText], key: str) -> Tree:
    if key == DRAFT:
        return draft_tree(ask.db, ask.services.frameworks, contract, on=today_of(ask))
    found = chosen_text(texts, key)
    assert found is not None
    return found.body


def _choices(texts: list[ContractText], contract: Contract) -> list[dict[str, str]]:
    """The texts as options, the draft where there is one."""
    shown = [{"value": key_of(text), "label": f"Text {key_of(text)}, {text.state}"} for text in texts]
    return shown + ([{"value": DRAFT, "label": "The draft"}] if contract.state == "draft" or not texts else [])


def _named(contract: Contract, text: ContractText | None, ending: str) -> dict[str, str]:
    name = clean_file_name(f"{contract.ref}-{key_of(text) if text else DRAFT}.{ending}")
    return {"content-disposition": f'attachment; filename="{name}"'}


ROUTES = [show_text, text_as_pdf, text_as_docx, say_read, show_changes]
