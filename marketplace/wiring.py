"""Which engine is plugged in where, and which event wakes which subscriber. One page, two tables."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from marketplace.catalogue import events as catalogue
from marketplace.catalogue.actions.importing import run_import
from marketplace.catalogue.queries.imports import begun_by, running_imports
from marketplace.catalogue.subscribers import indexes, tell_moderators, tell_supplier
from marketplace.faces.services import Services
from marketplace.faces.upkeep import compare_index, mend_index
from marketplace.faces.webhooks import HOOKS, queue_webhooks
from marketplace.frameworks.loader import Frameworks, load, read_plain
from marketplace.frameworks.loader.registers import read_registers
from marketplace.identity import events as identity
from marketplace.identity import subscribers as people
from marketplace.identity.actions.tidy import forget
from marketplace.identity.actions.webhooks import send_due
from marketplace.kit.db import Database
from marketplace.kit.events import Event
from marketplace.kit.jobs import Subscriber, Subscribers
from marketplace.kit.record import seal, sweep
from marketplace.kit.schedules import Schedules
from marketplace.ports.files.disk import DiskFiles
from marketplace.ports.files.port import Files
from marketplace.ports.mail.post import Post
from marketplace.ports.mail.url import mail_from_url
from marketplace.ports.outward.web import WebOutward
from marketplace.ports.search.declared import vocabulary_from
from marketplace.ports.search.meilisearch.engine import MeilisearchSearch
from marketplace.ports.search.port import Search, Vocabulary
from marketplace.ports.search.tantivy.engine import TantivySearch
from marketplace.procurement import events as procurement
from marketplace.procurement import subscribers as projects
from marketplace.procurement.actions.saved import tell_what_is_new
from marketplace.procurement.actions.watch import watch_prices_of_the_day
from marketplace.settings import Settings
from marketplace.web.letters import letters_from

NEWS_BATCH = 50


@dataclass(frozen=True, slots=True)
class House:
    """Everything plugged together: what faces use, who listens, what runs by the clock."""

    services: Services
    subscribers: Subscribers
    schedules: Schedules


def house_from(settings: Settings) -> House:
    services = services_from(settings)
    return House(services, subscribers_over(services), schedules_over(services))


def services_from(settings: Settings) -> Services:
    frameworks = load(settings.frameworks)
    return Services(
        database=Database(settings.database_url),
        search=search_from(settings, frameworks),
        files=files_from(settings.files_url),
        mail=mail_from_url(settings.mail_url, sender=settings.mail_from),
        frameworks=frameworks,
        clock=lambda: datetime.now(UTC),
        secret=settings.secret_key.get_secret_value().encode(),
        templates=settings.templates,
        base_url=settings.base_url,
        is_demonstration=settings.is_demonstration,
        is_secure=settings.is_secure,
        trusted_proxies=frozenset(settings.trusted_proxies),
        registers=read_registers(settings.frameworks),
        doors=doors_of(settings),
    )


def doors_of(settings: Settings) -> dict[str, str]:
    """The people of the demonstration whom anybody may enter as; nobody in production."""
    if not settings.is_demonstration:
        return {}
    told = read_plain(settings.frameworks / "demonstration" / "people.yaml")
    return {person["email"]: person["says"] for person in told["people"] if person.get("door")}


def folder_of(url: str) -> Path:
    """The folder that a URL such as `file:///var/files` names."""
    return Path(unquote(urlsplit(url).path))


def files_from(url: str) -> Files:
    if urlsplit(url).scheme != "file":
        raise ValueError(f"TOUCHSTONE_FILES_URL is {url}: only file:///folder is known")
    return DiskFiles(folder_of(url))


def search_from(settings: Settings, frameworks: Frameworks) -> Search:
    words = vocabulary_of(frameworks)
    if urlsplit(settings.search_url).scheme in ("http", "https"):
        return MeilisearchSearch(settings.search_url, settings.search_key.get_secret_value(), words)
    return TantivySearch(folder_of(settings.search_url), words)


def sign_with(secret: bytes) -> Callable[[bytes], str]:
    """Signs heads of the record with Ed25519; the key is derived from the secret of the settings."""
    seed = HKDF(SHA256(), 32, salt=None, info=b"touchstone record head").derive(secret)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return lambda data: base64.b64encode(key.sign(data)).decode()


def vocabulary_of(frameworks: Frameworks) -> Vocabulary:
    """The synonyms and spellings that search knows, from the newest version of each file."""
    plain = frameworks.plain
    return vocabulary_from(synonyms=plain["taxonomy/synonyms.yaml"][-1], spelling=plain["taxonomy/spelling.yaml"][-1])


def listening(services: Services, post: Post) -> Mapping[type[Event], Sequence[tuple[str, Subscriber]]]:
    """Who hears what. The name of a subscriber is kept for life: deliveries on their way carry it."""
    index = ("index", indexes(services.search, services.frameworks))
    supplier, moderators = ("tell supplier", tell_supplier), ("tell moderators", tell_moderators)
    watch, follow = ("watch shortlists", projects.watches_shortlists), ("tell followers", projects.tells_followers)
    hasten = ("hasten searches", projects.hastens_searches)
    end = ("tell the end", projects.tells_the_end)
    return {
        catalogue.ListingPublished: [index, supplier, watch, follow, hasten],
        catalogue.ListingSuspended: [index, supplier, watch, follow],
        catalogue.ListingReinstated: [index, supplier, watch, follow],
        catalogue.ListingWithdrawn: [index, watch, follow],
        catalogue.ListingSubmitted: [index, moderators],
        catalogue.ListingSentBack: [index, supplier],
        catalogue.ListingConfirmed: [index],
        catalogue.PricesChanged: [index, watch, follow],
        catalogue.ProductClaimAsked: [moderators],
        catalogue.ProductClaimSettled: [index, supplier],
        catalogue.ProductsImported: [index, watch, hasten],
        procurement.ColleagueAdded: [("tell colleague", projects.tells_colleagues)],
        procurement.CommentMade: [("tell who is asked", projects.tells_who_is_asked)],
        procurement.ProjectDecided: [end],
        procurement.ProjectClosed: [end],
        procurement.ProjectReopened: [end],
        identity.SignUpAsked: [("mail sign-up", people.mails_sign_up(post))],
        identity.PasswordResetAsked: [("mail reset", people.mails_reset(post))],
        identity.AddressChangeAsked: [("mail confirmation", people.mails_address_confirmation(post))],
        identity.AddressChanged: [("mail address changed", people.mails_address_changed(post))],
        identity.MemberInvited: [("mail invitation", people.mails_invitation(post))],
        identity.PersonTold: [("mail notice", people.mails_notice(post))],
        identity.PasswordChanged: [("tell of password", people.tells_of_password)],
        identity.TokenMade: [("tell of token", people.tells_of_token)],
        identity.RoleGiven: [("tell of role", people.tells_of_role_given)],
        identity.RoleTaken: [("tell of role", people.tells_of_role_taken)],
        identity.DeputyNamed: [("tell of deputy", people.tells_of_deputy)],
        identity.MembershipEnded: [("tell of end", people.tells_of_end)],
        identity.JoinAsked: [("tell of asking", people.tells_of_join_asked)],
        identity.JoinRefused: [("tell of refusal", people.tells_of_join_refused)],
        identity.MemberJoined: [("tell of new member", people.tells_of_new_member)],
        identity.OrganisationRegistered: [("tell of look-alike", people.tells_of_look_alike)],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (
    catalogue.ProductAdded, catalogue.DescriptionChanged, catalogue.EditionBegun, catalogue.AttachmentAdded,
    catalogue.AttachmentRemoved, catalogue.ImportStarted, procurement.ColleagueRemoved,
    procurement.RequirementAdded, procurement.RequirementRemoved, procurement.FitJudged, procurement.SearchKept,
    procurement.CommentDone, procurement.SearchSaved,
    procurement.SearchForgotten, procurement.FollowBegun, procurement.FollowEnded,
    identity.PersonAdded, identity.PersonChanged, identity.PersonDisabled, identity.PersonEnabled, identity.SignedIn,
    identity.SignedOut, identity.SessionsEnded, identity.ActingForChanged, identity.OrganisationChanged,
    identity.InvitationWithdrawn, identity.WebhookMade, identity.WebhookEnded,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""


def subscribers_over(services: Services) -> Subscribers:
    post = Post(services.mail, letters_from(services.templates), services.base_url)
    rows = {event.recorded_as: list(heard) for event, heard in listening(services, post).items()}
    for event in HOOKS:
        rows.setdefault(event.recorded_as, []).append(("queue webhooks", queue_webhooks))
    return rows


def schedules_over(services: Services) -> Schedules:
    """What runs by the clock: how often, and what. Each opens its own transactions and is repeatable."""
    return {
        "imports": (timedelta(seconds=2), lambda at: go_on_with_imports(services)),
        "webhooks": (timedelta(seconds=2), lambda at: send_webhooks(services, at)),
        "seal": (timedelta(minutes=1), lambda at: seal_record(services, at)),
        "mend-index": (timedelta(seconds=30), lambda at: mend_index(services)),
        "saved-searches": (timedelta(minutes=5), lambda at: look_for_news(services, at)),
        "prices-of-the-day": (timedelta(hours=6), lambda at: watch_prices(services, at)),
        "forget": (timedelta(hours=6), lambda at: forget_old(services, at)),
        "compare-index": (timedelta(hours=24), lambda at: compare_index(services)),
    }


def go_on_with_imports(services: Services) -> None:
    """Run each import that somebody started, from where it was."""
    with services.database.reading() as db:
        waiting = [(one.id, begun_by(db, one)) for one in running_imports(db)]
    for import_id, by in waiting:
        run_import(
            services.database.writing, services.files.open, services.frameworks, import_id, by=by, clock=services.clock
        )


def seal_record(services: Services, at: datetime) -> None:
    """Put new entries in order, sign the head, forget what is done."""
    sign = sign_with(services.secret)
    with services.database.writing() as db:
        while seal(db, at=at, sign=sign).count:
            db.flush()
        sweep(db)


def send_webhooks(services: Services, at: datetime) -> None:
    """Send what webhooks have still to hear; what nobody takes is tried again, each time later."""
    outward = WebOutward(is_laptop=services.is_demonstration)
    while send_due(services.database, outward, services.secret, at=at):
        pass


def look_for_news(services: Services, at: datetime) -> None:
    looked = NEWS_BATCH
    while looked == NEWS_BATCH:
        with services.database.writing() as db:
            looked = tell_what_is_new(db, services.search, at=at, most=NEWS_BATCH)


def watch_prices(services: Services, at: datetime) -> None:
    with services.database.writing() as db:
        watch_prices_of_the_day(db, at=at)


def forget_old(services: Services, at: datetime) -> None:
    with services.database.writing() as db:
        forget(db, at=at)
