"""Nobody reads or changes what belongs to others: every call that names a thing, by somebody without business there."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from marketplace.api.calls import PUBLIC, Call
from marketplace.api.routes import CALLS
from marketplace.catalogue.models import Attachment, Claim, Import
from marketplace.identity.actions.invitations import invite
from marketplace.identity.actions.members import ask_to_join
from marketplace.identity.actions.notices import tell
from marketplace.identity.actions.webhooks import make_webhook, try_out
from marketplace.identity.models import Notice, Organisation, Token
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.ports.search.port import Found, Query
from marketplace.procurement.actions.comments import say
from marketplace.procurement.actions.deadlines import Due, set_deadline
from marketplace.procurement.actions.follows import follow_product
from marketplace.procurement.actions.projects import start_project
from marketplace.procurement.actions.requirements import add_requirement
from marketplace.procurement.actions.saved import save_search
from marketplace.procurement.actions.searches import keep_step
from marketplace.procurement.actions.shortlist import add_candidates
from marketplace.procurement.events import ProjectClosed
from marketplace.procurement.models import Colleague
from marketplace.procurement.queries.projects import colleagues_of, find_project
from marketplace.procurement.schemas import Wanted, read_described
from tests.cast import a_person, a_product

REASON = {"reason": "Because."}
DETAILS = {"name": "Winter", "need": "Letters."}
BODIES: dict[str, Any] = {
    "catalogue.prices.declare": {"prices": [], "valid_from": "2026-11-24"},
    "catalogue.writing.describe": {"answers": {}},
    "catalogue.claims.claim": REASON,
    "catalogue.claims.settle": {"granted": True},
    "catalogue.moves.return_it": REASON,
    "procurement.projects.describe": DETAILS,
    "procurement.projects.name_colleague": {"email": "max.feld@example.org"},
    "procurement.requirements.require": {"wording": "It writes letters."},
    "procurement.requirements.judge": {"requirement": str(new_id()), "fit": "met", "note": "Seen."},
    "procurement.searches.search": {"q": "letters"},
    "procurement.candidates.add": {"products": ["PRODUCT"]},
    "procurement.candidates.exclude_several": {"products": ["PRODUCT"], "reason": "Because."},
    "procurement.comments.comment": {"words": "Hear, hear."},
    "procurement.deadlines.add_deadline": {"label": "Answers", "due_on": "2026-12-04"},
    "procurement.deadlines.move": {"due_on": "2026-12-05", "reason": "Because."},
    "identity.organisations.change": {"town": "Elsewhere"},
    "identity.members.give": {},
    "identity.members.make_deputy": {"deputy": str(new_id()), "role": "approver", "until": "2026-12-01"},
    "identity.requests.approve": {"roles": []},
    "identity.invitations.offer": {"email": "max.feld@example.org"},
    "identity.notices.wish": {"mail": "off"},
    "identity.second_factor.demand": {"since": "2027-01-01"},
}
OPEN_TO_ALL = {
    "catalogue.prices.list_prices", "catalogue.prices.price_for", "catalogue.products.show_product",
    "identity.organisations.join", "identity.notices.wish", "enumerations.show_enumeration", "enumerations.show_filter",
    "record.show_proof",
}  # fmt: skip
"""What is for everybody by its own nature; each is told elsewhere what it must not show."""
PARTS = {"products", "listings", "projects", "imports", "record", "saved-searches", "follows", "organisations", "requests",
         "me", "webhooks", "tokens", "notices"}  # fmt: skip
"""The parts of the API that are tried here; those of later rooms in tests/house/test_route_matrix.py."""
LATER = {"assurance", "evidence", "safety"}
"""Rooms whose calls below products and listings are tried there too."""
NAMING = [
    call for call in CALLS
    if call.parameters and call.id not in OPEN_TO_ALL and call.path.split("/")[1] in PARTS
    and call.room not in LATER and not call.id.startswith("catalogue.requests.")
]  # fmt: skip
KEPT = ("number", "edition", "role")
"""Parameters that are no secret and are the same for what never was."""


@dataclass(frozen=True)
class Things:
    """What belongs to Lumen and to Ashdown, by the name of a parameter and the part of the API."""

    product: str
    of: dict[str, dict[str, str]]

    def of_call(self, call: Call) -> dict[str, str]:
        return self.of[call.path.split("/")[1]]


@pytest.fixture
def things(db, lumen, buyer, moderator, now, services) -> Things:
    draft = a_product(db, of=lumen, at=now, name="Lumen Next", state="draft")
    live = a_product(db, of=lumen, at=now)
    document = Attachment(
        id=new_id(at=now), product_id=draft.id, kind="other", name="a.txt", digest="0" * 64, size=1, added_at=now,
        media_type="text/plain", access="public",
    )  # fmt: skip
    claim = Claim(
        id=new_id(now), product_id=draft.id, organisation_id=lumen.organisation_id, reason="Ours.", state="asked",
        asked_at=now, settled_reason="",
    )  # fmt: skip
    begun = Import(
        id=new_id(now), ref=new_reference("IMP"), organisation_id=lumen.organisation_id, mapping="touchstone-csv",
        file_name="a.csv", file_digest="0" * 64, publish=False, state="finished", begun_at=now,
    )  # fmt: skip
    db.add_all([document, claim, begun])
    products = {"ref": draft.ref, "document": str(document.id), "claim": str(claim.id), "edition": "1"}
    own = identity_things(db, buyer, now)
    projects = project_things(db, buyer, live, now)
    db.commit()
    return Things(live.ref, {
        "products": products, "listings": products, "projects": projects, "imports": {"ref": begun.ref},
        "record": {"entry": str(projects.pop("entry"))}, "saved-searches": {"saved": projects.pop("saved")},
        "follows": {"followed": projects.pop("followed")}, **own,
    })  # fmt: skip


def project_things(db, buyer: Actor, live, now) -> dict[str, Any]:
    project = start_project(db, read_described(DETAILS), by=buyer, at=now)
    db.flush()
    project = find_project(db, project.ref, by=buyer)
    wanted = Wanted("It writes letters.", "must", "", "in-words", ())
    requirement = add_requirement(db, project, wanted, in_words="", by=buyer, at=now)
    keep_step(db, project, Query(words="letters"), Found(hits=(), total=1), by=buyer, at=now)
    add_candidates(db, project, [live], by=buyer, at=now)
    deadline = set_deadline(db, project, label="Answers", due=Due(date(2026, 12, 4)), by=buyer, at=now)
    comment = say(db, project, words="Look.", is_private=False, assigned_to_id=buyer.person_id, by=buyer, at=now)
    db.flush()
    saved = save_search(db, Query(words="letters"), name="Letters", found=[], by=buyer, at=now)
    followed = follow_product(db, live, by=buyer, at=now)
    entry = record(db, ProjectClosed(project_id=project.id, reason="A secret."), by=buyer, at=now)
    seat: Colleague = colleagues_of(db, project)[0]
    return {
        "ref": project.ref, "number": "1", "product": live.ref, "requirement": str(requirement.id), "entry": entry.id,
        "deadline": str(deadline.id), "comment": str(comment.id), "seat": str(seat.id), "saved": str(saved.id), "followed": str(followed.id),
    }  # fmt: skip


def identity_things(db, buyer: Actor, now) -> dict[str, dict[str, str]]:
    organisation = db.get_one(Organisation, buyer.organisation_id)
    newcomer = a_person(db, "Nia Rees", at=now)
    asked = ask_to_join(db, organisation, message="", by=Actor(newcomer.id, None, frozenset()), at=now)
    offer = invite(db, organisation, "leo.hart@example.org", ["buyer"], by=buyer, at=now)
    more = {"url": "https://example.org/hear", "events": ["listing.published"], "known": ["listing.published"]}
    webhook = make_webhook(db, **more, description="", is_laptop=False, by=buyer, at=now)
    delivery = try_out(db, webhook, by=buyer, at=now)
    tell(db, [buyer.person_id], kind="task", title="A secret", body="", path="", key="k", at=now)
    token = Token(id=new_id(now), token_hash="0" * 64, name="t", person_id=buyer.person_id, scopes=[], created_at=now,
                  organisation_id=buyer.organisation_id)  # fmt: skip
    db.add(token)
    db.flush()
    members = {"ref": organisation.ref, "member": str(asked.id), "role": "buyer", "invitation": str(offer.id)}
    notice = db.scalars(select(Notice.id)).one()
    return {
        "organisations": members, "requests": {"member": str(asked.id)}, "me": {"invitation": str(offer.id)},
        "webhooks": {"webhook": str(webhook.id), "delivery": str(delivery.id)}, "tokens": {"token": str(token.id)},
        "notices": {"notice": str(notice)},
    }  # fmt: skip


def sent_by(program, call: Call, things: Things, named: dict[str, str]):
    """The call as somebody makes it who knows everything but has no business with it."""
    path = re.sub(r"\{(\w+):\w+\}", lambda match: named[match[1]], call.path)
    body = BODIES.get(call.id, REASON if call.body else None)
    if isinstance(body, dict) and "products" in body:
        body = {**body, "products": [things.product]}
    more: dict[str, Any] = {"headers": {"If-Match": "*"}}
    if call.form is not None:
        kind = {"kind": "other"} if "kind" in call.form.model_fields else {}
        more |= {"files": {"file": ("a.txt", b"text", "text/plain")}, "data": kind}
    return program.call(call.method, path, body, **more)


def test_a_thing_of_others_is_not_there(things, caller, caller_of, rival, other_buyer):
    strangers, wrong = [caller_of(rival), caller_of(other_buyer)], {}

    for call in NAMING:
        named = things.of_call(call)
        answers = {sent_by(stranger, call, things, named).status_code for stranger in strangers}
        anonymous = sent_by(caller, call, things, named).status_code
        if not answers <= {403, 404} or anonymous != (401 if call.who != PUBLIC else 404):
            wrong[f"{call.method} {call.path}"] = (answers, anonymous)

    assert len(NAMING) > 60
    assert wrong == {}


def test_a_thing_of_others_and_one_that_never_was_are_told_alike(things, caller_of, rival, other_buyer):
    strangers, wrong = [caller_of(rival), caller_of(other_buyer)], {}

    for call in NAMING:
        theirs = things.of_call(call)
        never = {name: value if name in KEPT else unlike(value) for name, value in theirs.items()}
        for stranger in strangers:
            there, nowhere = sent_by(stranger, call, things, theirs), sent_by(stranger, call, things, never)
            told = (there.status_code, bare(there.text, theirs)), (nowhere.status_code, bare(nowhere.text, never))
            if told[0] != told[1]:
                wrong[f"{call.method} {call.path}"] = told

    assert wrong == {}


def unlike(value: str) -> str:
    try:
        return str(UUID(value)) and str(new_id())
    except ValueError:
        return new_reference(value[:3])


def bare(text: str, named: dict[str, str]) -> str:
    for value in named.values():
        text = text.replace(value, "…")
    return text


def test_searching_and_suggesting_never_tell_of_a_draft(things, caller, caller_of, rival, services):
    services.search.rebuild([])

    for program in (caller, caller_of(rival)):
        for path in ("/products?q=Lumen+Next", "/products/suggestions?q=Lumen+N", "/products?sort=newest&counts=all"):
            found = program.get(path).json()
            assert (found["items"], found["total"]) == ([], 0)


def test_every_call_says_for_whom_it_is():
    known = {PUBLIC, "signed-in", *Permission}

    assert all(call.who in known for call in CALLS)
    checking = {"assurance.certificates.check_certificate"}
    assert {call.id for call in CALLS if call.who == PUBLIC and call.method != "GET"} == checking
    assert len({call.id for call in CALLS}) == len(CALLS)
