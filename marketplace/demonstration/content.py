"""What is declared in frameworks/demonstration: the shapes of its files, and what has to agree between them."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from marketplace.catalogue.rules.offers import Offer, read_offer
from marketplace.demonstration.studied import StudyOf
from marketplace.frameworks.loader.reading import declared, read
from marketplace.frameworks.schema.base import Declared
from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value

FOLDER = "demonstration"


class Sheet(Declared):
    """What stands at the head of each file."""

    id: str
    version: int
    label: str
    date: date
    source: dict[str, str]
    demonstration: Literal[True]


class OrganisationOf(Declared):
    kind: str
    name: str
    town: str
    nation: str
    size: str
    mail: str
    about: str
    website: str = ""


class Seat(Declared):
    """Roles in an organisation; `limits` are in pounds, for those that sign or approve."""

    organisation: str
    roles: tuple[str, ...]
    limits: dict[str, int] = {}


class PersonOf(Declared):
    """Somebody, with a seat in one organisation or more; `says` is what the door tells of them."""

    name: str
    email: str
    seats: tuple[Seat, ...] = Field(min_length=1)
    door: bool = False
    says: str = ""


class InvitationOf(Declared):
    organisation: str
    email: str
    roles: tuple[str, ...]
    days_ago: int


class Document(Declared):
    """A document beside a product. Its ending says what is made of the text: PDF is set with the title."""

    kind: str
    file: str
    text: str
    title: str = ""
    access: str = "public"


class Edition(Declared):
    """An edition, oldest first: `answers` are those that changed. `state` is how far it came."""

    number: str
    days_ago: int
    change: str
    answers: dict[str, Any] = {}
    state: Literal["published", "draft", "submitted", "sent-back"] = "published"
    reasons: dict[str, str] = {}


class Turn(Declared):
    """What became of a listing afterwards."""

    move: Literal["suspend", "withdraw", "confirm"]
    days_ago: int
    reason: str = ""


class ProductOf(Declared):
    name: str
    kind: str
    answers: dict[str, Any]
    editions: tuple[Edition, ...] = Field(min_length=1)
    then: tuple[Turn, ...] = ()
    prices: tuple[dict[str, Any], ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def offers(self) -> list[Offer]:
        """The prices as the rules read them. Raises Invalid for one that does not hold."""
        return [read_offer({name: _lines(value) for name, value in price.items()}) for price in self.prices]


class Offered(Sheet):
    """The products of one supplier; `shared` are answers that hold for each that does not say otherwise."""

    organisation: str
    products: tuple[ProductOf, ...]
    shared: dict[str, Any] = {}


class Organisations(Sheet):
    organisations: tuple[OrganisationOf, ...]


class People(Sheet):
    people: tuple[PersonOf, ...]
    invitations: tuple[InvitationOf, ...] = ()


class Share(Declared):
    person: str
    organisation: str
    access: str


class Required(Declared):
    weight: str
    question: str = ""
    test: str = "in-words"
    wanted: tuple[str, ...] = ()
    wording: str = ""


class SearchOf(Declared):
    words: str
    filters: dict[str, tuple[str, ...]] = {}
    locked: bool = False


class DecisionOf(Declared):
    reason: str
    ground: str = ""


class StepOf(Declared):
    """One thing done in a project: exactly one of search, add, include, exclude, judge, say, decide, deadline.

    What is said `about` a product stands on the product, `shared` with its supplier. A deadline is due `in_days`.
    """

    days_ago: int
    by: str = ""
    as_: str = ""
    search: SearchOf | None = None
    add: tuple[str, ...] = ()
    include: str = ""
    exclude: str = ""
    judge: str = ""
    say: str = ""
    decide: DecisionOf | None = None
    code: str = ""
    reason: str = ""
    requirement: str = ""
    fit: str = ""
    note: str = ""
    private: bool = False
    assigned_to: str = ""
    about: str = ""
    shared: bool = False
    deadline: str = ""
    in_days: int = 0
    hour: str = ""


class ProjectOf(Declared):
    name: str
    organisation: str
    by: str
    days_ago: int
    need: str
    volumes: dict[str, int]
    term_years: int
    colleagues: tuple[Share, ...] = ()
    requirements: tuple[Required, ...] = ()
    steps: tuple[StepOf, ...] = ()


class ClaimOf(Declared):
    product: str
    organisation: str
    by: str
    days_ago: int
    reason: str


class Unclaimed(Declared):
    """A file of products that nobody has claimed, and the claims on them."""

    file: str
    days_ago: int
    claims: tuple[ClaimOf, ...] = ()


class Projects(Sheet):
    projects: tuple[ProjectOf, ...]
    unclaimed: Unclaimed


class Studies(Sheet):
    studies: tuple[StudyOf, ...]


class Content(Value):
    """Everything that is played, as declared. `folder` is where it stands."""

    folder: Path
    organisations: tuple[OrganisationOf, ...]
    people: tuple[PersonOf, ...]
    invitations: tuple[InvitationOf, ...]
    offered: tuple[Offered, ...]
    projects: tuple[ProjectOf, ...]
    unclaimed: Unclaimed
    studies: tuple[StudyOf, ...] = ()

    def products(self) -> Iterator[tuple[Offered, ProductOf]]:
        for offered in self.offered:
            for product in offered.products:
                yield offered, product


def read_content(frameworks: Path) -> Content:
    """Everything below `frameworks`/demonstration. Raises Invalid with file and line, or naming who is not known."""
    folder = frameworks / FOLDER
    people = declared(People, read(folder / "people.yaml", "people.yaml"))
    projects = declared(Projects, read(folder / "projects.yaml", "projects.yaml"))
    found = Content(
        folder=folder,
        organisations=declared(Organisations, read(folder / "organisations.yaml", "organisations.yaml")).organisations,
        people=people.people,
        invitations=people.invitations,
        offered=tuple(_offered(path) for path in sorted((folder / "products").glob("*.yaml"))),
        projects=projects.projects,
        unclaimed=projects.unclaimed,
        studies=declared(Studies, read(folder / "studies.yaml", "studies.yaml")).studies,
    )
    _refuse_strangers(found)
    return found


def first_answers(offered: Offered, product: ProductOf, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a product's first edition: what its supplier shares where it is asked, then its own."""
    shared = {name: answer for name, answer in offered.shared.items() if name in asked}
    return dict(plain(shared | product.answers))


def plain(value: Any) -> Any:
    """The same without dates, as a form would send it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def _offered(path: Path) -> Offered:
    return declared(Offered, read(path, f"products/{path.name}"))


def _lines(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _refuse_strangers(content: Content) -> None:
    known = {each.name for each in content.organisations}
    named = [seat.organisation for person in content.people for seat in person.seats]
    named += [offered.organisation for offered in content.offered]
    named += [project.organisation for project in content.projects]
    strangers = sorted(set(named) - known)
    if strangers:
        raise Invalid(f"the demonstration names organisations that it does not have: {', '.join(strangers)}")
