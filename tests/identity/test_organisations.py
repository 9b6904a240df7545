"""Organisations: found in registers by typing, registered once, told apart from look-alikes."""

import pytest

from marketplace.frameworks.loader.registers import read_registers
from marketplace.identity.actions.attempts import TooMany
from marketplace.identity.actions.organisations import (
    change_organisation,
    register_listed,
    register_organisation,
    register_supplier,
)
from marketplace.identity.models import Organisation
from marketplace.identity.policies import CLOCK, Actor
from marketplace.identity.queries.registers import (
    find_by_typing,
    find_listed,
    find_organisations,
    listed_as,
    look_alikes,
    organisation_named,
    registered,
)
from marketplace.identity.schemas import Details, details_of
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.cast import a_person, an_organisation, recorded
from tests.conftest import HOUSE
from tests.identity.people import roles_of


@pytest.fixture(scope="module")
def registers():
    return read_registers(HOUSE / "frameworks")


@pytest.fixture
def owen(db, now) -> Actor:
    """Owen Hale, who belongs nowhere yet."""
    return Actor(a_person(db, "Owen Hale", at=now).id, None, frozenset(), "Owen Hale")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("guys", "Guy's and St Thomas' NHS Foundation Trust"),
        ("rj1", "Guy's and St Thomas' NHS Foundation Trust"),
        ("uclh", "University College London Hospitals NHS Foundation Trust"),
        ("betsi", "Betsi Cadwaladr University Health Board"),
        ("https://ror.org/027m9bs27", "University of Manchester"),
    ],
)
def test_an_organisation_is_found_by_name_initials_or_code(registers, typed, found):
    assert find_listed(registers, typed)[0].name == found


def test_manchester_uni_finds_the_university_and_the_trust(registers):
    names = [body.name for body in find_listed(registers, "Manchester Uni")]

    assert {"University of Manchester", "Manchester University NHS Foundation Trust"} <= set(names)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("mancester", "Manchester Metropolitan University"),
        ("universty of manchester", "University of Manchester"),
        ("guys hospital", "Guy's and St Thomas' NHS Foundation Trust"),
        ("guys hopsital", "Guy's and St Thomas' NHS Foundation Trust"),
        ("graet ormond", "Great Ormond Street Hospital for Children NHS Foundation Trust"),
        ("cadwalader", "Betsi Cadwaladr University Health Board"),
        ("betis cadwaladr", "Betsi Cadwaladr University Health Board"),
    ],
)
def test_one_slip_in_a_long_word_is_forgiven(registers, db, typed, found):
    assert find_listed(registers, typed) == []
    assert found in [body.name for body in find_by_typing(db, registers, typed).listed]


@pytest.mark.parametrize("typed", ["gusy", "uclf", "mnchster", "leeds zzz", "zzzzz"])
def test_neither_short_words_nor_two_slips_are_guessed_at(registers, db, typed):
    assert find_by_typing(db, registers, typed).listed == ()


def test_what_is_called_so_stands_alone(registers, db, now):
    an_organisation(db, "Leads Clinical Records Ltd", "supplier", at=now)

    found = find_by_typing(db, registers, "leeds")

    assert found.here == ()
    assert found.listed == tuple(find_listed(registers, "leeds"))


def test_an_organisation_that_is_here_is_found_in_spite_of_a_slip_and_offered_where_one_is_named(registers, db, now):
    tarn = an_organisation(db, "Tarnbeck Community Trust", "trust", at=now)

    assert find_by_typing(db, registers, "tranbeck comunity").here == (tarn,)
    with pytest.raises(Invalid) as refused:
        organisation_named(db, "Tarnbek Community Trust", field="organisation")
    assert refused.value.fields["organisation"] == f"None here is called so. Near it: {tarn.name} ({tarn.ref})."


@pytest.mark.parametrize("typed", ["", "   ", "%", "(a+)+$", "x" * 10_000, "\u202e", "RJ1' OR 1=1"])
def test_nothing_that_is_typed_is_too_much(registers, db, typed):
    assert isinstance(find_listed(registers, typed), list)
    assert find_organisations(db, typed) == []
    assert find_by_typing(db, registers, typed).here == ()


def test_a_body_that_no_register_lists_is_not_found(registers):
    with pytest.raises(NotFound):
        listed_as(registers, "XXX")


def test_owen_registers_his_trust_and_waits_for_an_operator(db, registers, owen, now):
    asked = register_listed(db, listed_as(registers, "RJ1"), message="I run outpatients", by=owen, at=now)

    trust = db.get_one(Organisation, asked.organisation_id)
    assert (trust.kind, trust.ods_code, trust.town, asked.state) == ("trust", "RJ1", "London", "asked")
    assert registered(db, find_listed(registers, "guys"))["RJ1"] is trust
    assert recorded(db, about=trust.id) == ["OrganisationRegistered", "JoinAsked"]


def test_an_organisation_stands_here_once(db, registers, owen, now):
    register_listed(db, listed_as(registers, "RJ1"), message="", by=owen, at=now)

    with pytest.raises(Conflict, match="RJ1 is here already"):
        register_organisation(db, details_of(listed_as(registers, "RJ1")), by=CLOCK, at=now)


def test_owen_registers_his_company_and_manages_it_at_once(db, owen, now):
    details = Details("supplier", "Halewood Software Ltd", companies_house_number="3914810", nation="england")

    membership = register_supplier(db, details, by=owen, at=now)

    company = db.get_one(Organisation, membership.organisation_id)
    assert (company.companies_house_number, membership.state) == ("03914810", "active")
    assert roles_of(db, owen) == ["manager", "supplier-manager"]


def test_the_kind_of_an_own_organisation_is_not_for_its_maker_to_say(db, owen, now):
    membership = register_supplier(db, Details("operator", "Halewood Software Ltd"), by=owen, at=now)

    assert db.get_one(Organisation, membership.organisation_id).kind == "supplier"


@pytest.mark.parametrize("name", ["Lumen Health Ltd", "LUMEN HEALTH LTD", "Lum\u0435n Health Ltd", "Lurnen Health Ltd"])
def test_a_name_that_looks_like_anothers_waits_for_an_operator(db, lumen, owen, name, now):
    membership = register_supplier(db, Details("supplier", name), by=owen, at=now)

    company = db.get_one(Organisation, membership.organisation_id)
    assert membership.state == "asked"
    assert [other.id for other in look_alikes(db, company.name, apart_from=company)] == [lumen.organisation_id]


def test_every_field_that_does_not_hold_is_named(db, owen, now):
    poor = Details(
        "supplier", " ", companies_house_number="12345", ror_id="x", nation="atlantis", size="huge",
        website="javascript:alert(1)", about="\u202e",
    )  # fmt: skip

    with pytest.raises(Invalid) as refused:
        register_supplier(db, poor, by=owen, at=now)

    assert set(refused.value.fields) == {"name", "ror_id", "nation", "size", "website", "about"}
    with pytest.raises(Invalid) as refused:
        register_supplier(db, Details("supplier", "A", companies_house_number="a company"), by=owen, at=now)
    assert '"a company" is not a Companies House number' in refused.value.fields["companies_house_number"]


def test_nobody_registers_companies_all_day(db, owen, now):
    for number in range(10):
        register_supplier(db, Details("supplier", f"Halewood {'abcdefghij'[number]}"), by=owen, at=now)

    with pytest.raises(TooMany):
        register_supplier(db, Details("supplier", "Halewood k"), by=owen, at=now)


def test_a_manager_keeps_the_details_true_and_each_change_is_recorded(db, lumen, rival, now):
    company = db.get_one(Organisation, lumen.organisation_id)
    changed = Details("supplier", company.name, town="Leeds", nation="england", email_domains=("@Lumen.example.org",))
    with pytest.raises(NotAllowed):
        change_organisation(db, company, changed, version=None, by=rival, at=now)

    change_organisation(db, company, changed, version=company.version, by=lumen, at=now)

    assert (company.town, company.email_domains) == ("Leeds", ["lumen.example.org"])
    assert recorded(db, about=company.id) == ["OrganisationChanged"]
    with pytest.raises(Conflict, match="somebody changed this"):
        change_organisation(db, company, changed, version=company.version - 1, by=lumen, at=now)


def test_the_name_that_a_register_gives_stays(db, registers, buyer, now):
    trust = db.get_one(Organisation, buyer.organisation_id)
    trust.ods_code = "RJ1"

    with pytest.raises(Conflict, match="comes from a register"):
        change_organisation(db, trust, Details("trust", "Another Name"), version=None, by=buyer, at=now)


def test_organisations_that_are_here_are_found_by_the_beginning_of_words(db, buyer, lumen, now):
    assert [each.name for each in find_organisations(db, "ashd hosp")] == ["Ashdown Hospitals NHS Trust"]
    assert [each.name for each in find_organisations(db, "lumen")] == ["Lumen Health Ltd"]
