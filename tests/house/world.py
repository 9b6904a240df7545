"""One of each thing, made by its owner through the actions, and the address of every route that names one.

`Place.values` says what stands for the parameters of the routes below a path. A route whose parameters nobody
names here has no address: the tests say so, and whoever adds the route adds its row.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.claims import ask_claim
from marketplace.catalogue.actions.documents import attach
from marketplace.catalogue.actions.importing import begin_import
from marketplace.catalogue.search import documents
from marketplace.faces.desk import CALCULATORS
from marketplace.faces.services import Services
from marketplace.identity.actions.invitations import give_invitation_secret, invite
from marketplace.identity.actions.links import ADDRESS, RESET, SIGN_UP, ask_for_link, give_secret
from marketplace.identity.actions.members import ask_to_join
from marketplace.identity.actions.notices import tell
from marketplace.identity.actions.secrets import hash_of, new_secret
from marketplace.identity.actions.tokens import make_token
from marketplace.identity.actions.webhooks import make_webhook
from marketplace.identity.models import Membership, Notice, Organisation, Person, SignIn, WebhookDelivery
from marketplace.identity.policies import Actor
from marketplace.identity.rules.notices import NOTICE_KINDS
from marketplace.kit.db import Database
from marketplace.kit.ids import new_id
from marketplace.kit.values import replace
from marketplace.procurement.actions.comments import say
from marketplace.procurement.actions.follows import follow_product
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.actions.requirements import add_requirement
from marketplace.procurement.actions.saved import save_search
from marketplace.procurement.actions.shortlist import add_candidates
from marketplace.procurement.schemas import Wanted
from tests import cast
from tests.assurance import places as assurance
from tests.assurance import safety_places as safety
from tests.catalogue.shelf import a_draft, a_live
from tests.contracts import places as contracts
from tests.evidence import places as evidence
from tests.house.places import People, Place
from tests.identity import places as successions
from tests.payments import places as payments
from tests.procurement import places as joint
from tests.procurement.scenes import QUERY, a_project, a_step, loaded

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CSV = b"Your reference,Name,Supplier,Kind of product,Summary,Users\r\n1,One,Elsewhere Ltd,GenAI application,Drafts.,Doctors\r\n"
PARAMETER = re.compile(r"{(\w+):\w+}")


@dataclass(frozen=True)
class World:
    people: People
    places: Mapping[str, Place]
    services: Services
    at: datetime

    def place(self, path: str) -> Place | None:
        """The place with the longest path that this one begins with."""
        known = [start for start in self.places if path.startswith(start)]
        return self.places[max(known, key=len)] if known else None

    def address(self, path: str, *, shown: bool = False) -> str | None:
        """The path with its parameters filled in; None where one has no value."""
        place = self.place(path)
        values = (place.shown if shown and place.shown else place.values) if place else {}
        if any(name not in values for name in PARAMETER.findall(path)):
            return None
        return PARAMETER.sub(lambda found: values[found[1]], path)


class Rehearsal(Database):
    """The same database by the same engines, whose statements stay compiled; nothing that is written stays."""

    def __init__(self, database: Database) -> None:
        self.url, self.is_sqlite = database.url, database.is_sqlite
        self.writer, self.reader = database.writer, database.reader

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self.writer) as db:
            yield db
            db.flush()
            db.rollback()


def rehearsed(services: Services) -> Services:
    return replace(services, database=Rehearsal(services.database))


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has, and how far the record goes."""
    with database.reader.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def built(db: Session, services: Services, people: People, *, at: datetime) -> World:
    """Fill the database with one of each thing, and say where each is."""
    db.expire_on_commit = False
    places = {
        **_catalogue(db, services, people, at), **_procurement(db, people, at),
        **_identity(db, people, at), **_public(), **evidence.places(db, services, people, at),
        **assurance.places(db, services, people, at), **safety.places(db, services, people, at),
        **joint.places(db, services, people, at), **contracts.places(db, services, people, at),
        **payments.places(db, services, people, at), **successions.places(db, services, people, at),
    }  # fmt: skip
    places |= {f"/v1{path}": place for path, place in places.items()}
    db.commit()
    with services.database.reading() as reading:
        services.search.rebuild(documents(reading, services.frameworks, on=at.date()))
    return World(people, places, services, at)


def people_of(db: Session, *, at: datetime, **known: Actor) -> People:
    ashdown, lumen = "Ashdown Hospitals NHS Trust", "Lumen Health Ltd"
    plain_buyer = cast.an_actor(db, "Wim Plain", ashdown, "trust", at=at)
    plain_supplier = cast.an_actor(db, "Una Plain", lumen, "supplier", at=at)
    return People(plain_buyer=plain_buyer, plain_supplier=plain_supplier, **known)


def _catalogue(db: Session, services: Services, people: People, at: datetime) -> dict[str, Place]:
    lumen, moderator, frameworks = people.lumen, people.moderator, services.frameworks
    draft = a_draft(db, frameworks, by=lumen, at=at, name="Secret Draft")
    kept = attach(
        db, services.files, draft, BytesIO(PDF), file_name="plan.pdf", kind="instructions", access="public", by=lumen, at=at
    )
    live = a_live(db, frameworks, by=lumen, moderator=moderator, at=at, name="Open Scribe")
    public = attach(
        db, services.files, live, BytesIO(PDF), file_name="plan.pdf", kind="instructions", access="public", by=lumen, at=at
    )
    unclaimed = cast.a_product(db, of=lumen, at=at, name="Orphan Notes")
    unclaimed.organisation_id, unclaimed.source = None, {"supplier": "Nobody", "document": "A list"}
    db.flush()
    claim = ask_claim(db, unclaimed, reason="It is ours.", by=people.rival, at=at)
    stored = services.files.put(BytesIO(CSV), limit=10_000, name="products.csv")
    begun = begin_import(
        db, mapping=frameworks.mappings["touchstone-csv"], file_name="products.csv", file_digest=stored.digest,
        publish=False, by=lumen, at=at,
    )  # fmt: skip
    hidden = {"ref": draft.ref, "attachment": str(kept.id), "document": str(kept.id), "edition": "1"}
    shown = {"ref": live.ref, "attachment": str(public.id), "document": str(public.id), "edition": "1"}
    hidden["kind"] = shown["kind"] = "component-definition"
    moderated = {"ref": unclaimed.ref, "claim": str(claim.id)}
    judged = Place(moderator, people.rival, {"ref": live.ref})
    return {
        "/products/": Place(lumen, people.rival, hidden, shown),
        "/products/{ref:str}/claim": Place(lumen, people.rival, hidden, {"ref": unclaimed.ref}),
        "/products/{ref:str}/claims/": Place(moderator, people.rival, moderated),
        "/listings/": Place(lumen, people.rival, hidden),
        "/listings/{ref:str}/publication": judged,
        "/listings/{ref:str}/return": judged,
        "/listings/{ref:str}/suspension": judged,
        "/listings/{ref:str}/reinstatement": judged,
        "/moderation/": judged,
        "/imports/": Place(lumen, people.rival, {"ref": begun.ref}),
        "/imports/mappings/": Place(lumen, people.rival, {"name": "touchstone-csv"}),
    }


def _procurement(db: Session, people: People, at: datetime) -> dict[str, Place]:
    buyer = people.buyer
    project = a_project(db, by=buyer, at=at)
    product = loaded(db, cast.a_product(db, of=people.lumen, at=at, name="Candidate Scribe"))
    step = a_step(db, project, by=buyer, at=at)
    add_candidates(db, project, [product], step=step, by=buyer, at=at)
    wanted = Wanted("Works with Epic", "must", "", "in-words", ())
    requirement = add_requirement(db, project, wanted, in_words="Works with Epic", by=buyer, at=at)
    comment = say(db, project, words="Ask them.", is_private=False, assigned_to_id=buyer.person_id, by=buyer, at=at)
    seat = add_colleague(db, project, email="wim.plain@example.org", access="read", by=buyer, at=at)
    saved = save_search(db, QUERY, name="Scribes", found=(), project=project, by=buyer, at=at)
    followed = follow_product(db, product, by=buyer, at=at)
    db.flush()
    inside = {
        "ref": project.ref, "product": product.ref, "requirement": str(requirement.id), "number": str(step.number),
        "seat": str(seat.id), "comment_id": str(comment.id), "comment": str(comment.id), "candidate": product.ref,
    }  # fmt: skip
    own = {"saved": str(saved.id), "followed": str(followed.id)}
    return {
        "/projects/": Place(buyer, people.other_buyer, inside),
        "/saved-searches/": Place(buyer, people.other_buyer, own),
        "/follows/": Place(buyer, people.other_buyer, own),
    }


def _identity(db: Session, people: People, at: datetime) -> dict[str, Place]:
    buyer, other = people.buyer, people.other_buyer
    organisation = db.get_one(Organisation, buyer.organisation_id)
    invitation = invite(db, organisation, "new.colleague@example.org", ["buyer"], by=buyer, at=at)
    invited = give_invitation_secret(invitation)
    offer = invite(db, organisation, "una.plain@example.org", ["buyer"], by=buyer, at=at)
    member = _membership(db, people.plain_buyer)
    token, _ = make_token(db, name="nightly", scopes=["project:read"], expires_on=at.date(), by=buyer, at=at)
    asking = cast.a_person(db, "Ola Asks", at=at)
    request = ask_to_join(db, organisation, message="I start on Monday.", by=_nowhere(asking), at=at)
    inside = {
        "ref": organisation.ref, "key": str(member.id), "member": str(member.id), "role": "buyer",
        "invitation": str(invitation.id),
    }  # fmt: skip
    mine = {"key": str(_session(db, buyer, at)), "secret": _secret(db, ADDRESS, buyer, at)}
    notice = _notice(db, buyer, at)
    return {
        "/organisations/": Place(buyer, other, inside),
        "/organisations/{ref:str}/join": Place(people.plain_supplier, other, {**inside, "ref": organisation.ref}),
        "/organisations/{ref:str}/invitations/": Place(buyer, other, {**inside, "key": str(invitation.id)}),
        "/organisations/offers/": Place(people.plain_supplier, other, {"key": str(offer.id)}),
        "/organisations/requests/": Place(buyer, other, {"key": str(request.id)}),
        "/requests/": Place(buyer, other, {"member": str(request.id)}),
        "/me/invitations/": Place(people.plain_supplier, other, {"invitation": str(offer.id)}),
        "/invitations/": Place(buyer, other, {"secret": invited}),
        "/sign-up/": Place(buyer, other, {"secret": _link(db, SIGN_UP, "brand.new@example.org", at)}),
        "/reset/": Place(buyer, other, {"secret": _secret(db, RESET, buyer, at)}),
        "/account/address/": Place(buyer, other, mine),
        "/account/sessions/": Place(buyer, other, mine),
        "/account/confirm/with/": Place(buyer, other, {"house": "nowhere"}),
        "/account/second-factor/passkeys/": Place(buyer, other, {"key": str(new_id(at))}),
        "/account/single-sign-on/": Place(buyer, other, {"house": "nowhere", "key": str(new_id(at))}),
        "/sign-in/with/": Place(buyer, other, {"house": "nowhere"}),
        "/account/tokens/": Place(buyer, other, {"key": str(token.id)}),
        "/tokens/": Place(buyer, other, {"token": str(token.id)}),
        "/notices/": Place(buyer, other, {"key": str(notice), "notice": str(notice), "kind": next(iter(NOTICE_KINDS))}),
        "/webhooks/": Place(buyer, other, _webhook(db, buyer, at)),
        "/operations/": Place(people.moderator, other, {"delivery": str(new_id(at))}),
        "/dev/mail/": Place(buyer, other, {"key": "nothing"}),
    }


def _public() -> dict[str, Place]:
    """What has parameters and belongs to nobody."""
    nobody = _nobody()
    return {
        "/desk/": Place(nobody, nobody, {"name": next(iter(CALCULATORS))}),
        "/frameworks/": Place(nobody, nobody, {"framework": "dtac"}),
        "/open-data/": Place(nobody, nobody, {"name": "products.csv"}),
        "/static/": Place(nobody, nobody, {"name": "nothing.css"}),
        "/enumerations/": Place(nobody, nobody, {"name": "purposes"}),
        "/enumerations/filters/": Place(nobody, nobody, {"name": "kind"}),
        "/record/entries/": Place(nobody, nobody, {"entry": "1"}),
    }


def _nobody() -> Actor:
    return Actor(None, None, frozenset())


def _membership(db: Session, actor: Actor) -> Membership:
    return db.query(Membership).filter_by(person_id=actor.person_id, organisation_id=actor.organisation_id).one()


def _nowhere(person: Person) -> Actor:
    return Actor(person.id, None, frozenset(), person.name)


def _session(db: Session, actor: Actor, at: datetime) -> object:
    session = SignIn(
        id=new_id(at), token_hash=hash_of(new_secret()), person_id=actor.person_id, organisation_id=actor.organisation_id,
        csrf_secret="another", device="A phone", address="", authenticated_at=at, seen_at=at,
    )  # fmt: skip
    db.add(session)
    db.flush()
    return session.id


def _secret(db: Session, purpose: str, actor: Actor, at: datetime) -> str:
    email = db.get_one(Person, actor.person_id).email if purpose == RESET else "grace.new@example.org"
    link = ask_for_link(db, purpose, email, person_id=actor.person_id, address="203.0.113.7", at=at)
    assert link is not None
    return give_secret(link)


def _link(db: Session, purpose: str, email: str, at: datetime) -> str:
    link = ask_for_link(db, purpose, email, person_id=None, address="203.0.113.8", at=at)
    assert link is not None
    return give_secret(link)


def _notice(db: Session, actor: Actor, at: datetime) -> object:
    assert actor.person_id is not None
    tell(
        db, [actor.person_id], kind=next(iter(NOTICE_KINDS)), title="A secret notice", body="Read it.", path="/account",
        key="world", at=at,
    )  # fmt: skip
    db.flush()
    return db.query(Notice.id).filter_by(person_id=actor.person_id).order_by(Notice.id.desc()).limit(1).scalar()


def _webhook(db: Session, actor: Actor, at: datetime) -> dict[str, str]:
    webhook = make_webhook(
        db, url="https://hooks.example.org/touchstone", events=["catalogue.ListingPublished"],
        known=["catalogue.ListingPublished"], description="", is_laptop=True, by=actor, at=at,
    )  # fmt: skip
    delivery = WebhookDelivery(
        id=new_id(at), webhook_id=webhook.id, key="one", event="catalogue.ListingPublished", body="{}", queued_at=at,
        due_at=at, status=500,
    )  # fmt: skip
    db.add(delivery)
    db.flush()
    return {"webhook": str(webhook.id), "delivery": str(delivery.id)}
