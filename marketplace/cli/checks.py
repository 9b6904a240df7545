"""`doctor` and `verify`: is it set up well, and does everything hold that must hold."""

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr

from marketplace.cli.output import tell
from marketplace.faces.upkeep import faults_of
from marketplace.frameworks.loader import drift
from marketplace.kit.addresses import without_password
from marketplace.kit.errors import Refusal
from marketplace.kit.ready import readiness
from marketplace.migrations.standing import is_current
from marketplace.ports.search.port import SearchUnavailable
from marketplace.ports.signin.port import ElsewhereUnavailable, Journey
from marketplace.settings import PREFIX, Settings
from marketplace.wiring import House, house_from


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    for name, run in (("doctor", run_doctor), ("verify", run_verify)):
        command = commands.add_parser(name)
        command.add_argument("--json", action="store_true", help="one JSON document")
        command.set_defaults(run=run)


def run_doctor(arguments: Namespace) -> int:
    """Each setting with where it came from, secrets masked; then each part, with what to do where it does not work."""
    settings = Settings()
    shown = list(shown_settings(settings))
    complaints = list(complaints_of(settings))
    lines = [f"{one['name']} = {one['value']}  ({one['from']})" for one in shown]
    gateway = gateway_in_words(settings)
    houses = list(houses_in_words(settings))
    lines += ["", gateway, *houses, *(complaints or ["Everything is set up."])]
    found = {"settings": shown, "gateway": gateway, "signing_in": houses, "complaints": complaints}
    tell("\n".join(lines), found, as_json=arguments.json)
    return 1 if complaints else 0


def shown_settings(settings: Settings) -> Iterator[dict[str, str]]:
    for name in type(settings).model_fields:
        value: Any = getattr(settings, name)
        masked = ("********" if value.get_secret_value() else "") if isinstance(value, SecretStr) else str(value)
        origin = "environment or .env" if name in settings.model_fields_set else "default"
        yield {"name": PREFIX + name.upper(), "value": without_password(masked), "from": origin}


def gateway_in_words(settings: Settings) -> str:
    """By which way invoices go out and payments come in."""
    key = settings.stripe_key.get_secret_value()
    if key:
        return f"Payments: Stripe, {'for real' if '_live_' in key else 'in its test mode'}."
    if settings.is_demonstration:
        return "Payments: a rehearsal of Stripe in a folder; no money moves."
    return "Payments: no gateway; invoices are paid by bank transfer. TOUCHSTONE_STRIPE_KEY plugs Stripe in."


def houses_in_words(settings: Settings) -> Iterator[str]:
    """Through which other houses people may sign in."""
    for each in settings.all_oidc_providers:
        back = f"{settings.base_url}/sign-in/with/{each.key}/return"
        yield f"Signing in: {each.name}, by {each.issuer}. It sends people back to {back}."
    if not settings.all_oidc_providers:
        yield "Signing in: here alone. TOUCHSTONE_OIDC_ISSUER with _CLIENT_ID, or _OIDC_PROVIDERS, adds other houses."


def _complaints_of_houses(settings: Settings, house: House) -> Iterator[str]:
    """Each other house is asked what it publishes, as it will be when somebody comes from there."""
    nobody = Journey("state", "nonce", "verifier")
    for key, each in house.services.elsewhere.providers.items():
        back = f"{settings.base_url}/sign-in/with/{key}/return"
        try:
            house.services.elsewhere.way_out(key, nobody, back=back, anew=False, at=house.services.clock())
        except ElsewhereUnavailable as missing:
            yield f"Nobody can sign in through {each.name}: {missing.reason}. Mend its settings, or the network."


def complaints_of(settings: Settings) -> Iterator[str]:
    try:
        house = house_from(settings)
    except Refusal as refusal:
        yield f"{refusal.fact}. {refusal.hint}"
        return
    state = readiness(house.services.database, at=house.services.clock())
    if not state.is_ready:
        yield "The database does not answer or was never migrated. Run `marketplace migrate`."
        return
    if not is_current(house.services.database):
        yield "The database is behind this code. Run `marketplace migrate`."
    if state.facts["parked"]:
        yield f"{state.facts['parked']} deliveries are parked. Look at /operations."
    try:
        house.services.search.check()
    except SearchUnavailable as missing:
        yield f"The search index cannot be used ({missing.reason}). Run `marketplace reindex`."
    yield from _complaints_of_houses(settings, house)
    yield from (f"frameworks: {line}" for line in drift(settings.frameworks))


def run_verify(arguments: Namespace) -> int:
    """Exit 1 and a line for each thing that does not hold."""
    house: House = house_from(Settings())
    found = {part: list(faults) for part, faults in faults_of(house.services).items()}
    lines = [f"{part}: {fault}" for part, faults in found.items() for fault in faults]
    tell("\n".join(lines) or "Everything holds: " + ", ".join(found) + ".", found, as_json=arguments.json)
    return 1 if lines else 0
