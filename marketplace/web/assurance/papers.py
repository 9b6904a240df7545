"""The documents behind an answer, as they were when it was given: their facts, and their bytes by digest."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from marketplace.assurance.models import Answer, Case
from marketplace.assurance.policies import has_opened, may_hear, may_open_papers
from marketplace.assurance.queries.appeals import find_appeal
from marketplace.assurance.queries.cases import declared_by, find_case
from marketplace.assurance.queries.papers import document_in, kept_documents
from marketplace.assurance.queries.samples import find_sample
from marketplace.catalogue.actions.requests import note_view
from marketplace.catalogue.models import Attachment
from marketplace.catalogue.rules.documents import KINDS
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotAllowed
from marketplace.kit.text import size_in_words
from marketplace.ports.files.downloads import download_headers
from marketplace.web.catalogue.products import chunks
from marketplace.web.edge import Download, page


@page("/cases/{ref:str}/documents/{digest:str}", who=Permission.ASSURANCE_ASSESS)
def open_paper(ask: Ask, ref: str, digest: str) -> Download:
    """A document that was assessed, by its digest: the same bytes whatever stands beside the product now."""
    case = find_case(ask.db, ref, by=ask.by)
    if not may_open_papers(ask.by, case, declared_by(ask.db, case, ask.by.person_id)):
        raise NotAllowed("the papers are not open to you", "Declare first whether you have a conflict of interest.")
    return _opened(ask, case, digest)


@page("/appeals/{ref:str}/documents/{digest:str}", who=Permission.ASSURANCE_ASSESS)
def open_contested_paper(ask: Ask, ref: str, digest: str) -> Download:
    """A document that was assessed, for the one who hears the appeal."""
    appeal = find_appeal(ask.db, ref, by=ask.by)
    if not may_hear(ask.by, appeal) or not has_opened(ask.by, appeal):
        raise NotAllowed("the papers are not open to you", "Declare first whether you have a conflict of interest.")
    return _opened(ask, appeal.case, digest)


@page("/samples/{sample:uuid}/documents/{digest:str}", who=Permission.ASSURANCE_ASSESS)
def open_sampled_paper(ask: Ask, sample: UUID, digest: str) -> Download:
    """A document that was assessed, for the one who took the sample."""
    found = find_sample(ask.db, sample, by=ask.by)
    if found.assessor_id != ask.by.person_id:
        raise NotAllowed("the papers are not open to you", "They are for whoever took the sample.")
    return _opened(ask, found.case, digest)


def linked_papers(ask: Ask, supplier_id: UUID, answers: Iterable[Answer], base: str) -> dict[str, list[dict[str, str]]]:
    """The documents behind each answer, by question: their names, and where `base` is given where to read them."""
    kept = list(answers)
    digests = sorted({each["digest"] for answer in kept for each in answer.documents})
    known = kept_documents(ask.db, supplier_id, digests) if base and digests else {}
    return {
        answer.question_id: [
            {"name": each["name"], "url": f"{base}{each['digest']}" if each["digest"] in known else ""}
            for each in answer.documents
        ] for answer in kept
    }  # fmt: skip


def _opened(ask: Ask, case: Case, digest: str) -> Download:
    """The bytes; that they were read is kept."""
    found = document_in(ask.db, case, digest, at=ask.at)
    with ask.services.database.writing() as db:
        note_view(db, found, "assessing", by=ask.by, at=ask.at)
    headers = download_headers(found.name, found.media_type)
    return Download(chunks(ask.services.files.open(found.digest)), headers["content-type"], headers)


def document_facts(ask: Ask, case: Case, answer: Answer | None) -> list[dict[str, Any]]:
    """What is known of each document behind an answer, and where to read it."""
    documents = answer.documents if answer is not None else []
    return facts_of_documents(ask, case.supplier_id, documents, f"/cases/{case.ref}/documents/")


def facts_of_documents(
    ask: Ask, supplier_id: UUID, documents: Sequence[Mapping[str, str]], base: str
) -> list[dict[str, Any]]:
    """The facts of the documents that an answer names, each at `base` with its digest."""
    known = kept_documents(ask.db, supplier_id, [each["digest"] for each in documents])
    return [_facts(base, each, known.get(each["digest"])) for each in documents]


def _facts(base: str, named: Mapping[str, str], found: Attachment | None) -> dict[str, Any]:
    digest = named["digest"]
    return {
        "name": named["name"], "digest": digest, "url": f"{base}{digest}" if found else "",
        "kind": KINDS.get(found.kind, found.kind) if found else "", "size": size_in_words(found.size) if found else "",
        "added_on": day_in_london(found.added_at) if found else None,
        "removed_on": day_in_london(found.removed_at) if found and found.removed_at else None,
    }  # fmt: skip


ROUTES = [open_paper, open_contested_paper, open_sampled_paper]
