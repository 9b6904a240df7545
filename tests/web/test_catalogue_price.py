"""The yearly price for one's own numbers, as everybody can work it out."""

from datetime import datetime

from pytest import fixture, mark
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from tests.catalogue.shelf import a_live
from tests.clients import Browser
from tests.worlds import part

CANARY = "'\"><svg/onload=alert(1)>{{7*7}}<script>x</script>"
HEAVIEST = 14 * 1024
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TABS = ("", "/details", "/price", "/documents", "/changes", "/editions/1")


@part
def product(db: Session, frameworks: Frameworks, lumen: Actor, moderator: Actor, now: datetime) -> Product:
    return a_live(db, frameworks, by=lumen, moderator=moderator, at=now)


@fixture
def base(db: Session, product: Product) -> str:
    """The address of the product's page, once everybody can see it."""
    path = f"/products/{product.ref}"
    db.commit()
    return path


def test_four_hundred_clinicians_see_a_yearly_figure_with_its_working(client: Browser, base: str) -> None:
    page = client.get(f"{base}/price?clinicians=400&consultations=90,000&years=3")

    for words in ("400 clinicians × £12.00 × 12 months", "£85,600.00", "£102,720.00", "£261,800.00", "Over 3 years"):
        assert words in page.text
    assert 'value="90,000"' in page.text


def test_the_figure_comes_as_a_fragment_where_htmx_asks(client: Browser, base: str) -> None:
    page = client.get(f"{base}/price?users=400&uses=90000", headers={"hx-request": "true"})

    assert page.text.lstrip().startswith('<div id="price-part">')
    assert "£85,600.00" in page.text


@mark.parametrize("typed", ["-1", "0.5", "NaN", "1e9", "many", "２００", "99999999999", "1' OR 1=1", CANARY])
def test_a_number_that_cannot_be_is_refused_named_and_kept(client: Browser, base: str, typed: str) -> None:
    page = client.get(f"{base}/price", params={"clinicians": typed, "consultations": "90000"})

    assert page.status_code == 422
    assert "is not a whole number" in page.text or "is too large" in page.text
    assert 'value="90000"' in page.text
    assert "<svg/onload" not in page.text


def test_a_number_sent_twice_is_not_guessed_at(client: Browser, base: str) -> None:
    page = client.get(f"{base}/price?clinicians=1&clinicians=2&consultations=3")

    assert page.status_code == 422
    assert "2 times with different values" in page.text


@mark.parametrize("years", ["0", "99", "-1", "x"])
def test_a_term_that_is_not_offered_is_refused(client: Browser, base: str, years: str) -> None:
    page = client.get(f"{base}/price?clinicians=1&consultations=1&years={years}")

    assert page.status_code == 422
    assert "is not a term" in page.text
