"""Certificates as credentials: what they say, how each forgery is found out, with which key, and without us."""

import copy
import json
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import segno
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from openvc.did.did_web import parse_did_document
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.status.status_list import check_credential_status
from pypdf import PdfReader
from sqlalchemy import select

from marketplace.assurance.actions.certificates import reinstate_certificate, suspend_certificate, withdraw_certificate
from marketplace.assurance.actions.keys import LASTS, revoke_key, rotate_key, sealed, sealed_with
from marketplace.assurance.models import IssuerKey
from marketplace.assurance.queries.certificates import find_certificate
from marketplace.assurance.queries.keys import issuer_keys
from marketplace.assurance.rules.bitstrings import LENGTH, encoded, is_set
from marketplace.assurance.rules.checking import Trusted, check, facts_of, keys_of
from marketplace.assurance.rules.credentials import House
from marketplace.cli import main
from marketplace.faces.certificates import certificate_pdf, check_link, square_code
from marketplace.faces.credentials import credential_in, product_in, reference_in
from marketplace.faces.sealing import did_document, sealing, status_list, trusted
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.values import replace
from tests.assurance.scenes import a_certificate, an_answered_product
from tests.cast import recorded

DAY = timedelta(days=1)


def reasons(db, services, document, at, **more):
    return list(check(document, trusted(db, services, at=at), at=at, **more).reasons)


def test_a_credential_says_all_of_it_and_holds(db, services, product, certificate, now):
    document = json.loads(json.dumps(certificate.document))
    subject, checked = document["credentialSubject"], check(document, trusted(db, services, at=now), at=now)
    assessed = subject["assessment"][0]

    assert checked.holds
    assert checked.is_genuine
    assert document["type"] == ["VerifiableCredential", "DigitalConformityCredential"]
    assert document["issuer"]["id"] == House(services.base_url).did
    assert document["validUntil"] == "2027-06-30T22:59:59Z", "the end of 30 June in London"
    assert (subject["outcome"], subject["scope"]["name"]) == ("met", "DTAC 2.0")
    assert assessed["assessedProduct"][0]["product"]["registeredId"] == product.ref
    assert assessed["auditor"]["name"] == "Sandlings Assurance"
    assert {each["performanceLevel"] for part in subject["assessment"] for each in part["assessmentCriteria"]} == {"Met"}
    assert facts_of(document)["reference"] == certificate.ref


def test_an_independent_library_verifies_the_proof_and_the_status(db, services, certificate, now):
    published = did_document(db, services)
    jwk = parse_did_document(published).verification_methods[0].public_key_jwk
    lists = {each["id"]: each for each in (status_list(db, services, name, at=now) for name in ("revocation", "suspension"))}

    verified = EddsaJcsProofSuite().verify(certificate.document, public_key_jwk=jwk, now=now)
    before = check_credential_status(certificate.document, resolve_status_list=lists.__getitem__)
    for each in lists.values():
        EddsaJcsProofSuite().verify(each, public_key_jwk=jwk, now=now)

    assert verified.issuer == House(services.base_url).did
    assert (before.revoked, before.suspended) == (False, False)


def test_one_changed_byte_is_found_wherever_it_is(db, services, certificate, now):
    forged = list(forgeries(certificate.document))
    trust = trusted(db, services, at=now)

    refused = [check(each, trust, at=now) for each in forged]

    assert len(forged) >= 300
    assert [each for each, found in zip(forged, refused, strict=True) if found.holds] == []
    renamed = copy.deepcopy(certificate.document)
    renamed["credentialSubject"]["scope"]["name"] = "DTAC 2.1"
    assert reasons(db, services, renamed, now) == ["changed"]


def forgeries(document: dict) -> list[dict]:
    """Each word of the document changed or left out, and one added."""
    bent = [changed(document, path, value) for path in paths_of(document) for value in ("x", ...)]
    return [*bent, {**document, "more": "than was sealed"}]


def paths_of(thing, before=()):
    rows = thing.items() if isinstance(thing, dict) else enumerate(thing)
    for key, value in rows:
        yield (*before, key)
        if isinstance(value, dict | list):
            yield from paths_of(value, (*before, key))


def changed(document: dict, path: tuple, value) -> dict:
    forged = copy.deepcopy(document)
    inside = forged
    for key in path[:-1]:
        inside = inside[key]
    if value is ...:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return forged


def test_another_house_and_another_form_have_their_own_reasons(db, services, certificate, now):
    elsewhere = replace(services, base_url="https://another.example")
    document = certificate.document
    stranger = {**document, "issuer": {**document["issuer"], "id": "did:web:another.example"}}

    assert reasons(db, elsewhere, document, now) == ["unknown-issuer"]
    assert reasons(db, services, stranger, now) == ["unknown-issuer"]
    assert reasons(db, services, {"reference": certificate.ref}, now) == ["not-a-credential"]
    unnamed = {**document, "proof": {**document["proof"], "verificationMethod": "did:web:127.0.0.1%3A8000#key-9"}}
    assert reasons(db, services, unnamed, now) == ["unknown-key"]


def test_suspended_and_withdrawn_stand_in_the_public_lists(db, services, bench, certificate, now):
    document = certificate.document
    suspend_certificate(db, certificate, reason="A safety notice.", by=bench.first, at=now)
    suspended = reasons(db, services, document, now)
    reinstate_certificate(db, certificate, reason="Mended.", by=bench.first, at=now)
    reinstated = reasons(db, services, document, now)
    withdraw_certificate(db, certificate, reason="Replaced.", by=bench.first, at=now)

    assert (suspended, reinstated) == (["suspended"], [])
    assert reasons(db, services, document, now) == ["revoked"]
    assert check(document, trusted(db, services, at=now), at=now).is_genuine
    lists = trusted(db, services, at=now).lists
    assert check_credential_status(document, resolve_status_list=lists.__getitem__).revoked, "says an independent library"


def test_a_credential_of_another_product_is_found_out(db, services, product, certificate, now):
    assert reasons(db, services, certificate.document, now, product="PRD-2222-2222-2") == ["replayed"]
    assert reasons(db, services, certificate.document, now, product=product.ref.lower()) == []


def test_what_ran_out_says_so_without_us(certificate, db, services, now):
    late = datetime(2027, 7, 1, tzinfo=UTC)
    offline = Trusted(keys_of(did_document(db, services)))

    checked = check(certificate.document, offline, at=late)

    assert list(checked.reasons) == ["ran-out"]
    assert [each.holds for each in checked.checks if each.question.startswith("Not ")] == [None, None]
    assert "30 June 2027" in " ".join(checked.faults)


def test_a_stale_or_foreign_list_does_not_count(db, services, certificate, now):
    trust = trusted(db, services, at=now)
    bent = {url: {**each, "issuer": "did:web:another.example"} for url, each in trust.lists.items()}

    assert set(check(certificate.document, trust, at=now + 2 * DAY).reasons) == {"status-unreadable"}
    assert set(check(certificate.document, replace(trust, lists=bent), at=now).reasons) == {"status-unreadable"}


def test_a_next_key_seals_and_what_the_old_one_sealed_holds(db, services, bench, certificate, lumen, moderator, now):
    old = certificate.document
    rotate_key(db, reason="Every two years.", seal=sealing(services), by=moderator, at=now + DAY)
    another = an_answered_product(db, services, of=lumen, at=now, name="Lumen Letters")
    new = a_certificate(db, bench, another, by=lumen, at=now + DAY).document

    assert [each["proof"]["verificationMethod"].partition("#")[2] for each in (old, new)] == ["key-1", "key-2"]
    assert reasons(db, services, old, now + DAY) == reasons(db, services, new, now + DAY) == []
    late = {name: part for name, part in old.items() if name != "proof"}
    backdated = sealed_with(1, sealing(services), late, at=now + 2 * DAY)
    assert reasons(db, services, backdated, now + 3 * DAY) == ["key-expired"]


def test_a_key_that_was_given_up_proves_nothing_and_certificates_are_sealed_anew(
    db, services, certificate, moderator, now
):
    old = certificate.document
    count = revoke_key(db, 1, reason="It was on a stolen laptop.", seal=sealing(services), by=moderator, at=now + DAY)
    fresh = find_certificate(db, certificate.ref).document

    assert count == 1
    assert reasons(db, services, old, now + DAY) == ["key-revoked"]
    assert reasons(db, services, fresh, now + DAY) == []
    assert fresh["credentialSubject"] == old["credentialSubject"]
    assert did_document(db, services)["assertionMethod"] == [f"{House(services.base_url).did}#key-2"]
    with pytest.raises(Conflict, match="given up already"):
        revoke_key(db, 1, reason="Again.", seal=sealing(services), by=moderator, at=now + DAY)


def test_a_key_at_its_end_or_of_another_secret_gives_way_to_the_next(db, services, certificate, now):
    sealed(db, sealing(services), {"@context": ["x"]}, at=now + (LASTS * 31) * DAY)
    sealed(db, sealing(replace(services, secret=b"another secret")), {"@context": ["x"]}, at=now + (LASTS * 31) * DAY)

    keys = issuer_keys(db)

    assert [each.number for each in keys] == [1, 2, 3]
    assert len({each.public for each in keys}) == 3
    assert reasons(db, services, certificate.document, now) == []


def test_only_an_operator_keeps_the_keys_and_says_why(db, services, certificate, lumen, bench, moderator, now):
    for who in (lumen, bench.first):
        with pytest.raises(NotAllowed):
            rotate_key(db, reason="Because.", seal=sealing(services), by=who, at=now)
        with pytest.raises(NotAllowed):
            revoke_key(db, 1, reason="Because.", seal=sealing(services), by=who, at=now)
    with pytest.raises(Invalid, match="the reason is missing"):
        rotate_key(db, reason=" ", seal=sealing(services), by=moderator, at=now)
    with pytest.raises(NotFound):
        revoke_key(db, 7, reason="Because.", seal=sealing(services), by=moderator, at=now)
    key = db.scalars(select(IssuerKey)).one()
    assert recorded(db, about=key.id) == ["IssuerKeyMade"]


def test_the_pdf_carries_the_credential_and_leads_to_its_check(db, services, certificate, now):
    made = certificate_pdf(certificate, services)

    reader = PdfReader(BytesIO(made))

    assert credential_in(made) == certificate.document
    assert json.loads(reader.attachments["credential.json"][0]) == certificate.document
    assert certificate.ref in reader.pages[0].extract_text()
    link = check_link(certificate.ref, services)
    assert reference_in(link, services.base_url) == certificate.ref
    assert square_code(link).count("M") == 1
    assert segno.make(link, error="m").version <= 5, "small enough to scan from paper"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("CER-2222-2222-9", "CER-2222-2222-9"),
        ("http://127.0.0.1:8000/verify?reference=CER-2222-2222-9", "CER-2222-2222-9"),
        ("http://127.0.0.1:8000/certificates/CER-2222-2222-9/credential.json", "CER-2222-2222-9"),
    ],
)
def test_a_link_is_read_as_well_as_a_number(typed, found):
    assert reference_in(f" {typed} ", "http://127.0.0.1:8000") == found
    assert product_in("http://127.0.0.1:8000/products/PRD-1111/assurance") == "PRD-1111"


@pytest.mark.parametrize("typed", ["https://another.example/certificates/CER-1111", "http://127.0.0.1:8000/products"])
def test_a_link_elsewhere_is_not_opened(typed):
    with pytest.raises(Invalid, match=r"leads to another house|is no link to a certificate"):
        reference_in(typed, "http://127.0.0.1:8000")


@pytest.mark.parametrize("content", [b"%PDF-1.7\nnothing", b"%PDF-1.7 " + b"x" * 2_000_001, b"{", b""])
def test_what_carries_no_credential_is_refused(content):
    with pytest.raises(Invalid):
        credential_in(content)


def test_a_bomb_in_a_pdf_is_not_unpacked():
    bomb = zlib.compress(b"{" + b" " * 50_000_000)

    with pytest.raises(Invalid):
        credential_in(b"%PDF-1.7\nstream\n" + bomb + b"\nendstream")


@given(st.sets(st.integers(0, LENGTH - 1), max_size=30), st.integers(0, LENGTH - 1))
def test_a_list_gives_back_the_bits_that_were_set(indexes, other):
    text = encoded(indexes)

    assert all(is_set(text, index) for index in indexes)
    assert is_set(text, other) == (other in indexes)


@pytest.mark.parametrize("text", ["", "x", "uAAAA", "u" + "A" * 200])
def test_what_is_no_list_is_refused(text):
    with pytest.raises(ValueError):
        is_set(text, 5)


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://touchstone.example", "did:web:touchstone.example"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://nhs.example/touchstone", "did:web:nhs.example:touchstone"),
    ],
)
def test_the_name_of_the_issuer_follows_from_its_address(address, did):
    assert House(address).did == did


@pytest.fixture
def published(db, services, certificate, tmp_path, now):
    """What a trust keeps beside the certificate: the keys and both lists, as files."""
    files = {
        "did.json": did_document(db, services),
        **{name: status_list(db, services, name, at=now) for name in ("revocation", "suspension")},
    }
    for name, document in files.items():
        (tmp_path / name).write_text(json.dumps(document))
    (tmp_path / "certificate.pdf").write_bytes(certificate_pdf(certificate, services))
    return tmp_path


def command(published, *more, file="certificate.pdf"):
    words = ["verify-credential", str(published / file), "--keys", str(published / "did.json"), *more]
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False):
        return main([*words, "--list", str(published / "revocation"), "--list", str(published / "suspension")])


def test_a_trust_verifies_the_pdf_offline_on_the_command_line(published, product, certificate, capsys):
    code = command(published, "--product", product.ref)

    told = capsys.readouterr().out
    assert code == 0
    assert f"{certificate.ref}: Lumen Scribe, version 1.0, under DTAC 2.0" in told
    assert told.rstrip().endswith("It is what its issuer gave out, and it holds.")


def test_the_command_tells_each_reason_and_fails(published, certificate, capsys):
    forged = copy.deepcopy(certificate.document)
    forged["credentialSubject"]["outcome"] = "m3t"
    (published / "forged.json").write_text(json.dumps(forged))

    codes = [command(published, "--json", file="forged.json"), command(published, "--json", "--product", "PRD-2222-2222-2")]

    told = capsys.readouterr().out
    assert codes == [1, 1]
    assert '"changed"' in told
    assert '"replayed"' in told
    assert command(published, file="missing.json") == 1
    assert "is not a file" in capsys.readouterr().err
