"""The manufacturer's hazard log of a product, its reports, and the scheme by which risks are rated."""

from typing import Any

from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Answer, Asked, Document, get, post, put
from marketplace.api.safety.shapes import (
    HazardIn,
    HazardOut,
    LogOut,
    ReportIn,
    ReportOut,
    blocked_out,
    hazards_out,
    raw_of,
    report_out,
)
from marketplace.api.shapes import File, Form, Out
from marketplace.assurance.actions.safety.hazards import write_hazard
from marketplace.assurance.actions.safety.importing import import_log, preview_log
from marketplace.assurance.actions.safety.reporting import issue_safety_case, what_blocks_report
from marketplace.assurance.queries.safety.declared import matrix_of
from marketplace.assurance.queries.safety.holders import standpoint
from marketplace.assurance.queries.safety.logs import find_report, hazard_in, log_of, reports_of
from marketplace.assurance.queries.safety.notices import sent_notices
from marketplace.catalogue.queries.products import latest_version, own_product, product_for
from marketplace.faces.documents import pdf
from marketplace.faces.safety import paper_of, system_facts
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.text import clean_file_name

WRITE = Permission.CATALOGUE_WRITE
LARGEST = 1_000_000


class SchemeOut(Out):
    """The declared matrix: severities and likelihoods from least to most, one row of levels for each likelihood."""

    label: str
    source: str
    not_sure: str
    severities: list[dict[str, str]]
    likelihoods: list[dict[str, str]]
    ratings: dict[str, list[int]]
    levels: list[dict[str, Any]]


class SafetyOut(Out):
    """What everybody may know of the safety of a product; `handed_over` is for who buys, the log for who holds it."""

    hazards: int
    handed_over: int
    reports: list[ReportOut]
    notices: list[dict[str, str]]
    what_is_handed_over: list[HazardOut]


class LogForm(Form):
    """A CSV file with one hazard on each row. With `preview` nothing is kept."""

    file: File
    preview: str = ""


class ImportOut(Out):
    """What a file brings: how many rows, and what is wrong with which; all of them are kept, or none."""

    rows: int
    kept: bool
    faults: dict[int, list[str]]
    unread: list[str]
    digest: str


@get("/safety-scheme", who=PUBLIC, is_shared=True)
def show_scheme(ask: Asked) -> SchemeOut:
    """How risks are rated, and what of it nobody is sure of."""
    matrix = matrix_of(ask.services.frameworks)
    return SchemeOut(
        label=matrix.label, source=f"{matrix.source.document}, {matrix.source.section}", not_sure=matrix.source.mark,
        severities=[{"id": each.id, "label": each.label} for each in matrix.severities],
        likelihoods=[{"id": each.id, "label": each.label} for each in matrix.likelihoods],
        ratings={name: list(row) for name, row in matrix.ratings.items()},
        levels=[each.model_dump() for each in matrix.levels],
    )  # fmt: skip


@get("/products/{ref:str}/safety", who=PUBLIC)
def show_safety(ask: Asked, ref: str) -> SafetyOut:
    """The safety of a product, as far as the caller may know it."""
    product = product_for(ask.db, ref, by=ask.actor)
    stands, log = standpoint(ask.db, ask.actor, product), log_of(ask.db, product.id)
    handed = [hazard for hazard in log if hazard.state == "transferred"]
    return SafetyOut(
        hazards=len(log), handed_over=len(handed),
        reports=[report_out(each) for each in reports_of(ask.db, product.id)],
        notices=[{"ref": each.ref, "title": each.title, "state": each.state, "kind": each.kind}
                 for each in sent_notices(ask.db, product.id)],
        what_is_handed_over=hazards_out(handed, ask.services.frameworks) if stands.sees_handed_over else [],
    )  # fmt: skip


@get("/products/{ref:str}/hazards", who=ANYBODY_SIGNED_IN)
def list_hazards(ask: Asked, ref: str) -> LogOut:
    """The hazard log of a product, for who supplies, uses, relies on or assesses it."""
    product, frameworks = product_for(ask.db, ref, by=ask.by), ask.services.frameworks
    if not standpoint(ask.db, ask.by, product).sees_log:
        raise NotAllowed("the log is for who supplies, uses, relies on or assesses the product", "Ask its supplier.")
    return LogOut(
        hazards=hazards_out(log_of(ask.db, product.id), frameworks),
        blocked=blocked_out(what_blocks_report(ask.db, product, None, frameworks)),
        reports=[report_out(each) for each in reports_of(ask.db, product.id)],
    )  # fmt: skip


@post("/listings/{ref:str}/safety/hazards", who=WRITE, status=201)
def add_hazard(ask: Asked, ref: str, body: HazardIn) -> HazardOut:
    """A new line of the log."""
    product, frameworks = own_product(ask.db, ref, by=ask.by), ask.services.frameworks
    hazard = write_hazard(ask.db, product, raw_of(body), frameworks=frameworks, by=ask.by, at=ask.at)
    return hazards_out([hazard], frameworks)[0]


@put("/listings/{ref:str}/safety/hazards/{number:int}", who=WRITE, conditional=True)
def change_hazard(ask: Asked, ref: str, number: int, body: HazardIn) -> Answer[HazardOut]:
    """A line of the log as it is now."""
    product, frameworks = own_product(ask.db, ref, by=ask.by), ask.services.frameworks
    hazard = hazard_in(ask.db, product.id, number)
    write_hazard(
        ask.db, product, raw_of(body), hazard=hazard, row_version=ask.expected(hazard.row_version),
        frameworks=frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Answer(hazards_out([hazard], frameworks)[0], hazard.row_version)


@post("/listings/{ref:str}/safety/import", who=WRITE, largest=2 * LARGEST)
def bring_in(ask: Asked, ref: str, form: LogForm) -> ImportOut:
    """Bring a hazard log in from a CSV file: all of it or nothing; with `preview` nothing is kept."""
    product, frameworks = own_product(ask.db, ref, by=ask.by), ask.services.frameworks
    content = form.file.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid("the file is too large", f"A log has at most {LARGEST:,} bytes.")
    found = preview_log(ask.db, product, content, frameworks=frameworks, by=ask.by)
    if not form.preview:
        name = clean_file_name(form.file.name)
        import_log(ask.db, product, content, name=name, frameworks=frameworks, by=ask.by, at=ask.at)
    return ImportOut(
        rows=len(found.rows), kept=not form.preview, unread=list(found.unread), digest=found.digest,
        faults={row.number: list(row.wrong) for row in found.faults},
    )  # fmt: skip


@post("/listings/{ref:str}/safety/reports", who=WRITE, status=201)
def give_out(ask: Asked, ref: str, body: ReportIn) -> ReportOut:
    """Give out the next safety case report of the version on show."""
    product, frameworks = own_product(ask.db, ref, by=ask.by), ask.services.frameworks
    version = product.live_version or latest_version(ask.db, product)
    report = issue_safety_case(
        ask.db, product, version, raw_of(body), facts=system_facts(frameworks, product, version),
        frameworks=frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return report_out(find_report(ask.db, report.ref, by=ask.by), whole=True)


@get("/safety-reports/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_report(ask: Asked, ref: str) -> ReportOut:
    """A safety case report, with every word of it."""
    return report_out(find_report(ask.db, ref, by=ask.by), whole=True)


@get("/safety-reports/{ref:str}/report.pdf", who=ANYBODY_SIGNED_IN, media_type="application/pdf")
def download_report(ask: Asked, ref: str) -> Document:
    """The report on paper."""
    report = find_report(ask.db, ref, by=ask.by)
    return Document(pdf("safety-case", paper_of(report), at=report.issued_at), "application/pdf")


CALLS = [
    show_scheme, show_safety, list_hazards, add_hazard, change_hazard, bring_in, give_out, show_report,
    download_report,
]  # fmt: skip
