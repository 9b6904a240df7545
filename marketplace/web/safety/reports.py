"""A safety case report as it was given out, to read and to keep."""

from marketplace.assurance.queries.safety.logs import find_report
from marketplace.faces.ask import Ask
from marketplace.faces.documents import pdf
from marketplace.faces.safety import paper_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Page, page
from marketplace.web.safety.showing import LEVEL_MARKS


@page("/safety-reports/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_report(ask: Ask, ref: str) -> Page:
    """Every part of the report in order, the scheme, and the log as it stood."""
    report = find_report(ask.db, ref, by=ask.by)
    home = (
        f"/deployments/{report.deployment.ref}" if report.deployment else f"/products/{report.product.ref}/safety#about"
    )
    values = {
        "report": report, "head": report.document["head"], "document": report.document, "home": home,
        "marks": LEVEL_MARKS,
    }  # fmt: skip
    return Page("safety/report.html", values)


@page("/safety-reports/{ref:str}/report.pdf", who=ANYBODY_SIGNED_IN)
def download_report(ask: Ask, ref: str) -> Download:
    """The report as a document that archives and screen readers take."""
    report = find_report(ask.db, ref, by=ask.by)
    headers = {"content-disposition": f'attachment; filename="safety-case-{report.ref}.pdf"'}
    return Download(pdf("safety-case", paper_of(report), at=report.issued_at), "application/pdf", headers)


ROUTES = [show_report, download_report]
