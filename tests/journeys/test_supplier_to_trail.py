"""The whole story, by form and link, without a script: from a supplier's draft to a buyer's audit trail."""

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.faces.services import Services
from marketplace.frameworks import answers
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.record import Entry
from marketplace.procurement.models import Decision, Project
from marketplace.wiring import House, schedules_over, subscribers_over
from marketplace.worker import round_of
from tests.catalogue.shelf import COMPLETE, a_live
from tests.clients import Browser
from tests.journeys.walking import Walker

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PRICE = {"price.0.label": "Letters", "price.0.unit": "letter", "price.0.model": "per-use", "price.0.price": "0.40"}
NEED = "Clinic letters take evenings. We need them drafted during the consultation."
NUMBERS = {"users": "400", "uses": "90,000", "sites": "3", "term_years": "2"}


class Story:
    """Who walks, and the worker beside them."""

    def __init__(self, services: Services, client_of: Callable[[Actor], Browser], client: Browser) -> None:
        self.services = services
        self._client_of = client_of
        self.visitor = Walker(client)

    def walker(self, actor: Actor) -> Walker:
        return Walker(self._client_of(actor))

    def the_worker_works(self) -> None:
        round_of(House(self.services, subscribers_over(self.services), schedules_over(self.services)))

    def rows(self, query: Any) -> list[Any]:
        with self.services.database.reading() as db:
            return list(db.scalars(query))

    def recorded(self) -> list[str]:
        """What happened, by the names of the events, in order."""
        return [name.rsplit(".", 1)[-1] for name in self.rows(select(Entry.name).order_by(Entry.id))]


@pytest.fixture
def story(services: Services, client_of: Callable[[Actor], Browser], client: Browser) -> Story:
    return Story(services, client_of, client)


def test_from_a_supplier_s_draft_to_a_buyer_s_audit_trail(
    story: Story, db: Session, frameworks: Frameworks, lumen: Actor, rival: Actor, moderator: Actor, buyer: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """One story in five chapters, because each of them begins where the one before ended."""
    a_live(db, frameworks, by=rival, moderator=moderator, at=now, name="Quill Notes", autonomy="advises")
    supplier, operator, clinic = story.walker(lumen), story.walker(moderator), story.walker(buyer)

    base = the_supplier_lists_it(supplier, frameworks)
    the_moderator_sends_it_back_and_then_publishes_it(story, supplier, operator, base)
    ref = base.rsplit("/", 1)[-1]
    anybody_finds_it(story.visitor, ref)
    project = the_buyer_decides_with_reasons(clinic)
    the_trail_holds_it_all(story, clinic, project, ref)


def the_supplier_lists_it(supplier: Walker, frameworks: Frameworks) -> str:
    supplier.open("/listings").follow("Add a product")
    supplier.press("Begin the draft", name="Lumen Scribe", kind="genai-application").sees("Nobody else can see it yet")
    base = supplier.path.removesuffix("/description")
    supplier.open(base).press("Submit for publication").sees("is not complete")

    for section in frameworks.form("genai-application").sections:
        answer_section(supplier, frameworks, base, section.id)
    supplier.open(base).follow("Prices").fill_and_press("Declare these prices", PRICE)
    supplier.sees("Declared: 1 price of Lumen Scribe.", "Nothing is missing")
    supplier.follow("Documents").press(
        "Add it", kind="instructions", access="public", files={"file": ("Guide.pdf", PDF, "application/pdf")}
    ).sees("Guide.pdf is kept")
    supplier.open(base).press("Submit for publication").sees("is with a moderator now")
    return base


def answer_section(supplier: Walker, frameworks: Frameworks, base: str, section: str) -> None:
    """Answer every question of the section that is asked; some are asked once another is answered."""
    form = frameworks.form("genai-application").section(section)
    said = answers.fields(form, {name: COMPLETE[name] for name in form.questions if name in COMPLETE})
    supplier.open(f"{base}/description?section={section}")
    for _ in range(3):
        there = supplier.fields("Save and go on")
        supplier.fill_and_press("Save and go on", {name: value for name, value in said.items() if name in there})
        assert supplier.answer.status_code == 200, supplier.words
        if f"section={section}" not in str(supplier.answer.url):
            return
    raise AssertionError(f"the section {section} does not let go")


def the_moderator_sends_it_back_and_then_publishes_it(
    story: Story, supplier: Walker, operator: Walker, base: str
) -> None:
    story.the_worker_works()
    operator.open("/my-desk")
    operator.open("/moderation").follow("Lumen Scribe").sees("Letters", "Guide.pdf")
    operator.fill_and_press("Send back with these reasons", {"remark.known-risks": "Say how often.", "reason": ""})
    operator.sees("Lumen Scribe is sent back")

    story.the_worker_works()
    supplier.open(base).sees("A moderator sent it back", "Say how often.")
    section = next(a.get("href") for a in supplier.page.iter("a") if "known-risks" in (a.get("href") or ""))
    supplier.open(section.partition("#")[0]).sees("A moderator asks: Say how often.")
    supplier.fill_and_press("Save and go on", {"known-risks": "One letter in 200 leaves out what was said quietly."})
    supplier.open(base).press("Submit for publication").sees("is with a moderator now")

    operator.open("/moderation").follow("Lumen Scribe").sees("One letter in 200").press("Publish")
    operator.sees("Edition 1 of Lumen Scribe is published", "Nothing waits")
    story.the_worker_works()
    supplier.open("/notices").sees("Lumen Scribe")
    assert [one.state for one in story.rows(select(Product).where(Product.name == "Lumen Scribe"))] == ["live"]


def anybody_finds_it(visitor: Walker, ref: str) -> None:
    visitor.open("/").fill_and_press("Search", {"q": "scribe for clinic leters"}).sees("Lumen Scribe", "Showing results for")
    visitor.open("/products").press("Apply filters", autonomy=["drafts"]).sees("1 product", "Lumen Scribe")
    visitor.misses("Quill Notes")
    visitor.follow("Lumen Scribe").sees("Drafts clinic letters", "£0.40", "Not for emergency calls")
    assert visitor.path == f"/products/{ref}"
    visitor.follow("Documents").follow("Guide.pdf")
    assert visitor.answer.content == PDF
    assert "attachment" in visitor.answer.headers["content-disposition"]
    assert visitor.open("/projects").path == "/sign-in"


def the_buyer_decides_with_reasons(buyer: Walker) -> str:
    buyer.open("/projects").follow("Start a project")
    buyer.fill_and_press("Start the project", {"name": "Ambient scribing", "need": NEED, **NUMBERS})
    buyer.sees("The project is started")
    project = buyer.path.removesuffix("/requirements")

    buyer.open(project).fill_and_press("Search and keep", {"q": "letters"}).sees("Lumen Scribe", "Quill Notes", "£36,000.00")
    buyer.press("Add Lumen Scribe to Ambient scribing").sees("Lumen Scribe: on the list of Ambient scribing")
    buyer.press("Add Quill Notes to Ambient scribing").sees("Quill Notes: on the list of Ambient scribing")
    refs = [box.get("value") for box in buyer.page.xpath("//input[@name='p']")]
    buyer.fill_and_press("Compare what is ticked", {"p": refs}).sees("Autonomy", "≠ differs", "Drafts", "Advises")

    buyer.open(project).follow("Quill Notes").press("Exclude")
    assert buyer.answer.status_code == 422
    buyer.fill_and_press("Exclude", {"reason": "It advises; we asked for drafts"}).sees("Quill Notes is excluded")
    buyer.follow("Lumen Scribe").fill_and_press("Include", {"reason": "Drafts and never files by itself"})
    buyer.sees("Lumen Scribe is included", "this would become a direct award", "Drafts and never files by itself")
    buyer.follow("Search 1: “letters”").press("Lock this search").sees("The search is locked", "What stood there", "Quill Notes")
    return project


def the_trail_holds_it_all(story: Story, buyer: Walker, project: str, ref: str) -> None:
    buyer.open(project).follow("Audit trail")
    told = (NEED, "Search 1, locked", "It advises; we asked for drafts", "Drafts and never files by itself", "Grace Okafor")
    buyer.sees(*told)
    page = buyer.answer

    table = list(csv.reader(StringIO(buyer.follow("Table (CSV)").answer.content.decode("utf-8-sig"))))
    assert "It advises; we asked for drafts" in [cell for row in table for cell in row]
    assert len({len(row) for row in table}) == 1
    buyer.answer = page
    assert buyer.follow("Document (PDF)").answer.content.startswith(b"%PDF-")

    assert story.rows(select(Project.name)) == ["Ambient scribing"]
    assert story.rows(select(Decision.verdict).order_by(Decision.turn, Decision.id)) == ["added", "added", "excluded", "included"]
    steps = ["ProjectStarted", "SearchKept", "CandidateAdded", "CandidateAdded", "CandidateExcluded", "CandidateIncluded",
             "SearchLocked"]  # fmt: skip
    assert [name for name in story.recorded() if name in steps] == steps
