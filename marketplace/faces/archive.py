"""Everything of one organisation as one archive: an organisation that leaves takes all of it along.

Each table is named or left out with its reason. Of what belongs to several, such as joint purchases and contracts, it
is what the organisation's own people may read.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Column, ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from marketplace.catalogue import models as catalogue
from marketplace.faces.archive_agreements import of_contracts, of_purchases
from marketplace.faces.archive_assurance import LEFT_OUT_OF_ASSURANCE, of_assurance, of_evidence, of_safety
from marketplace.faces.archive_money import LEFT_OUT_OF_MONEY, of_money
from marketplace.faces.services import Services
from marketplace.identity import models as identity
from marketplace.identity.policies import Actor, Permission, require
from marketplace.kit.db import Base
from marketplace.kit.errors import NotAllowed
from marketplace.kit.record import Entry
from marketplace.kit.sheets import to_csv
from marketplace.kit.text import clean_file_name
from marketplace.procurement import models as procurement
from marketplace.procurement.queries.exports import TRAIL, trail_rows
from marketplace.procurement.queries.projects import find_project
from marketplace.procurement.queries.trail import trail_of

IN_MEMORY, CHUNK, BATCH = 8_000_000, 1 << 18, 500
SECRET = frozenset({"password_hash", "token_hash", "csrf_secret"})
LEFT_OUT = {
    "sign_in": "sessions of people, which end with the account",
    "one_time_link": "links that work for an hour",
    "attempts": "counts of tries, by hash",
    "code_app": "the second factor of people", "passkey": "the second factor of people",
    "recovery_code": "the second factor of people", "half_sign_in": "sign-ins under way",
    "spent": "what may be shown once",
    "known_elsewhere": "accounts of people in other houses",
    "unsent_form": "drafts of people, which are theirs alone",
    "calendar_feed": "secret addresses, of which only a hash is kept",
    "preference": "wishes of people, which go with the person",
    "outbox": "work of the house", "sealed": "the record's own order: see /v1/record", "head": "see /v1/record",
    "delivery": "work of the house", "schedule": "work of the house", "kept_answer": "answers kept for three days",
    **LEFT_OUT_OF_ASSURANCE,
    **LEFT_OUT_OF_MONEY,
}  # fmt: skip
README = """Everything of {name} on Touchstone, made on {at}.

data/*.jsonl    one table each, one row a line, as JSON
documents/      the documents of products and of approvals, under their SHA-256 and name
imports/        the files that were imported
projects/       the audit trail of each project, as CSV
manifest.json   every file with its number of rows and its SHA-256

Passwords, sessions and the hashes of tokens are in no archive.
"""


def _mine(column: Any, table: Any, where: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rows whose column names a row of a table that is one's own."""
    found: ColumnElement[bool] = column.in_(select(table.id).where(where))
    return found


Scopes = Mapping[str, ColumnElement[bool]]


def scopes(organisation_id: UUID, person_id: UUID | None) -> Scopes:
    """Which rows of each table belong to an organisation; of notices only those of the person who asks."""
    return {
        **_of_people(organisation_id, person_id),
        **_of_products(organisation_id),
        **_of_projects(organisation_id),
        **of_assurance(organisation_id),
        **of_safety(organisation_id),
        **of_evidence(organisation_id),
        **of_purchases(organisation_id),
        **of_contracts(organisation_id),
        **of_money(organisation_id),
        "entry": _of_record(organisation_id),
    }


def _of_people(organisation_id: UUID, person_id: UUID | None) -> Scopes:
    i = identity
    members = i.Membership.organisation_id == organisation_id
    passing = or_(i.Succession.old_id == organisation_id, i.Succession.new_id == organisation_id)
    return {
        "organisation": i.Organisation.id == organisation_id,
        "person": i.Person.id.in_(select(i.Membership.person_id).where(members)),
        "membership": members,
        "grant": _mine(i.Grant.membership_id, i.Membership, members),
        "invitation": i.Invitation.organisation_id == organisation_id,
        "token": i.Token.organisation_id == organisation_id,
        "notice": (i.Notice.organisation_id == organisation_id) & (i.Notice.person_id == person_id),
        "remark": or_(i.Remark.organisation_id == organisation_id, i.Remark.with_id == organisation_id),
        "sent_mail": i.SentMail.organisation_id == organisation_id,
        "succession": passing,
        "succession_passed": _mine(i.Passed.succession_id, i.Succession, passing),
        "webhook": i.Webhook.organisation_id == organisation_id,
        "webhook_delivery": _mine(
            i.WebhookDelivery.webhook_id, i.Webhook, i.Webhook.organisation_id == organisation_id
        ),
    }  # fmt: skip


def _of_products(organisation_id: UUID) -> Scopes:
    c = catalogue
    products = c.Product.organisation_id == organisation_id
    imports = c.Import.organisation_id == organisation_id
    return {
        "product": products,
        "version": _mine(c.Version.product_id, c.Product, products),
        "price": _mine(c.Price.product_id, c.Product, products),
        "attachment": _mine(c.Attachment.product_id, c.Product, products),
        "document_request": or_(
            c.DocumentRequest.organisation_id == organisation_id,
            _mine(c.DocumentRequest.product_id, c.Product, products),
        ),
        "document_view": or_(
            c.DocumentView.organisation_id == organisation_id,
            _mine(c.DocumentView.attachment_id, c.Attachment, _mine(c.Attachment.product_id, c.Product, products)),
        ),
        "review": _mine(c.Review.version_id, c.Version, _mine(c.Version.product_id, c.Product, products)),
        "claim": or_(c.Claim.organisation_id == organisation_id, _mine(c.Claim.product_id, c.Product, products)),
        "import": imports,
        "import_failure": _mine(c.ImportFailure.import_id, c.Import, imports),
    }  # fmt: skip


def _of_projects(organisation_id: UUID) -> Scopes:
    p = procurement
    projects = p.Project.organisation_id == organisation_id
    heard = or_(p.Comment.is_private.is_(False), p.Comment.organisation_id == organisation_id)
    return {
        "project": projects,
        "colleague": or_(
            p.Colleague.organisation_id == organisation_id, _mine(p.Colleague.project_id, p.Project, projects)
        ),
        "requirement": _mine(p.Requirement.project_id, p.Project, projects),
        "step": _mine(p.Step.project_id, p.Project, projects),
        "locked_result": _mine(p.LockedResult.step_id, p.Step, _mine(p.Step.project_id, p.Project, projects)),
        "candidate": _mine(p.Candidate.project_id, p.Project, projects),
        "decision": _mine(
            p.Decision.candidate_id, p.Candidate, _mine(p.Candidate.project_id, p.Project, projects)
        ),
        "judgement": _mine(
            p.Judgement.candidate_id, p.Candidate, _mine(p.Candidate.project_id, p.Project, projects)
        ),
        "comment": or_(
            p.Comment.organisation_id == organisation_id, _mine(p.Comment.project_id, p.Project, projects) & heard
        ),
        "project_deadline": _mine(p.Deadline.project_id, p.Project, projects),
        "saved_search": p.SavedSearch.organisation_id == organisation_id,
        "follow": p.Follow.organisation_id == organisation_id,
    }  # fmt: skip


def _of_record(organisation_id: UUID) -> ColumnElement[bool]:
    products = catalogue.Product.organisation_id == organisation_id
    projects = procurement.Project.organisation_id == organisation_id
    return or_(
        Entry.by_organisation_id == organisation_id, Entry.about_id == organisation_id,
        _mine(Entry.about_id, catalogue.Product, products), _mine(Entry.about_id, procurement.Project, projects),
    )  # fmt: skip


def archive_of(db: Session, services: Services, *, by: Actor, at: datetime) -> Iterator[bytes]:
    """The archive, chunk by chunk, made whole before the first one. Raises NotAllowed."""
    require(by, Permission.AUDIT_READ)
    if by.organisation_id is None:
        raise NotAllowed("there is no organisation to archive", "Act for one.")
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when its last chunk has gone
    with ZipFile(file, "w", ZIP_DEFLATED) as target:
        writing = _Writing(target, at)
        _write_tables(db, writing, by)
        _write_files(db, services, writing, by.organisation_id)
        _write_trails(db, services, writing, by)
        writing.close(by.organisation_name)
    file.seek(0)
    return _chunks(file)


class _Writing:
    """An archive on its way, with the manifest of what went in."""

    def __init__(self, target: ZipFile, at: datetime) -> None:
        self._target, self._at = target, at
        self._manifest: list[dict[str, Any]] = []

    def add(self, name: str, parts: Iterator[bytes], *, rows: int | None = None) -> None:
        """One file, from its parts; `rows` is counted from them where it is None."""
        entry = ZipInfo(name, self._at.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        digest, size, count = hashlib.sha256(), 0, 0
        with self._target.open(entry, "w") as file:
            for part in parts:
                file.write(part)
                digest.update(part)
                size, count = size + len(part), count + 1
        kept = {"name": name, "bytes": size, "sha256": digest.hexdigest()}
        self._manifest.append(kept | {"rows": count if rows is None else rows})

    def close(self, organisation: str) -> None:
        told = {"organisation": organisation, "made_at": self._at.isoformat(), "files": self._manifest}
        self.add("manifest.json", iter([json.dumps({**told, "left_out": LEFT_OUT}, indent=1).encode()]), rows=0)
        self.add("README.txt", iter([README.format(name=organisation, at=self._at.isoformat()).encode()]), rows=0)


def _write_tables(db: Session, writing: _Writing, by: Actor) -> None:
    assert by.organisation_id is not None
    tables = Base.metadata.tables
    for name, where in scopes(by.organisation_id, by.person_id).items():
        writing.add(f"data/{name}.jsonl", _rows(db, tables[name], where))


def _rows(db: Session, table: Table, where: ColumnElement[bool]) -> Iterator[bytes]:
    columns: list[Column[Any]] = [column for column in table.columns if column.name not in SECRET]
    ordered = select(*columns).where(where).order_by(*table.primary_key.columns)
    for row in db.execute(ordered.execution_options(yield_per=BATCH)).mappings():
        yield (json.dumps(dict(row), ensure_ascii=False, default=_told) + "\n").encode(errors="replace")


def _told(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _write_files(db: Session, services: Services, writing: _Writing, organisation_id: UUID) -> None:
    scoped = scopes(organisation_id, None)
    documents = select(catalogue.Attachment.digest, catalogue.Attachment.name).where(scoped["attachment"])
    approvals = select(procurement.Approval.document_digest, procurement.Approval.document_name)
    approvals = approvals.where(scoped["approval"], procurement.Approval.document_digest != "")
    imports = select(catalogue.Import.file_digest, catalogue.Import.file_name).where(scoped["import"])
    for folder, wanted in (("documents", (documents, approvals)), ("imports", (imports,))):
        for digest, name in sorted({(digest, name) for each in wanted for digest, name in db.execute(each)}):
            path = f"{folder}/{digest}-{clean_file_name(name)}"
            writing.add(path, _chunks(services.files.open(digest)), rows=0)


def _write_trails(db: Session, services: Services, writing: _Writing, by: Actor) -> None:
    reader = Actor(by.person_id, by.organisation_id, by.permissions | {Permission.PROJECT_READ})
    own = select(procurement.Project.ref).where(procurement.Project.organisation_id == by.organisation_id)
    for ref in db.scalars(own.order_by(procurement.Project.ref)).all():
        project = find_project(db, ref, by=reader)
        trail = trail_of(db, project, services.frameworks, by=reader)
        writing.add(f"projects/{ref}/trail.csv", to_csv(TRAIL, trail_rows(trail), bom=True), rows=len(trail.lines))


def _chunks(file: Any) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
