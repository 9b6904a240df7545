"""The documents behind an answer, as they were when it was given: their facts, and their bytes by digest."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from marketplace.assurance.models import Answer, Case
from marketplace.assurance.policies import may_open_papers
from marketplace.assurance.queries.cases import declared_by, find_case
from marketplace.assurance.queries.papers import document_in, kept_documents
from marketplace.catalogue.actions.requests import note_view
from marketplace.catalogue.models import Attachment
from marketplace.catalogue.rules.documents import KINDS
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotAllowed
from marketplace.ports.files.downloads import download_headers
from marketplace.web.catalogue.products import chunks, size_in_words
from marketplace.web.edge import Download, page


@page("/cases/{ref:str}/documents/{digest:str}", who=Permission.ASSURANCE_ASSESS)
def open_paper(ask: Ask, ref: str, digest: str) -> Download:
    """A document that was assessed, by its digest: the same bytes whatever stands beside the product now."""
    case = find_case(ask.db, ref, by=ask.by)
    if not may_open_papers(ask.by, case, declared_by(ask.db, case, ask.by.person_id)):
        raise NotAllowed("the papers are not open to you", "Declare first whether you have a conflict of interest.")
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


ROUTES = [open_paper]
