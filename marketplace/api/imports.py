"""A file of products on its way in: upload, preview before anything is written, progress, report of failures."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marketplace.api.calls import Answer, Asked, Document, get, post
from marketplace.api.shapes import File, Form, Line, Listed, MoveOut, Out, all_of, move, why_not
from marketplace.catalogue.actions.importing import abandon_import, begin_import, preview, start_import
from marketplace.catalogue.models import Import
from marketplace.catalogue.queries.imports import failures_of, import_for, imports_of
from marketplace.catalogue.rules.importing import Described, Failed
from marketplace.catalogue.states import IMPORT
from marketplace.faces.importing import report_of
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Invalid

MAY = Permission.CATALOGUE_IMPORT
LARGEST = 50_000_000
LOOKED_AT = 2_000
SHOWN = 50
NOUNS = {"start": "start", "abandon": "abandonment"}


class UploadForm(Form):
    """A file with the mapping that reads it; `publish` lists the products at once, for an operator alone."""

    file: File
    mapping: Line
    publish: bool = False


class MappingOut(Out):
    """A way to read a file, and where such files come from."""

    id: str
    version: int
    reads: str
    document: str
    publisher: str
    columns: list[str]


class ReasonOut(Out):
    field: str
    value: str
    reason: str


class FailureOut(Out):
    """A record that does not hold, by its number in the file."""

    number: int
    reasons: list[ReasonOut]


class BroughtOut(Out):
    """A product as the file would bring it."""

    number: int
    external_ref: str
    kind: str
    name: str
    version: str
    supplier: str
    answers: dict[str, Any]


class PreviewOut(Out):
    """What a file would bring: of the records looked at, how many hold, the first of them, and the first failures.

    Of those that hold, `new`, `changed` and `same` say what each would do; `unread` are columns that nothing reads.
    """

    looked_at: int
    holds: int
    new: int
    changed: int
    same: int
    failed: int
    unread: list[str]
    is_whole: bool
    first: list[BroughtOut]
    failures: list[FailureOut]


class ImportOut(Out):
    """An import: what was read so far, and what came of it."""

    ref: str
    mapping: str
    file_name: str
    publish: bool
    state: str
    rows_read: int
    new: int
    changed: int
    same: int
    failed: int
    begun_at: datetime
    finished_at: datetime | None
    url: str


class ImportWithMovesOut(ImportOut):
    """An import with its preview before it runs, and the first failures after."""

    preview: PreviewOut | None
    failures: list[FailureOut]
    moves: list[MoveOut]


@get("/imports", who=MAY)
def list_imports(ask: Asked) -> Listed[ImportOut]:
    """The imports of one's organisation, the newest first."""
    return all_of(_import(one) for one in imports_of(ask.db, by=ask.by))


@get("/imports/mappings", who=MAY)
def list_mappings(ask: Asked) -> Listed[MappingOut]:
    """The ways in which a file can be read."""
    return all_of(_mapping(one) for one in ask.services.frameworks.mappings.values())


@post("/imports", who=MAY, status=201, largest=LARGEST + 100_000)
def upload(ask: Asked, form: UploadForm) -> Answer[ImportWithMovesOut]:
    """Keep a file, and see what it would bring; nothing of it is written yet."""
    mapping = mapping_named(ask.services.frameworks.mappings, form.mapping)
    stored = ask.services.files.put(form.file.stream, limit=LARGEST, name=form.file.name)
    begun = begin_import(
        ask.db, mapping=mapping, file_name=form.file.name, file_digest=stored.digest, publish=form.publish,
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return Answer(_with_moves(ask, begun), location=f"/v1/imports/{begun.ref}")


@get("/imports/{ref:str}", who=MAY)
def show_import(ask: Asked, ref: str) -> ImportWithMovesOut:
    """The preview before it runs; the progress while it does; counts and failures when it is done."""
    return _with_moves(ask, import_for(ask.db, ref, by=ask.by))


@post("/imports/{ref:str}/start", who=MAY, status=202)
def start(ask: Asked, ref: str) -> ImportOut:
    """Let the import run; the worker takes it up within seconds."""
    begun = import_for(ask.db, ref, by=ask.by)
    start_import(ask.db, begun, by=ask.by, at=ask.at)
    return _import(begun)


@post("/imports/{ref:str}/abandonment", who=MAY)
def abandon(ask: Asked, ref: str) -> ImportOut:
    """Throw the preview away; nothing was written."""
    begun = import_for(ask.db, ref, by=ask.by)
    abandon_import(ask.db, begun, by=ask.by, at=ask.at)
    return _import(begun)


@get("/imports/{ref:str}/report", who=MAY, media_type="text/csv, application/json, application/jsonl, application/xml")
def report(ask: Asked, ref: str) -> Document:
    """The records that failed, in a file that can be mended and imported again."""
    begun = import_for(ask.db, ref, by=ask.by)
    made = report_of(ask.db, begun, ask.services.frameworks.mappings.get(begun.mapping))
    headers = {"content-disposition": f'attachment; filename="{begun.ref}-to-mend.{made.ending}"'}
    return Document(made.content, made.media_type, headers)


def mapping_named(mappings: Mapping[str, ImportMapping], name: str) -> ImportMapping:
    """Raises Invalid, naming those that there are."""
    if name not in mappings:
        hint = f"Choose one of {', '.join(mappings)}."
        raise Invalid(f"there is no mapping called {name[:60]}", hint, fields={"mapping": hint})
    return mappings[name]


def _import(begun: Import) -> ImportOut:
    return ImportOut(
        ref=begun.ref, mapping=begun.mapping, file_name=begun.file_name, publish=begun.publish, state=begun.state,
        rows_read=begun.rows_read, new=begun.new, changed=begun.changed, same=begun.same, failed=begun.failed,
        begun_at=begun.begun_at, finished_at=begun.finished_at, url=f"/v1/imports/{begun.ref}",
    )  # fmt: skip


def _with_moves(ask: Asked, begun: Import) -> ImportWithMovesOut:
    failures = [] if begun.state == "previewed" else failures_of(ask.db, begun, most=SHOWN)
    told = [_failure(one.number, one.reasons) for one in failures]
    base = f"/v1/imports/{begun.ref}"
    moves = [
        move(NOUNS[step.name], step.label, f"{base}/{NOUNS[step.name]}", why_not(IMPORT, step, begun.state))
        for step in IMPORT.moves if step.name in NOUNS
    ]  # fmt: skip
    looked = _preview(ask, begun) if begun.state == "previewed" else None
    return ImportWithMovesOut(**_import(begun).model_dump(), preview=looked, failures=told, moves=moves)


def _preview(ask: Asked, begun: Import) -> PreviewOut:
    """Raises Invalid for a file that cannot be read at all."""
    with ask.services.files.open(begun.file_digest) as stream:
        looked = preview(ask.db, stream, begun, ask.services.frameworks, most=LOOKED_AT)
    return PreviewOut(
        looked_at=looked.looked_at, holds=looked.holds, new=looked.new, changed=looked.changed, same=looked.same,
        failed=looked.failed, unread=list(looked.unread), is_whole=looked.is_whole,
        first=[_brought(one) for one in looked.first], failures=[_failed(one) for one in looked.failures],
    )  # fmt: skip


def _brought(one: Described) -> BroughtOut:
    return BroughtOut.model_validate({**{name: getattr(one, name) for name in BroughtOut.model_fields}})


def _failed(one: Failed) -> FailureOut:
    return _failure(one.number, one.reasons)


def _failure(number: int, reasons: list[dict[str, str]]) -> FailureOut:
    return FailureOut(number=number, reasons=[ReasonOut.model_validate(reason) for reason in reasons])


def _mapping(mapping: ImportMapping) -> MappingOut:
    columns = [rule.from_ for rule in mapping.fields.values() if rule.from_]
    return MappingOut(
        id=mapping.id, version=mapping.version, reads=mapping.reads, document=mapping.source.document,
        publisher=mapping.source.publisher, columns=list(dict.fromkeys(columns)),
    )  # fmt: skip


CALLS = [list_imports, list_mappings, upload, show_import, start, abandon, report]
