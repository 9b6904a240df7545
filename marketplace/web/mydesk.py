"""The desk: what waits for me, by date, and what changed since I was here. Composed of what the rooms answer."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from marketplace.catalogue.queries.listings import listings_of
from marketplace.catalogue.queries.moderation import claims_waiting, waiting
from marketplace.faces.archive import archive_of
from marketplace.faces.ask import Ask
from marketplace.faces.succession_shown import moves_of
from marketplace.identity.actions.people import oneself
from marketplace.identity.policies import ROLES, Permission
from marketplace.identity.queries.notices import notices_of
from marketplace.identity.queries.remarks import asked_of
from marketplace.identity.queries.successions import successions_of
from marketplace.kit.calendar import day_in_london
from marketplace.procurement.queries.comments import asked_in_projects
from marketplace.procurement.queries.deadlines import deadlines_between
from marketplace.procurement.queries.projects import open_projects
from marketplace.procurement.rules.deadlines import SOON
from marketplace.web.assurance.desk import assessing, replying
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Page, page
from marketplace.web.evidence.desk import looking_again
from marketplace.web.identity.desk import belonging, invited, letting_in, setting_up
from marketplace.web.promised import promised
from marketplace.web.safety.desk import keeping_safe

Item = dict[str, Any]
RECENT, QUOTED = 8, 240
LOOKED_BACK = timedelta(days=366)


@page("/my-desk", who=ANYBODY_SIGNED_IN)
def my_desk(ask: Ask) -> Page:
    """What the signed-in person has to do for the organisation they act for."""
    items = [
        *setting_up(ask), *invited(ask), *letting_in(ask),
        *_asked(ask), *_due_in_projects(ask), *promised(ask), *_moderating(ask), *_supplying(ask), *keeping_safe(ask),
        *assessing(ask), *replying(ask),
        *looking_again(ask),
        *_to_agree(ask), *_unreachable(ask),
    ]  # fmt: skip
    values = {
        "waiting": by_date(items, day_in_london(ask.at)),
        "projects": open_projects(ask.db, by=ask.by) if ask.may(Permission.PROJECT_READ) else [],
        "news": notices_of(ask.db, ask.person_id, size=RECENT).items,
        "roles": [ROLES[role] for role in ask.by.roles if role in ROLES],
        "teaches": _teaches(ask),
    }
    return Page("mydesk/desk.html", values)


def by_date(items: Sequence[Item], today: date) -> list[Item]:
    """The earliest first, what has no date last; what is over is marked, and what waits since a moment says so."""

    def day(item: Item) -> date:
        due = item.get("due")
        return day_in_london(due) if isinstance(due, datetime) else due or date.max

    return [
        {**item, "late": is_a_day(item) and day(item) < today, "since": isinstance(item.get("due"), datetime)}
        for item in sorted(items, key=day)
    ]


def is_a_day(item: Item) -> bool:
    """Whether `due` is a day by which something is to be done, and not the moment since which it waits."""
    return isinstance(item.get("due"), date) and not isinstance(item["due"], datetime)


def _asked(ask: Ask) -> Iterator[Item]:
    """What comments ask of this person, of things and in projects."""
    for one in asked_of(ask.db, by=ask.by):
        yield _comment(one.by.name, one.title, f"/comments/{one.kind}/{one.ref}", one.words, one.due_on or one.at)
    for comment, project in asked_in_projects(ask.db, by=ask.by):
        yield _comment(comment.by.name, project.name, f"/projects/{project.ref}/comments", comment.words, comment.at)


def _comment(by: str, about: str, url: str, words: str, due: date) -> Item:
    return {"title": f"{by} asks you: {about}", "url": url, "text": words[:QUOTED], "due": due, "kind": "Comment"}


def _due_in_projects(ask: Ask) -> Iterator[Item]:
    """Deadlines of projects that are late or near, and that somebody else does not see to."""
    today = day_in_london(ask.at)
    found = deadlines_between(ask.db, by=ask.by, first=today - LOOKED_BACK, last=today + SOON)
    for one in found:
        if one.is_open and one.owner_id in (None, ask.by.person_id) and one.project.state == "open":
            yield {
                "title": f"{one.label}: {one.project.name}",
                "url": f"/projects/{one.project.ref}/deadlines",
                "text": one.note[:QUOTED],
                "due": one.due_on,
                "kind": "Project",
            }


def _moderating(ask: Ask) -> Iterator[Item]:
    if not ask.may(Permission.CATALOGUE_MODERATE):
        return
    for one in waiting(ask.db, by=ask.by):
        yield {
            "title": f"{one.version.name} waits to be published",
            "url": f"/moderation/{one.product.ref}",
            "text": one.product.supplier_name,
            "due": one.since,
        }
    for claim in claims_waiting(ask.db, by=ask.by):
        title = f"{claim.organisation.name} claims {claim.product.name}"
        yield {"title": title, "url": f"/moderation/{claim.product.ref}", "text": claim.reason, "due": claim.asked_at}


def _supplying(ask: Ask) -> Iterator[Item]:
    if not ask.may(Permission.CATALOGUE_WRITE):
        return
    for listed in listings_of(ask.db, by=ask.by).items:
        if listed.open is not None and listed.open.state == "draft":
            yield {
                "title": f"{listed.open.name} is a draft",
                "url": f"/listings/{listed.product.ref}",
                "text": "Finish it and submit it, or leave it until you are ready.",
                "due": listed.open.created_at,
            }


def _unreachable(ask: Ask) -> Iterator[Item]:
    """The reader's own address, where mail to it does not arrive."""
    person = oneself(ask.db, ask.by)
    if person.mail_failed_at is not None:
        yield {
            "title": "Mail to you does not arrive",
            "url": "/account",
            "text": f"Confirm {person.email}, or give another address.",
            "due": person.mail_failed_at,
        }


def _to_agree(ask: Ask) -> Iterator[Item]:
    """Organisations that are to join or to split, and wait for the reader's yes."""
    if not ask.may(Permission.MEMBER_MANAGE):
        return
    for one in successions_of(ask.db, by=ask.by):
        if "agree" in moves_of(one, ask.by):
            yield {
                "title": f"{one.old.name} and {one.new.name}: agree or decline",
                "url": f"/successions/{one.ref}",
                "text": one.reason[:120],
                "due": one.effective_on,
            }


def _teaches(ask: Ask) -> list[dict[str, str]]:
    """What an empty desk suggests, by what the person may do."""
    ways = {
        Permission.PROJECT_WRITE: ("Start a project", "/projects/new", "Searches, shortlist and reasons in one place."),
        Permission.CATALOGUE_WRITE: ("Describe a product", "/listings/new", "Answer each question once."),
        Permission.CATALOGUE_IMPORT: (
            "Import products from a file",
            "/imports",
            "See what it brings before it is written.",
        ),
        Permission.ASSURANCE_ASSESS: ("Look through your cases", "/cases", "Who applied, and where each one stands."),
        Permission.MEMBER_MANAGE: (
            "Invite a colleague",
            f"/organisations/{ask.by.organisation_ref}/invitations",
            "With the roles they need.",
        ),
        Permission.AUDIT_READ: (
            "Take everything along",
            "/my-desk/archive",
            "All of yours as one archive.",
        ),
    }
    found = [{"label": label, "url": url, "text": text} for who, (label, url, text) in ways.items() if ask.may(who)]
    search = {"label": "Search the catalogue", "url": "/products", "text": "Nobody needs a role for that."}
    return found or [*belonging(ask), search]


@page("/my-desk/archive", who=Permission.AUDIT_READ)
def take_archive(ask: Ask) -> Download:
    """Everything of the organisation as one archive: whoever leaves takes it along."""
    name = f"touchstone-{ask.by.organisation_ref}-{day_in_london(ask.at)}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Download(archive_of(ask.db, ask.services, by=ask.by, at=ask.at), "application/zip", headers)


ROUTES = [my_desk, take_archive]
