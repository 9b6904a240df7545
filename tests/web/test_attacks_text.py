"""What people type is text wherever it is shown: in pages, mails, tables and spreadsheets. Names that mislead are seen."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urljoin
from zipfile import ZipFile

import pytest
from lxml import html

from marketplace.catalogue.search import documents
from marketplace.frameworks.schema.questions import Kind
from marketplace.identity.policies import Actor
from marketplace.ports.mail.folder import FolderMail
from marketplace.procurement.actions.comments import say
from marketplace.procurement.actions.requirements import add_requirement
from marketplace.procurement.actions.saved import save_search
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on
from marketplace.procurement.schemas import Wanted
from tests.catalogue.shelf import COMPLETE, a_complete_draft, a_live
from tests.clients import Browser
from tests.procurement.scenes import QUERY, a_project, a_step, loaded
from tests.web.identities import worked
from tests.worlds import part

CANARY = """'"><svg/onload=x>{{7*7}}"""
FORMULA = '=HYPERLINK("https://evil.example","Click")'
TYPED = {"text", "search", "email", "tel", "url", "password", ""}
FORMS = {
    "buyer": (
        "/projects/new", "/account/name", "/account/address", "/account/tokens", "/account/password", "/organisations/new/supplier",
        "/saved-searches", "/organisations/{org}/details", "/organisations/{org}/invitations", "/organisations/{org}/deputies",
        "/projects/{project}", "/projects/{project}/description", "/projects/{project}/decision", "/projects/{project}/requirements",
        "/projects/{project}/searches", "/projects/{project}/people", "/projects/{project}/comments",
        "/projects/{project}/candidates/{live}", "/products/{live}", "/products?q=x",
    ),
    "lumen": (
        "/listings/new", "/listings/{draft}/facts", "/listings/{draft}/prices", "/listings/{draft}/documents",
        "/listings/{draft}/withdrawal", "/organisations/{org}/details", "/imports",
        *(f"/listings/{{draft}}/description?section={section}" for section in ("what-it-does", "intended-use", "")),
    ),
    "moderator": ("/moderation/{waiting}", "/listings/{live}/suspension", "/organisations/{org}/details"),
}  # fmt: skip
PAGES = {
    "buyer": (
        "/projects", "/projects/{project}", "/projects/{project}/description", "/projects/{project}/decision",
        "/projects/{project}/requirements", "/projects/{project}/searches", "/projects/{project}/people", "/my-desk", "/audit",
        "/projects/{project}/comments", "/projects/{project}/trail", "/projects/{project}/candidates/{live}", "/saved-searches",
        "/organisations", "/organisations/{org}", "/organisations/{org}/members", "/organisations/{org}/details", "/account", "/notices",
        "/products", "/products?q={canary}", "/products/suggestions?q=lumen", "/products/{live}", "/products/{live}/details",
        "/products/{live}/changes", "/products/{live}/price", "/products/{live}/editions/1", "/compare?p={live}&p={other}", "/dev/mail",
    ),
    "lumen": ("/listings", "/listings/{draft}", "/listings/{draft}/preview", "/listings/{draft}/facts", "/listings/{draft}/description"),
    "moderator": ("/moderation", "/moderation/{waiting}", "/moderation/{live}", "/operations"),
}  # fmt: skip


def faults_of(page: str) -> list[str]:
    """Whether the canary became anything but text."""
    tree = html.document_fromstring(page)
    found = [f"<{one.tag}> carries {name}" for one in tree.iter() if isinstance(one.tag, str) for name in one.attrib if name[:2] == "on"]
    found += ["the canary is an element"] * len(re.findall(r"<svg\s*/\s*onload", page, re.IGNORECASE))
    found += ["the canary was computed"] * ("<svg/onload=x>49" in tree.text_content())
    return found


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db) -> None:
    db.expire_on_commit = False


@part
def scene(db, services, frameworks, buyer: Actor, lumen: Actor, rival: Actor, moderator: Actor, now) -> dict[str, str]:
    """The canary in every text that people write, through the actions."""
    said = {name: f"{value} {CANARY}" for name, value in COMPLETE.items() if is_free(frameworks, name)}
    assert len(said) > 6
    name = f"Lumen {CANARY}"
    described = {key.replace("-", "_"): value for key, value in said.items()}
    live = a_live(db, frameworks, by=lumen, moderator=moderator, at=now, name=name, **described)
    draft = a_complete_draft(db, frameworks, by=lumen, at=now, name=f"Draft {CANARY}", **described)
    other = a_live(db, frameworks, by=rival, moderator=moderator, at=now, name=f"Quill {CANARY}", **described)
    waiting = a_complete_draft(db, frameworks, by=rival, at=now, name=f"Waits {CANARY}", **described)
    project = a_project(db, by=buyer, at=now, name=f"Winter {CANARY}", need=f"We need {CANARY}")
    add_candidates(db, project, [loaded(db, live), loaded(db, other)], by=buyer, at=now)
    reason = Reason("", f"Because {CANARY}")
    decide_on(db, project, loaded(db, live), verdict="included", reason=reason, expected=1, by=buyer, at=now)
    add_requirement(db, project, Wanted(f"Must {CANARY}", "must", "", "in-words", ()), in_words=CANARY, by=buyer, at=now)
    say(db, project, words=f"I say {CANARY}", is_private=False, by=buyer, at=now)
    a_step(db, project, by=buyer, at=now)
    save_search(db, QUERY, name=f"Saved {CANARY}"[:80], found=(), project=project, by=buyer, at=now)
    db.commit()
    with services.database.reading() as reading:
        services.search.rebuild(documents(reading, frameworks, on=now.date()))
    return {"live": live.ref, "draft": draft.ref, "other": other.ref, "waiting": waiting.ref, "project": project.ref}


def is_free(frameworks, name: str) -> bool:  # type: ignore[no-untyped-def]
    return frameworks.questions[name].kind in (Kind.TEXT, Kind.LONG_TEXT) if name in frameworks.questions else False


@pytest.fixture
def actors(buyer: Actor, lumen: Actor, moderator: Actor) -> dict[str, Actor]:
    return {"buyer": buyer, "lumen": lumen, "moderator": moderator}


def addresses(paths: tuple[str, ...], scene: dict[str, str], actor: Actor) -> list[str]:
    return [path.format(**scene, org=actor.organisation_ref, canary="%22%3E%3Csvg/onload=x%3E") for path in paths]


@pytest.mark.parametrize("who", PAGES)
def test_what_people_typed_is_text_on_every_page_that_shows_it(client_of, services, scene, actors, who: str):
    worked(services)
    browser, shown = client_of(actors[who]), 0

    for path in addresses(PAGES[who], scene, actors[who]):
        page = browser.get(path)
        assert page.status_code == 200, path
        assert faults_of(page.text) == [], path
        shown += CANARY in html.document_fromstring(page.text).text_content()

    assert shown >= len(PAGES[who]) // 3, "the canary was not shown, so nothing was tried"


@pytest.mark.parametrize("who", FORMS)
def test_every_text_field_of_every_form_takes_the_canary_as_text(client_of, services, scene, actors, who: str):
    """Fill every field of every form with the canary and send it; look at the answer and at where it leads."""
    browser, sent = client_of(actors[who]), 0

    for path in addresses(FORMS[who], scene, actors[who]):
        page = browser.get(path)
        assert page.status_code == 200, path
        for action, values in forms_of(page.text, path):
            sent += 1
            answer = browser.post(action, data=values, follow_redirects=True)
            assert answer.status_code < 500, f"{path} -> {action}"
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert faults_of(answer.text) == [], f"{path} -> {action}"

    assert sent >= len(FORMS[who]) // 2
    for path in addresses(PAGES[who], scene, actors[who]):
        page = browser.get(path)
        assert page.status_code in (200, 404), path
        assert faults_of(page.text) == [], path
    worked(services)
    assert isinstance(services.mail, FolderMail)
    for mail in services.mail.newest():
        assert faults_of(mail.html or "<p>") == []
        assert "\n" not in mail.subject


def forms_of(page: str, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every form that has text to type and stays where one is signed in, filled."""
    for form in html.document_fromstring(page).forms:
        action = urljoin(path, form.get("action") or path)
        fields = [one for one in form.inputs if one.get("name")]
        texts = {one.get("name") for one in fields if one.tag == "textarea" or (one.tag == "input" and (one.get("type") or "") in TYPED)}
        if form.method != "POST" or not texts or action in ("/sign-out", "/acting-for", "/language"):
            continue
        values = {name: value for name, value in form.form_values() if name not in texts}
        yield action, {**first_choices(fields), **values, **dict.fromkeys(texts, CANARY)}


def first_choices(fields: list[Any]) -> dict[str, str]:
    """Something for each list and each row of buttons."""
    chosen: dict[str, str] = {}
    for one in fields:
        if one.tag == "select":
            chosen.setdefault(one.get("name"), next((value for value in one.value_options if value), ""))
        elif one.get("type") in ("radio", "checkbox"):
            chosen.setdefault(one.get("name"), one.get("value") or "on")
    return chosen


def test_a_formula_in_a_name_is_text_in_every_table(client_of, db, frameworks, buyer, lumen, rival, moderator, services, now):
    live = a_live(db, frameworks, by=lumen, moderator=moderator, at=now, name=f"{FORMULA} One")
    other = a_live(db, frameworks, by=rival, moderator=moderator, at=now, name="@SUM(1+1)*cmd|' /C calc'!A0")
    project = a_project(db, by=buyer, at=now, name="+1+1 project", need="-2+3")
    add_candidates(db, project, [loaded(db, live), loaded(db, other)], by=buyer, at=now)
    reason = Reason("", FORMULA)
    decide_on(db, project, loaded(db, live), verdict="included", reason=reason, expected=1, by=buyer, at=now)
    say(db, project, words=FORMULA, is_private=False, by=buyer, at=now)
    browser = client_of(buyer)
    tables = (f"/projects/{project.ref}/trail", f"/compare?p={live.ref}&p={other.ref}")

    for table in (f"{tables[0]}.csv", tables[1].replace("?", ".csv?"), "/open-data/products.csv", f"/v1/projects/{project.ref}/trail.csv"):
        answer = browser.get(table)
        if answer.status_code == 401:
            continue
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) > 1, table
        armed = [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell and not re.fullmatch(r"[+-]?[\d.,]+", cell)]
        assert armed == [], table
        assert any("HYPERLINK" in cell or "SUM" in cell for row in rows for cell in row), table
    for workbook in (f"{tables[0]}.ods", tables[1].replace("?", ".ods?")):
        content = ZipFile(BytesIO(browser.get(workbook).content)).read("content.xml").decode()
        assert "HYPERLINK" in content
        assert "formula=" not in content


def test_a_formula_in_an_import_comes_back_as_text_in_its_report(client_of, lumen: Actor, db):
    browser = client_of(lumen)
    header = "Your reference,Name,Supplier,Kind of product,Summary,Users"
    content = f'{header}\r\n"{FORMULA.replace(chr(34), chr(34) * 2)}",,"=1+1",No such kind,"@x",+nobody\r\n'

    sent = browser.send_form("/imports", {"mapping": "touchstone-csv"}, files={"file": ("=cmd.csv", content.encode(), "text/csv")})
    page = browser.get(sent.headers["location"])

    assert page.status_code == 200
    assert faults_of(page.text) == []


MISLEADING = {
    "right to left": "Lumen \u202eebircS",
    "an isolate": "Lumen \u2067Scribe\u2069",
    "zero width": "Lu\u200bmen Scribe",
    "a soft hyphen": "Lu\u00admen Scribe",
    "a control character": "Lumen\x07 Scribe",
    "a line break": "Lumen\nScribe",
    "a tag character": "Lumen\U000e0041 Scribe",
    "a stack of accents": "L" + "\u0301" * 30 + "umen",
    "nothing": " \u3000 ",
}


@pytest.mark.parametrize("name", MISLEADING.values(), ids=MISLEADING)
def test_a_name_with_something_hidden_is_refused_wherever_names_are_given(client_of, db, buyer, lumen, name: str):
    supplier, browser = client_of(lumen), client_of(buyer)
    company = {"nation": "england", "size": "small"}

    answers = [
        supplier.send_form("/listings/new", {"name": name, "kind": "genai-application"}),
        browser.send_form("/projects", {"name": name, "need": "Letters.", "term_years": "3"}),
        browser.send_form("/account/name", {"name": name}),
        browser.send_form("/organisations/new/supplier", {"name": name, **company}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(faults_of(answer.text) == [] for answer in answers)


ALIKE = ["Lumеn Scribe", "Lumen Ѕcribe", "LUMEN SCRIBE", "Ⅼumen Scribe", "Lumen Scr1be", "Lumen-Scribe", "Lumen  Scribee", "Ｌumen Scribe"]


@pytest.mark.parametrize("name", ALIKE)
def test_a_product_name_that_looks_like_another_s_is_shown_to_the_moderator(
    client_of: Callable[..., Browser], db, frameworks, lumen, rival, moderator, now, name: str
):
    a_live(db, frameworks, by=lumen, moderator=moderator, at=now, name="Lumen Scribe")
    copied = a_complete_draft(db, frameworks, by=rival, at=now, name=name)
    browser = client_of(moderator)

    page = browser.get(f"/moderation/{copied.ref}")

    assert "Lumen Health Ltd" in html.document_fromstring(page.text).text_content()


@pytest.mark.parametrize("name", ["Lumеn Health Ltd", "LUMEN HEALTH LTD", "Lumen Heaⅼth Ltd"])
def test_a_company_that_looks_like_another_waits_for_an_operator(client_of, db, buyer, lumen, name: str):
    answer = client_of(buyer).send_form("/organisations/new/supplier", {"name": name, "nation": "england", "size": "small"})

    told = client_of(buyer).get("/organisations").text
    assert answer.status_code == 303
    assert "Waits for an answer" in told
