"""What is declared for the demonstration: it loads, it holds, it names nobody real, and it says what it is."""

import re
from collections import Counter
from pathlib import Path

import pytest

from marketplace.catalogue.rules.completeness import completeness
from marketplace.demonstration.content import Content, Offered, ProductOf, first_answers, plain, read_content
from marketplace.demonstration.papers import NOTE, content_of
from marketplace.frameworks import answers
from marketplace.frameworks.loader import Frameworks, read_plain
from marketplace.frameworks.loader.registers import read_registers
from marketplace.identity.policies import ROLES
from marketplace.kit.errors import Invalid
from marketplace.kit.text import fold
from tests.conftest import HOUSE

FOLDER = HOUSE / "frameworks" / "demonstration"
CONTENT = read_content(HOUSE / "frameworks")
PRODUCTS = list(CONTENT.products())
NAMES = [product.name for _, product in PRODUCTS]


@pytest.fixture(scope="module")
def content() -> Content:
    return CONTENT


def test_the_demonstration_is_worth_a_sales_meeting(content: Content):
    kinds = Counter(each.kind for each in content.organisations)
    products = Counter(product.kind for _, product in PRODUCTS)

    assert kinds == {
        "trust": 12, "integrated-care-board": 3, "supplier": 12, "university": 4, "assessor-body": 2, "operator": 1
    }  # fmt: skip
    assert sum(products.values()) == 45
    assert products["genai-application"] == 35
    assert set(products) == {
        "genai-application", "model", "data-set", "synthetic-data-set", "evaluation-service", "implementation-service"
    }  # fmt: skip


def test_no_invented_organisation_has_the_name_of_a_registered_one(content: Content):
    bodies = read_registers(HOUSE / "frameworks").bodies.values()
    real = {fold(name) for body in bodies for name in (body.name, *body.other_names)}

    assert [each.name for each in content.organisations if fold(each.name) in real] == []


def test_every_file_says_that_it_is_a_demonstration():
    unmarked = [path.name for path in FOLDER.rglob("*.yaml") if read_plain(path).get("demonstration") is not True]

    assert unmarked == []


def test_every_address_leads_nowhere(content: Content):
    links = re.findall(r"https?://[^\s\"',]+", "".join(path.read_text() for path in FOLDER.rglob("*.yaml")))

    assert all(re.match(r"https://([a-z-]+\.)*[a-z-]+\.example(/|$)", link) for link in links)
    assert all(each.mail.endswith(".example") for each in content.organisations)
    assert all(person.email.endswith(".example") for person in content.people)


def test_nineteen_doors_show_every_role_of_two_trusts_and_say_what_can_be_done(content: Content):
    doors = [person for person in content.people if person.door]

    assert len(doors) == 19
    assert {role for person in doors for seat in person.seats for role in seat.roles} == set(ROLES)
    assert all(person.says.endswith(".") for person in doors)
    assert sum(len(person.seats) > 1 for person in content.people) >= 3


def test_a_first_manager_is_there_for_each_organisation(content: Content):
    managed = {seat.organisation for person in content.people for seat in person.seats if "manager" in seat.roles}

    assert managed == {each.name for each in content.organisations}


def test_no_two_products_have_one_name():
    assert [name for name, times in Counter(map(fold, NAMES)).items() if times > 1] == []


@pytest.mark.parametrize(("offered", "product"), PRODUCTS, ids=NAMES)
def test_every_edition_holds_and_is_complete(offered: Offered, product: ProductOf, frameworks: Frameworks):
    form = frameworks.form(product.kind)
    described = first_answers(offered, product, form.questions)

    for place, edition in enumerate(product.editions):
        sent = described if place == 0 else plain(edition.answers)
        described, errors = answers.amend(form, described if place else {}, sent)
        skipped = answers.asked(form, described)
        assert errors == {}
        assert [name for name in described if skipped[name]] == []
        assert completeness(form, described, product.offers).gaps == ()


@pytest.mark.parametrize(("offered", "product"), PRODUCTS, ids=NAMES)
def test_every_product_answers_in_words_of_its_own(offered: Offered, product: ProductOf, frameworks: Frameworks):
    others = {each.name: each.answers for _, each in PRODUCTS if each is not product}

    said = [text for text in product.answers.values() if isinstance(text, str) and len(text) > 60]
    assert len(said) >= 5
    assert [text for text in said if any(text in other.values() for other in others.values())] == []


@pytest.mark.parametrize(("offered", "product"), PRODUCTS, ids=NAMES)
def test_a_later_edition_changes_something(offered: Offered, product: ProductOf, frameworks: Frameworks):
    described = first_answers(offered, product, frameworks.form(product.kind).questions)

    for edition in product.editions[1:]:
        after = described | plain(edition.answers)
        assert after != described
        described = after
    days = [edition.days_ago for edition in product.editions]
    assert days == sorted(days, reverse=True)


def test_papers_are_real_files_that_say_what_they_are():
    papers = [(product.name, document) for _, product in PRODUCTS for document in product.documents]

    name, pdf = next((name, each) for name, each in papers if each.file.endswith(".pdf"))
    assert content_of(pdf, name).startswith(b"%PDF-")
    assert all(NOTE.encode() in content_of(each, name) for name, each in papers if each.file.endswith(".txt"))
    assert {Path(each.file).suffix for _, each in papers} == {".pdf", ".txt", ".csv"}


def test_a_seat_in_an_organisation_that_is_not_there_is_refused(tmp_path: Path):
    copied = tmp_path / "demonstration"
    (copied / "products").mkdir(parents=True)
    for file in FOLDER.glob("*.yaml"):
        text = file.read_text()
        (copied / file.name).write_text(text.replace("{organisation: Hallmere Assurance,", "{organisation: Nowhere,"))

    with pytest.raises(Invalid, match="Nowhere"):
        read_content(tmp_path)
