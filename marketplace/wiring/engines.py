"""Which engine is plugged in where: database, search, files, mail, payments, and other houses."""

from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

from marketplace.catalogue.search import facets
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks, load, recalled
from marketplace.frameworks.loader.registers import read_registers
from marketplace.kit.db import Database
from marketplace.kit.starting import later
from marketplace.ports.files.disk import DiskFiles
from marketplace.ports.files.port import Files
from marketplace.ports.gateway.none import NoGateway
from marketplace.ports.gateway.port import Gateway
from marketplace.ports.mail.mailbox import mailbox_from_url
from marketplace.ports.mail.url import mail_from_url
from marketplace.ports.search.declared import vocabulary_from
from marketplace.ports.search.meaning.extra import meaning_in
from marketplace.ports.search.port import Search, Vocabulary
from marketplace.ports.search.tantivy.engine import TantivySearch
from marketplace.ports.signin.port import Elsewhere, NowhereElse, Provider
from marketplace.settings import Settings


def services_from(settings: Settings) -> Services:
    frameworks = frameworks_in(settings.frameworks)
    return Services(
        database=Database(settings.database_url),
        search=search_from(settings, frameworks),
        files=files_from(settings.files_url),
        mail=mail_from_url(settings.mail_url, sender=settings.mail_from),
        mailbox=mailbox_from_url(settings.bounces_url),
        bounces_secret=settings.bounces_secret.get_secret_value(),
        gateway=gateway_from(settings),
        elsewhere=elsewhere_from(settings),
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


@cache
def frameworks_in(folder: Path) -> Frameworks:
    """What is declared in a folder, read once in a process."""
    return load(folder)


def doors_of(settings: Settings) -> dict[str, str]:
    """The people of the demonstration whom anybody may enter as; nobody in production."""
    if not settings.is_demonstration:
        return {}
    told = recalled(settings.frameworks / "demonstration" / "people.yaml", "people.yaml")
    return {person["email"]: person["says"] for person in told.data["people"] if person.get("door")}


def folder_of(url: str) -> Path:
    """The folder that a URL such as `file:///var/files` names."""
    return Path(unquote(urlsplit(url).path))


def files_from(url: str) -> Files:
    if urlsplit(url).scheme != "file":
        raise ValueError(f"TOUCHSTONE_FILES_URL is {url}: only file:///folder is known")
    return DiskFiles(folder_of(url))


def gateway_from(settings: Settings) -> Gateway:
    """Stripe where its key is set; without one a rehearsal in the demonstration, and bank transfers in production.

    Its SDK brings two hundred and fifty modules, which are read when somebody first asks for an invoice.
    """
    if settings.stripe_key.get_secret_value():
        return later(lambda: _stripe(settings))
    return later(lambda: _rehearsal(settings)) if settings.is_demonstration else NoGateway()


def _stripe(settings: Settings) -> Gateway:
    engine = import_module("marketplace.ports.gateway.stripe")
    key, secret = settings.stripe_key.get_secret_value(), settings.stripe_webhook_secret.get_secret_value()
    found: Gateway = engine.StripeGateway(key, secret)
    return found


def _rehearsal(settings: Settings) -> Gateway:
    engine = import_module("marketplace.ports.gateway.rehearsal")
    folder = folder_of(settings.files_url).parent / "gateway"
    found: Gateway = engine.RehearsalGateway(folder, lambda: datetime.now(UTC))
    return found


def elsewhere_from(settings: Settings) -> Elsewhere:
    """The other houses from which people may come: those that settings declare."""
    declared = [
        Provider(**each.model_dump(exclude={"client_secret"}), client_secret=each.client_secret.get_secret_value())
        for each in settings.all_oidc_providers
    ]
    if not declared:
        return NowhereElse()
    oidc, web = (import_module(f"marketplace.ports.{name}") for name in ("signin.oidc", "outward.web"))
    is_laptop = settings.is_demonstration
    found: Elsewhere = oidc.OidcElsewhere(declared, web.WebOutward(is_laptop=is_laptop), is_laptop=is_laptop)
    return found


def search_from(settings: Settings, frameworks: Frameworks) -> Search:
    words = vocabulary_of(frameworks)
    if urlsplit(settings.search_url).scheme in ("http", "https"):
        meilisearch = import_module("marketplace.ports.search.meilisearch.engine")
        found: Search = meilisearch.MeilisearchSearch(
            settings.search_url, settings.search_key.get_secret_value(), words
        )  # read only where it is plugged in
        return found
    folder = folder_of(settings.search_url)
    return TantivySearch(folder, words, meaning=meaning_in(folder) if settings.semantic else None)


def vocabulary_of(frameworks: Frameworks) -> Vocabulary:
    """The synonyms and spellings that search knows, from the newest version of each file, and the words of filters."""
    synonyms, spelling = (frameworks.plain[f"taxonomy/{name}.yaml"][-1] for name in ("synonyms", "spelling"))
    labels = (option.label for facet in facets(frameworks) for option in facet.options)
    return vocabulary_from(synonyms=synonyms, spelling=spelling, labels=labels)
