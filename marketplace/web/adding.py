"""What the little forms under a product need: add to a project, follow, compare. For product pages and results."""

from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.values import Value
from marketplace.procurement.models import Project
from marketplace.procurement.policies import may_start, may_write
from marketplace.procurement.queries.projects import find_project, open_projects, seat_of
from marketplace.procurement.queries.saved import follow_on

MOST = 8


class Place(Value):
    """A project that the product can be added to."""

    ref: str
    name: str


class Adding(Value):
    """The projects to offer, newest first; where a form leads back to; the follow that stands, if there is one.

    `project` is the one that the page stands in, such as results of a search made in it; `may_add`: the actor can write
    in it now. `may_pilot`: the actor can start a pilot of a product.
    """

    places: tuple[Place, ...]
    back: str
    project: Place | None = None
    may_add: bool = False
    follow_id: UUID | None = None
    is_signed_in: bool = False
    may_pilot: bool = False


def adding(ask: Ask, *, project_ref: str = "", product_id: UUID | None = None) -> Adding:
    """For a page in the context of a project, of a product, or of neither.

    Whom the project is not shared with sees the page without it: products are for all, and links are sent around.
    """
    if ask.actor is None:
        return Adding((), ask.url)
    project = _project(ask.db, project_ref, by=ask.actor) if project_ref else None
    writes = project is not None and may_write(ask.actor, project, seat_of(ask.db, project, ask.actor))
    places = tuple(place_of(each) for each in open_projects(ask.db, by=ask.actor, limit=MOST))
    followed = follow_on(ask.db, product_id, by=ask.actor) if product_id else None
    follow_id = followed.id if followed is not None and followed.ended_at is None else None
    here = place_of(project) if project else None
    product = ask.db.get(Product, product_id) if product_id else None
    may_pilot = may_start(ask.actor) and (product is None or product.state == "live")
    may_add = writes and project is not None and project.state == "open"
    return Adding(places, ask.url, here, may_add, follow_id, is_signed_in=True, may_pilot=may_pilot)


def _project(db: Session, ref: str, *, by: Actor) -> Project | None:
    try:
        return find_project(db, ref, by=by)
    except NotFound:
        return None


def place_of(project: Project) -> Place:
    return Place(project.ref, project.name)
