"""Sealed documents: the W3C's own test vector, and what is refused."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.credentials import (
    base58,
    covered,
    did_key,
    faults_of_document,
    from_base58,
    read_document,
    seal_document,
)
from marketplace.kit.errors import Invalid

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
AT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
VECTORS = Path("credentials/TestVectors/eddsa-jcs-2022")


def sealed(**more):
    return seal_document({"reference": "CER-1", **more}, public=PUBLIC, sign=KEY.sign, at=AT)


def test_the_vector_of_the_standard_holds_with_the_key_that_it_names(shared_data):
    folder = shared_data / VECTORS
    if not folder.exists():
        pytest.skip(f"{folder} is not here")
    document = json.loads((folder / "signedJCS.json").read_text())
    named = document["proof"]["verificationMethod"].partition("#")[0].removeprefix("did:key:z")
    public = from_base58(named)[2:]

    options = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    unsealed = {name: value for name, value in document.items() if name != "proof"}

    assert did_key(public).endswith(named)
    assert covered(unsealed, options).hex() == (folder / "combinedHashJCS.txt").read_text().strip()
    assert faults_of_document(document, public=public) == []
    assert faults_of_document({**document, "name": "Another"}, public=public) == ["it was changed after it was sealed"]


def test_a_sealed_document_holds_however_its_keys_are_ordered():
    document = sealed(conditions=[{"code": "C3.5"}], until="")

    mixed = dict(reversed(list(json.loads(json.dumps(document)).items())))

    assert faults_of_document(mixed, public=PUBLIC) == []


def test_each_way_of_forging_has_its_reason():
    document, other = sealed(), Ed25519PrivateKey.generate()
    stranger = other.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    by_other = seal_document({"reference": "CER-1"}, public=stranger, sign=other.sign, at=AT)
    proof = document["proof"]

    assert faults_of_document({"reference": "CER-1"}, public=PUBLIC) == ["it carries no proof"]
    assert faults_of_document(by_other, public=PUBLIC) == ["it was sealed with another key than Touchstone's"]
    for bent, reason in (
        ({**proof, "cryptosuite": "none"}, "it is sealed in a way that is not known here"),
        ({**proof, "proofPurpose": "authentication"}, "its proof was made for another purpose"),
        ({**proof, "created": "2020-01-01T00:00:00Z"}, "it was changed after it was sealed"),
        ({**proof, "proofValue": "z0OIl"}, "it was changed after it was sealed"),
        ({**proof, "proofValue": 7}, "it was changed after it was sealed"),
    ):
        assert faults_of_document({**document, "proof": bent}, public=PUBLIC) == [reason]


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
