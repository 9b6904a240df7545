"""A file of products on its way in: upload, preview before anything is written, progress, report of failures."""

from collections.abc import Sequence
from typing import Any

from marketplace.catalogue.actions.importing import abandon_import, begin_import, preview, start_import
from marketplace.catalogue.models import ImportFailure
from marketplace.catalogue.queries.imports import failures_of, import_for, imports_of
from marketplace.catalogue.rules.importing import Failed
from marketplace.faces.ask import Ask
from marketplace.faces.importing import place_of, report_of
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.web.edge import Download, Goto, Page, page, post

LARGEST = 50_000_000
LOOKED_AT = 2_000
SHOWN = 50
STATES = {
    "previewed": "Looked at, nothing written", "running": "Running", "finished": "Finished", "abandoned": "Thrown away",
}  # fmt: skip


@page("/imports", who=Permission.CATALOGUE_IMPORT)
def list_imports(ask: Ask, refusal: Refusal | None = None) -> Page:
    """My organisation's imports, the newest first, and the form for the next one."""
    values = {
        "imports": imports_of(ask.db, by=ask.by),
        "states": STATES,
        "mappings": [
            {"value": one.id, "label": one.source.document, "hint": f"{one.reads.upper()} file, {one.source.publisher}"}
            for one in ask.services.frameworks.mappings.values()
        ],
        "is_operator": ask.may(Permission.OPERATE),
        "typed": {"mapping": ask.form.one("mapping", "touchstone-csv"), "publish": ask.form.one("publish")},
        "refusal": refusal,
    }
    return Page("imports/imports.html", values)


@post("/imports", who=Permission.CATALOGUE_IMPORT, again=list_imports, largest=LARGEST)
def upload(ask: Ask) -> Goto:
    """Keep the file, note it as an import, and show what it would bring."""
    mapping = find_mapping(ask, ask.form.one("mapping"))
    sent = ask.form.uploads.get("file", ())
    if not sent:
        raise Invalid("no file was sent", "Choose a file.", fields={"file": "Choose a file."})
    stored = ask.services.files.put(sent[0].stream, limit=LARGEST, name=sent[0].name)
    begun = begin_import(
        ask.db, mapping=mapping, file_name=sent[0].name, file_digest=stored.digest,
        publish=ask.form.one("publish") == "yes", by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/imports/{begun.ref}")


@page("/imports/{ref:str}", who=Permission.CATALOGUE_IMPORT)
def show_import(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The preview before it runs; the progress while it does; counts and failures when it is done."""
    begun = import_for(ask.db, ref, by=ask.by)
    mapping = ask.services.frameworks.mappings.get(begun.mapping)
    values: dict[str, Any] = {
        "begun": begun, "refusal": refusal, "preview": None, "wrong": None, "failures": [], "mapping": mapping,
        "kinds": {kind.id: kind.label for kind in ask.services.frameworks.kinds},
    }  # fmt: skip
    if begun.state == "previewed" and mapping is not None:
        try:
            with ask.services.files.open(begun.file_digest) as stream:
                looked = preview(ask.db, stream, begun, ask.services.frameworks, most=LOOKED_AT)
                values |= {"preview": looked, "failures": in_words(looked.failures, mapping), "failed": looked.failed}
        except Invalid as wrong:
            values["wrong"] = wrong
    else:
        failures = failures_of(ask.db, begun, most=SHOWN)
        values |= {"failures": in_words(failures, mapping), "failed": begun.failed}
    return Page("imports/_progress.html" if ask.is_fragment else "imports/import.html", values)


def in_words(failures: Sequence[Failed | ImportFailure], mapping: ImportMapping | None) -> list[dict[str, Any]]:
    """Records that failed, each reason at the place that the file itself has for it."""
    return [
        {"number": one.number, "reasons": [{**why, "place": place_of(why["field"], mapping)} for why in one.reasons]}
        for one in failures
    ]


@post("/imports/{ref:str}/start", who=Permission.CATALOGUE_IMPORT, again=show_import)
def start(ask: Ask, ref: str) -> Goto:
    """Let the import run; the worker takes it up within seconds."""
    begun = import_for(ask.db, ref, by=ask.by)
    start_import(ask.db, begun, by=ask.by, at=ask.at)
    return Goto(f"/imports/{ref}", told="The import runs. You can leave this page.")


@post("/imports/{ref:str}/abandonment", who=Permission.CATALOGUE_IMPORT, again=show_import)
def abandon(ask: Ask, ref: str) -> Goto:
    """Throw the preview away; nothing was written."""
    abandon_import(ask.db, import_for(ask.db, ref, by=ask.by), by=ask.by, at=ask.at)
    return Goto("/imports", told="The preview is thrown away. Nothing was written.")


@page("/imports/{ref:str}/report", who=Permission.CATALOGUE_IMPORT)
def report(ask: Ask, ref: str) -> Download:
    """The records that failed, in a file that can be mended and imported again."""
    begun = import_for(ask.db, ref, by=ask.by)
    made = report_of(ask.db, begun, ask.services.frameworks.mappings.get(begun.mapping))
    headers = {"content-disposition": f'attachment; filename="{ref}-to-mend.{made.ending}"'}
    return Download(made.content, made.media_type, headers)


@page("/imports/mappings/{name:str}", who=Permission.CATALOGUE_IMPORT)
def template_of(ask: Ask, name: str) -> Download:
    """An empty spreadsheet with the columns that a CSV mapping reads."""
    mapping = find_mapping(ask, name)
    if mapping.reads != "csv":
        raise NotFound(f"{mapping.source.document} is no spreadsheet", "Its files come from its publisher.")
    columns = [rule.from_ for rule in mapping.fields.values() if rule.from_]
    content = ",".join(f'"{column}"' for column in dict.fromkeys(columns)) + "\r\n"
    headers = {"content-disposition": f'attachment; filename="{mapping.id}.csv"'}
    return Download(content.encode("utf-8-sig"), "text/csv; charset=utf-8", headers)


def find_mapping(ask: Ask, name: str) -> ImportMapping:
    mappings = ask.services.frameworks.mappings
    if name not in mappings:
        raise Invalid(
            f"there is no mapping called {name or 'nothing'}", f"Choose one of {', '.join(mappings)}.",
            fields={"mapping": "Choose how the file is read."},
        )  # fmt: skip
    return mappings[name]


ROUTES = [list_imports, upload, template_of, show_import, start, abandon, report]
