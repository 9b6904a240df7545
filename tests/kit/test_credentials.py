"""Sealed documents: the W3C's own test vector, and what is refused."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.credentials import (
    base58,
    covered,
    fault_of_form,
    from_base58,
    is_sealed,
    multikey,
    public_of,
    read_document,
    seal_document,
)
from marketplace.kit.errors import Invalid

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
AT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
METHOD = "did:web:touchstone.example#key-1"
VECTORS = Path(__file__).parents[1] / "assurance" / "vectors" / "eddsa-jcs-2022"


def sealed(**more):
    return seal_document({"reference": "CER-1", **more}, method=METHOD, sign=KEY.sign, at=AT)


def vector(name):
    return (VECTORS / name).read_text().strip()


def test_the_vectors_of_the_standard_pass_byte_for_byte():
    document = json.loads(vector("signedJCS.json"))
    named = document["proof"]["verificationMethod"].partition("#")[2]
    options = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    unsealed = {name: value for name, value in document.items() if name != "proof"}

    assert rfc8785.dumps(unsealed).decode() == vector("canonDocJCS.txt")
    assert rfc8785.dumps(options).decode() == vector("proofCanonJCS.txt")
    assert covered(unsealed, options).hex() == vector("combinedHashJCS.txt")
    assert covered(unsealed, options).hex() == vector("proofHashJCS.txt") + vector("docHashJCS.txt")
    assert document["proof"]["proofValue"] == vector("sigBTC58JCS.txt")
    assert from_base58(vector("sigBTC58JCS.txt")[1:]).hex() == vector("sigHexJCS.txt")
    assert multikey(public_of(named)) == named
    assert is_sealed(document, public=public_of(named))
    assert not is_sealed({**document, "name": "Another"}, public=public_of(named))


def test_a_sealed_document_holds_however_its_keys_are_ordered():
    document = sealed(conditions=[{"code": "C3.5"}], until="")

    mixed = dict(reversed(list(json.loads(json.dumps(document)).items())))

    assert is_sealed(mixed, public=PUBLIC)
    assert document["proof"]["verificationMethod"] == METHOD


def test_each_way_of_forging_is_found_out():
    document, other = sealed(), Ed25519PrivateKey.generate()
    by_other = seal_document({"reference": "CER-1"}, method=METHOD, sign=other.sign, at=AT)
    proof = document["proof"]

    assert fault_of_form({"reference": "CER-1"}) == "it carries no proof"
    assert not is_sealed({"reference": "CER-1"}, public=PUBLIC)
    assert not is_sealed(by_other, public=PUBLIC)
    for bent, reason in (
        ({**proof, "cryptosuite": "none"}, "it is sealed in a way that is not known here"),
        ({**proof, "proofPurpose": "authentication"}, "its proof was made for another purpose"),
        ({**proof, "created": "2020-01-01T00:00:00Z"}, ""),
        ({**proof, "@context": ["https://another.example"]}, ""),
        ({**proof, "proofValue": "z0OIl"}, ""),
        ({**proof, "proofValue": 7}, ""),
    ):
        assert fault_of_form({**document, "proof": bent}) == reason
        assert not is_sealed({**document, "proof": bent}, public=PUBLIC)


@pytest.mark.parametrize("spelled", ["", "z", "m1234", "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", "z" + "1" * 500])
def test_what_is_no_key_of_the_suite_is_refused(spelled):
    with pytest.raises(ValueError, match=r"not an Ed25519 key|substring not found"):
        public_of(spelled)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ('{"reference": "CER-1", "reference": "CER-2"}', "it names a key twice"),
        ('{"until": NaN}', "NaN is not a number"),
        ("[1, 2]", "this is not a certificate"),
        ("{", "this is not JSON"),
        ("[" * 50_000, "this is not JSON"),
        ("x" * 200_000, "this is too long for a certificate"),
    ],
)
def test_what_is_no_certificate_is_refused_with_its_fault(text, fact):
    with pytest.raises(Invalid, match=fact):
        read_document(text)


@given(st.binary(max_size=80))
def test_base58_gives_back_what_went_in(data):
    assert from_base58(base58(data)) == data
