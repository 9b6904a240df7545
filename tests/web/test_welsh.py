"""Welsh: what the public reads, in which voice it is read out, and that nothing of anybody's is changed by it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined
from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from marketplace.identity.models import Person
from marketplace.identity.policies import Actor
from marketplace.ports.mail.folder import FolderMail
from marketplace.settings import HOUSE
from marketplace.web.templating import page_environment
from marketplace.web.welsh.environment import speaking
from marketplace.web.welsh.figures import long_date, moment, short_date
from marketplace.web.welsh.pages import Languages
from marketplace.web.welsh.sentences import Reader
from marketplace.web.welsh.words import CATALOGUE, Words, entries_of, read
from tests.cast import a_product
from tests.clients import Browser, committed
from tests.identity.people import NIA, quick_passwords, somebody  # noqa: F401  (the fixture is named below)
from tests.web.identities import heading, link_of

TEMPLATES = HOUSE / "templates"
pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def welsh(client: Browser) -> Browser:
    """Somebody who is not signed in and reads Welsh."""
    client.cookies.set("language", "cy")
    return client


@pytest.fixture(scope="module")
def words() -> Words:
    return read(TEMPLATES / CATALOGUE)


def test_the_home_page_is_welsh_from_header_to_footer(welsh: Browser):
    page = welsh.get("/")

    assert '<html lang="cy">' in page.text
    assert "wedi'i brofi cyn talu amdano" in heading(page.text)
    assert "Mewngofnodi" in page.text
    assert "Sign in" not in page.text
    assert 'lang="en"' not in re.sub(r'<button [^>]*lang="en"[^>]*>English</button>|<a [^>]*lang="en">', "", page.text)
    assert "Cookie" in page.headers["vary"]


def test_each_welsh_page_says_that_its_words_await_a_certified_translator(welsh: Browser):
    for path in ("/", "/products", "/sign-in", "/verify", "/register", "/frameworks"):
        assert "yn aros am adolygiad gan gyfieithydd ardystiedig" in welsh.get(path).text, path
    welsh.cookies.set("language", "en")
    assert "certified translator" not in welsh.get("/").text


def test_the_switch_keeps_the_place(client: Browser):
    english = client.get("/products", params={"q": "letters & notes", "sort": "newest"})
    back = re.search(r'name="next" value="([^"]*)"', english.text)
    assert back is not None
    path = back[1].replace("&amp;", "&")
    assert '<button type="submit" name="language" value="cy" lang="cy">Cymraeg</button>' in english.text

    landed = client.send_form("/language", {"language": "cy", "next": path}).headers["location"]
    welsh = client.get(landed)

    assert landed == "/products?q=letters+%26+notes&sort=newest"
    assert '<html lang="cy">' in welsh.text
    assert 'value="letters &amp; notes"' in welsh.text
    assert '<button type="submit" name="language" value="en" lang="en">English</button>' in welsh.text


def test_a_page_without_welsh_says_so_in_welsh_and_is_read_out_in_english(welsh: Browser):
    page = welsh.get("/frameworks").text

    assert '<html lang="cy">' in page
    assert "Mae&#39;r dudalen hon yn Saesneg" in page or "Mae'r dudalen hon yn Saesneg" in page
    assert '<title lang="en">' in page
    assert '<div class="width" lang="en">' in page
    assert "Mewngofnodi" in page


def test_what_a_supplier_wrote_stays_as_it_is_and_is_marked_as_english(welsh: Browser, db, lumen: Actor, now):
    product = a_product(db, of=lumen, at=now, name="Search", summary="Safety <b>first</b>, and letters.")
    committed(db)

    page = welsh.get(f"/products/{product.ref}").text

    assert "Fersiwn 1.0, argraffiad 1" in page
    assert '<span lang="en">Safety &lt;b&gt;first&lt;/b&gt;, and letters.</span>' in page


def test_what_somebody_typed_is_never_translated(welsh: Browser):
    page = welsh.get("/products", params={"q": "Patients"}).text

    assert 'value="Patients"' in page
    assert heading(page) == "Cynhyrchion ar gyfer “Patients”"


def test_refusals_are_welsh_too(welsh: Browser, services: Services, now):
    somebody(services.database, NIA, at=now)

    wrong = welsh.post("/sign-in", data={"email": NIA, "password": "not this one at all"}).text
    nowhere = welsh.get("/no/such/page").text

    assert "Mae problem" in wrong
    assert "perthyn i&#39;w gilydd" in wrong
    assert "Dangos y cyfrinair" in wrong
    assert heading(nowhere) == "Nid oes tudalen yn y cyfeiriad hwn"
    assert '<html lang="cy">' in nowhere


def test_dates_are_written_as_welsh_writes_them():
    assert long_date(date(2026, 3, 1)) == "1 Mawrth 2026"
    assert short_date("2026-02-24") == "24 Chwef 2026"
    assert moment(datetime(2026, 7, 24, 14, 4, tzinfo=UTC)) == "24 Gorffennaf 2026, 15:04 BST"
    assert long_date(None) == moment("") == short_date(None) == ""


def test_a_date_that_the_program_wrote_into_a_text_is_welsh(words: Words):
    assert words.say("Until 24 November 2026") == "Tan 24 Tachwedd 2026"
    assert words.say("March 2026") == "Mawrth 2026"
    assert words.say("31 May 2026") == "31 Mai 2026"
    assert words.say("Until the cows come home") is None


@pytest.mark.parametrize(("number", "said"), [
    (0, "0 cynnyrch"), (1, "1 cynnyrch"), (2, "2 gynnyrch"), (3, "3 chynnyrch"), (6, "6 chynnyrch"), (7, "7 cynnyrch"),
    (1234, "1,234 cynnyrch"),
])  # fmt: skip
def test_a_noun_mutates_after_its_number(words: Words, number: int, said: str):
    assert words.count(number, "product") == said


def test_texts_that_the_program_puts_together_are_said_part_by_part(words: Words):
    assert words.say("this link was used or is too old") == "defnyddiwyd y ddolen hon neu mae'n rhy hen"
    assert words.say("United Kingdom; Ireland") == "Y Deyrnas Unedig; Iwerddon"
    assert words.say("United Kingdom; Atlantis") is None
    assert words.say("Conformity: Met") == "Cydymffurfiaeth: Bodlonwyd"
    assert words.say("Anything: at all") is None
    assert words.say("x" * 1000) is None


def test_a_reset_is_mailed_in_the_language_of_its_reader(client: Browser, db: Session, services: Services, now):
    somebody(services.database, NIA, at=now)
    with services.database.writing() as writing:
        writing.query(Person).filter_by(email=NIA).one().language = "cy"

    client.send_form("/reset", {"email": NIA})
    link_of(services, NIA, "password-reset")

    assert isinstance(services.mail, FolderMail)
    mail = services.mail.newest()[0]
    assert mail.subject == "Gosodwch gyfrinair newydd ar gyfer Touchstone"
    assert "Mae'n gweithio unwaith" in mail.text
    assert '<html lang="cy">' in mail.html
    assert "gyfieithydd ardystiedig" in mail.text


def test_who_signs_up_in_welsh_is_written_to_in_welsh_and_reads_welsh_from_then_on(
    welsh: Browser, services: Services, db
):
    welsh.send_form("/sign-up", {"email": "non@aberheli.example"})
    link = link_of(services, "non@aberheli.example", "sign-up")
    assert isinstance(services.mail, FolderMail)
    assert services.mail.newest()[0].subject == "Crëwch eich cyfrif Touchstone"

    welsh.send_form(link, {"name": "Non Prys", "password": "pedwar gair heb berthyn"})

    with services.database.reading() as reading:
        assert reading.query(Person).filter_by(email="non@aberheli.example").one().language == "cy"


def test_a_language_that_is_chosen_on_the_account_page_counts_in_this_browser_too(
    client_of: Callable[..., Browser], buyer: Actor
):
    browser = client_of(buyer)

    kept = browser.send_form("/account/language", {"language": "cy"})

    assert "language=cy" in kept.headers["set-cookie"]
    assert '<html lang="cy">' in browser.get("/").text


def test_english_readers_never_wake_the_welsh():
    languages = Languages(page_environment(TEMPLATES, asset=str), TEMPLATES)

    assert languages.of("public/home.html", "en") == (languages.english, "en")
    assert languages.of("public/home.html", "xx") == (languages.english, "en")
    assert not {"welsh", "around"} & set(vars(languages))


# How a template is read


def told(source: str, *, lines: bool = False) -> list[str]:
    found: list[str] = []
    Reader(Environment(undefined=StrictUndefined), found.append, lambda text, marked: text, lines=lines).read(source)  # type: ignore[arg-type]
    return found


def test_a_sentence_is_what_stands_between_blocks_with_its_links_values_and_conditions():
    assert told("<p>One</p>\n<p><a href='/x'>Two</a></p>") == ["One", "Two"]
    assert told('<p><a href="/x">Ask</a> for {{ it }}.</p>') == ['<a href="/x">Ask</a> for {{ it }}.']
    assert told("<p>At{% if a > 1 %} most{% endif %} ten</p>") == ["At{% if a > 1 %} most{% endif %} ten"]
    assert told("{% if a %}\n<p>One</p>\n{% else %}Two{% endif %}") == ["One", "Two"]
    assert told('<input placeholder="Type" value="Kept"><img alt="A picture">') == ["Type", "A picture"]
    assert told("<p>{{ value }} – 12 &middot; {{ other }}</p><script>const Word = 1</script>") == []
    assert told("One line\nand {{ two }}\n\n{% if a %}\nThree\n{% endif %}", lines=True) == [
        "One line",
        "and {{ two }}",
        "Three",
    ]


def test_the_welsh_of_a_template_keeps_its_values_and_marks_what_is_english():
    catalogue = Words({"{{ name }} asks": "Mae {{ name }} yn gofyn", "Save": "Cadw", "Kept": "Ar gadw"})
    env = Environment(autoescape=True)
    page = speaking(env, catalogue).from_string  # templates of no name are left in English
    assert page("<p>{{ name }} asks</p>").render(name="x") == "<p>x asks</p>"

    env.loader = DictLoader(
        {"a.html": '<p>{{ name }} asks</p><b title="Save">{{ "Save" }}</b>{{ state }}<i class="{{ state }}">'}
    )
    shown = speaking(env, catalogue).get_template("a.html").render(name="<Kept & sound>", state="Kept")

    assert shown == (
        '<p>Mae <span lang="en">&lt;Kept &amp; sound&gt;</span> yn gofyn</p><b title="Cadw">Cadw</b>Ar gadw<i class="Kept">'
    )


def test_a_catalogue_that_cannot_be_read_says_which_line():
    with pytest.raises(ValueError, match="this is not a line of a catalogue: msgid Save"):
        list(entries_of("msgid Save\n"))
