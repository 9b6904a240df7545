"""Other houses as settings declare them, what `doctor` says of them, and help for somebody who lost everything."""

from argparse import Namespace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from marketplace.cli import checks, people
from marketplace.cli.checks import houses_in_words, shown_settings
from marketplace.identity.models import Passkey
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.ids import new_id
from marketplace.ports.signin.oidc import OidcElsewhere
from marketplace.ports.signin.port import NowhereElse
from marketplace.settings import Settings
from marketplace.wiring.engines import elsewhere_from
from tests.identity.people import NIA, somebody
from tests.ports.issuer_double import Issuer

ONE = {"oidc_issuer": "https://id.example", "oidc_client_id": "touchstone", "oidc_client_secret": "canary-1"}
SECOND = {"key": "trust", "name": "Trust Identity", "issuer": "https://trust.example", "client_id": "t",
          "client_secret": "canary-2", "second_factor": "always", "opens_accounts": False}  # fmt: skip


def test_several_houses_are_declared_and_each_has_its_address_to_come_back_to():
    settings = Settings(**ONE, oidc_providers=[SECOND])

    declared = elsewhere_from(settings).providers

    assert list(declared) == ["sso", "trust"]
    assert (declared["sso"].client_secret, declared["trust"].second_factor) == ("canary-1", "always")
    told = list(houses_in_words(settings))
    assert "It sends people back to http://127.0.0.1:8000/sign-in/with/trust/return." in told[1]
    assert isinstance(elsewhere_from(Settings()), NowhereElse)
    assert "here alone" in next(houses_in_words(Settings()))


def test_doctor_shows_every_setting_of_it_and_no_secret():
    shown = {one["name"]: one["value"] for one in shown_settings(Settings(**ONE, oidc_providers=[SECOND]))}

    assert shown["TOUCHSTONE_OIDC_ISSUER"] == "https://id.example"
    assert shown["TOUCHSTONE_OIDC_CLIENT_SECRET"] == "********"
    assert "https://trust.example" in shown["TOUCHSTONE_OIDC_PROVIDERS"]
    assert "canary" not in str(shown)


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_issuer": "https://id.example"},
        {"oidc_client_id": "touchstone"},
        {"oidc_providers": [SECOND, SECOND]},
        {**ONE, "oidc_providers": [{**SECOND, "key": "sso"}]},
        {"oidc_providers": [{**SECOND, "key": "../x"}]},
        {"oidc_providers": [{**SECOND, "second_factor": "sometimes"}]},
        {"oidc_providers": [{**SECOND, "secret": "a word that nobody knows"}]},
        {"oidc_providers": [{**SECOND, "issuer": "ftp://trust.example"}]},
    ],
)
def test_a_house_that_is_half_declared_stops_the_start(wrong):
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_production_goes_to_other_houses_over_tls_alone():
    whole = {
        "mode": "production", "base_url": "https://touchstone.example", "mail_url": "smtp://127.0.0.1",
        "secret_key": "a secret of the tests, long enough for it", "database_url": "sqlite:///nowhere.db",
    }  # fmt: skip
    Settings(**whole, **ONE)

    with pytest.raises(ValidationError, match="OIDC_ISSUER"):
        Settings(**whole, **{**ONE, "oidc_issuer": "http://id.example"})


def test_doctor_says_which_house_does_not_answer(now):
    issuer = Issuer(down=True)
    house = SimpleNamespace(services=SimpleNamespace(elsewhere=OidcElsewhere([issuer.provider()], issuer), clock=lambda: now))

    (told,) = checks._complaints_of_houses(Settings(), house)

    assert told.startswith("Nobody can sign in through Trust Identity: https://id.example")
    issuer.down, house.services.clock = False, lambda: now + timedelta(minutes=1)
    assert list(checks._complaints_of_houses(Settings(), house)) == []


def test_the_operator_removes_what_somebody_lost_and_says_why(services, database, now, monkeypatch, capsys):
    nia = somebody(database, NIA, at=now)
    with database.writing() as db:
        db.add(Passkey(id=new_id(now), person_id=nia.person_id, credential_id="x", public_key="y", name="z", added_at=now))
    monkeypatch.setattr(people, "services_from", lambda _: services)
    asked = Namespace(email=NIA, reason="Seen with a passport", json=True)
    with pytest.raises(NotFound):
        people.run_remove(Namespace(email="nobody@ashdown.nhs.uk", reason="x", json=True))
    with pytest.raises(Invalid):
        people.run_remove(Namespace(email=NIA, reason=" ", json=True))

    assert people.run_remove(asked) == 0

    assert '"removed": 1' in capsys.readouterr().out
