"""OpenID Connect: only what the declared issuer signed with a key of its own, for us, on this journey, counts."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from joserfc.jwk import RSAKey

from marketplace.ports.signin.oidc import OidcElsewhere
from marketplace.ports.signin.port import ElsewhereRefused, ElsewhereUnavailable, Journey, NowhereElse
from tests.ports.issuer_double import Issuer

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
BACK = "https://touchstone.example/sign-in/with/nhs/return"
JOURNEY = Journey("the state", "the nonce", "the verifier of this journey alone")
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


@pytest.fixture
def issuer():
    return Issuer(key=KEY)


def journey(issuer, *, elsewhere=None, journey=JOURNEY, back=BACK, anew=False, at=NOW, code=""):
    """Out and back again: what the issuer says in the end."""
    elsewhere = elsewhere or OidcElsewhere([issuer.provider()], issuer)
    address = elsewhere.way_out("nhs", JOURNEY, back=BACK, anew=anew, at=at)
    given, _ = issuer.sign_in(address, at=at)
    return elsewhere.claims("nhs", code or given, journey, back=back, anew=anew, at=at)


def test_somebody_comes_back_with_what_the_issuer_says_of_them(issuer):
    claims = journey(issuer)

    assert (claims.issuer, claims.subject, claims.email, claims.name, claims.is_strong) == (
        "https://id.example", "nia-1", "nia.rees@ashdown.nhs.uk", "Nia Rees", False,
    )  # fmt: skip
    sent, headers = issuer.sent[0]
    assert headers["authorization"] == f"Basic {base64.b64encode(b'touchstone:s%26cret').decode()}"
    assert "client_secret" not in sent


def test_a_house_that_takes_the_secret_in_the_form_gets_it_there(issuer):
    issuer.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    journey(issuer)

    assert issuer.sent[0][0]["client_secret"] == "s&cret"


def test_what_is_published_is_read_once_an_hour(issuer):
    elsewhere = OidcElsewhere([issuer.provider()], issuer)
    for minutes in (0, 10, 59):
        journey(issuer, elsewhere=elsewhere, at=NOW + timedelta(minutes=minutes))
    assert issuer.asked.count("https://id.example/keys") == 1

    journey(issuer, elsewhere=elsewhere, at=NOW + timedelta(minutes=60))

    assert issuer.asked.count("https://id.example/keys") == 2


def test_a_house_that_turns_to_a_new_key_is_asked_for_it(issuer):
    elsewhere = OidcElsewhere([issuer.provider()], issuer)
    journey(issuer, elsewhere=elsewhere)
    issuer.key = RSAKey.import_key({**OTHER_KEY.as_dict(private=True), "kid": "two"})
    issuer.header = {"kid": "two"}

    assert journey(issuer, elsewhere=elsewhere, at=NOW + timedelta(minutes=5)).subject == "nia-1"


@pytest.mark.parametrize(
    "says",
    [
        {"iss": "https://evil.example"}, {"iss": "https://id.example/"}, {"iss": None},
        {"aud": "another"}, {"aud": ["another"]}, {"aud": ["touchstone", "another"]}, {"aud": None},
        {"aud": ["touchstone", "another"], "azp": "another"},
        {"nonce": "of another journey"}, {"nonce": None}, {"nonce": 7},
        {"exp": NOW.timestamp() - 61}, {"exp": None}, {"exp": "9999999999"}, {"exp": True}, {"exp": 10**400},
        {"iat": NOW.timestamp() + 120}, {"iat": NOW.timestamp() - 900}, {"iat": None},
        {"nbf": NOW.timestamp() + 120}, {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256},
    ],
)  # fmt: skip
def test_a_token_that_says_anything_else_is_refused(issuer, says):
    issuer.says = says

    with pytest.raises(ElsewhereRefused):
        journey(issuer)


def parts(header: dict[str, object], claims: dict[str, object]) -> str:
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in (header, claims))


CLAIMS = {"iss": "https://id.example", "aud": "touchstone", "exp": NOW.timestamp() + 300, "iat": NOW.timestamp(),
          "nonce": "the nonce", "sub": "nia-1"}  # fmt: skip


def by_public_key(header: dict[str, object]) -> str:
    """HS256 with the public key, which everybody has, as the shared secret."""
    body = parts(header, CLAIMS)
    mac = hmac.new(KEY.as_pem(private=False), body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def spoiled() -> str:
    good = Issuer(key=KEY).token(CLAIMS)
    head, body, signature = good.split(".")
    return f"{head}.{body}.{('A' if signature[0] != 'A' else 'B') + signature[1:]}"


@pytest.mark.parametrize(
    "forged",
    [
        f"{parts({'alg': 'none', 'kid': 'one'}, CLAIMS)}.",
        f"{parts({'alg': 'None', 'kid': 'one'}, CLAIMS)}.",
        by_public_key({"alg": "HS256", "kid": "one"}),
        by_public_key({"alg": "HS256"}),
        Issuer(key=OTHER_KEY).token(CLAIMS),
        Issuer(key=OTHER_KEY, header={"jwk": OTHER_KEY.as_dict(private=False)}).token(CLAIMS),
        Issuer(key=OTHER_KEY, header={"jku": "https://evil.example/keys"}).token(CLAIMS),
        Issuer(key=KEY, header={"kid": "../../keys"}).token(CLAIMS),
        Issuer(key=KEY, header={"kid": "two"}).token(CLAIMS),
        spoiled(), "x", "a.b.c", "..", "é.é.é", "x" * 60_000,
    ],
)  # fmt: skip
def test_a_token_that_the_issuer_did_not_sign_is_refused(issuer, forged):
    issuer.forged = forged

    with pytest.raises(ElsewhereRefused):
        journey(issuer)
    assert not any("evil" in url for url in issuer.asked)


def test_a_shared_secret_among_published_keys_is_no_key(issuer):
    issuer.fetch_keys = issuer.fetch

    def fetch(url, body, headers):
        if url.endswith("/keys"):
            return 200, json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]}).encode()
        return issuer.fetch_keys(url, body, headers)

    issuer.fetch = fetch
    with pytest.raises(ElsewhereUnavailable, match="no key"):
        journey(issuer)


def test_a_code_of_another_journey_or_used_before_is_worth_nothing(issuer):
    elsewhere = OidcElsewhere([issuer.provider()], issuer)
    with pytest.raises(ElsewhereRefused):
        journey(issuer, elsewhere=elsewhere, journey=Journey("the state", "the nonce", "another verifier"))
    with pytest.raises(ElsewhereRefused):
        journey(issuer, elsewhere=elsewhere, back="https://touchstone.example/sign-in/with/other/return")
    with pytest.raises(ElsewhereRefused):
        journey(issuer, elsewhere=elsewhere, code="made up")
    journey(issuer, elsewhere=elsewhere)


@pytest.mark.parametrize(("said", "email"), [(True, "nia.rees@ashdown.nhs.uk"), ("true", ""), (1, ""), (None, "")])
def test_an_address_counts_where_the_house_made_sure_of_it(issuer, said, email):
    issuer.says = {"email_verified": said}

    assert journey(issuer).email == email


@pytest.mark.parametrize(
    ("declared", "methods", "strong"),
    [("told", ["pwd", "mfa"], True), ("told", ["pwd"], False), ("told", None, False), ("told", "mfa", False),
     ("never", ["mfa"], False), ("always", None, True)],
)  # fmt: skip
def test_a_second_factor_counts_as_settings_say(issuer, declared, methods, strong):
    issuer.says = {"amr": methods}
    elsewhere = OidcElsewhere([issuer.provider(second_factor=declared)], issuer)

    assert journey(issuer, elsewhere=elsewhere).is_strong is strong


def test_whoever_has_to_prove_it_anew_was_asked_just_now(issuer):
    elsewhere = OidcElsewhere([issuer.provider()], issuer)
    address = elsewhere.way_out("nhs", JOURNEY, back=BACK, anew=True, at=NOW)
    assert "prompt=login&max_age=0" in address
    assert journey(issuer, anew=True).subject == "nia-1"

    for auth_time in (None, NOW.timestamp() - 301):
        issuer.says = {"auth_time": auth_time}
        with pytest.raises(ElsewhereRefused):
            journey(issuer, anew=True)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"}, {"issuer": None}, {"jwks_uri": "http://id.example/keys"},
        {"token_endpoint": "https://127.0.0.1/token"}, {"token_endpoint": "https://169.254.169.254/token"},
        {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": "file:///etc/passwd"}, {"token_endpoint": None},
        {"jwks_uri": "https://id.example:22/keys"}, {"jwks_uri": "https://id.example/nothing"},
    ],
)  # fmt: skip
def test_a_house_that_publishes_something_strange_is_not_gone_to(issuer, metadata):
    issuer.metadata = metadata

    with pytest.raises(ElsewhereUnavailable):
        journey(issuer)


def test_a_house_that_does_not_answer_is_left_alone_for_a_while(issuer):
    elsewhere = OidcElsewhere([issuer.provider()], issuer)
    issuer.down = True
    for seconds in (0, 1, 19):
        with pytest.raises(ElsewhereUnavailable, match="nobody is there"):
            journey(issuer, elsewhere=elsewhere, at=NOW + timedelta(seconds=seconds))
    assert len(issuer.asked) == 1

    issuer.down = False

    assert journey(issuer, elsewhere=elsewhere, at=NOW + timedelta(seconds=20)).subject == "nia-1"


def test_a_house_that_is_down_says_so_without_a_trace(issuer):
    issuer.down = True
    with pytest.raises(ElsewhereUnavailable, match="nobody is there"):
        journey(issuer)
    issuer.down = False
    with pytest.raises(ElsewhereUnavailable):
        OidcElsewhere([issuer.provider()], issuer).way_out("another", JOURNEY, back=BACK, anew=False, at=NOW)
    with pytest.raises(ElsewhereUnavailable):
        NowhereElse().way_out("nhs", JOURNEY, back=BACK, anew=False, at=NOW)
    with pytest.raises(ElsewhereUnavailable):
        NowhereElse().claims("nhs", "code", JOURNEY, back=BACK, anew=False, at=NOW)
