"""Projects: whose they are, who sees them, and how they end."""

from datetime import timedelta

import pytest

from marketplace.identity.models import Membership
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.procurement.actions.people import add_colleague, remove_colleague
from marketplace.procurement.actions.projects import (
    close_project,
    decide_project,
    describe_project,
    reopen_project,
    start_project,
)
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on
from marketplace.procurement.models import Colleague
from marketplace.procurement.queries.projects import (
    colleagues_of,
    find_project,
    open_projects,
    people_to_tell,
    projects_of,
)
from marketplace.procurement.schemas import read_described
from tests import cast
from tests.procurement.scenes import WINTER, a_project, loaded

GROUNDS = {"technical-reasons": "No competition for technical reasons"}


def test_a_project_is_described_with_its_volumes_and_stands_on_the_record(db, project, buyer):
    assert project.volumes == {"users": 400, "uses": 90_000, "sites": 3}
    assert project.term_years == 3
    assert cast.recorded(db, about=project.id) == ["ProjectStarted", "ColleagueAdded"]
    assert [seat.person_id for seat in colleagues_of(db, project)] == [buyer.person_id]


def test_a_supplier_starts_no_project(db, lumen, now):
    with pytest.raises(NotAllowed):
        start_project(db, read_described(WINTER), by=lumen, at=now)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "safe\u202ecrosstalk"),
        ("need", ""),
        ("users", "-3"),
        ("uses", "1e9"),
        ("sites", "NaN"),
        ("users", "99999999999999"),
        ("term_years", "0"),
        ("term_years", "2.5"),
    ],
)
def test_what_does_not_describe_a_project_is_named_by_field(field, typed):
    with pytest.raises(Invalid) as refused:
        read_described({**WINTER, field: typed})

    assert list(refused.value.fields) == [field]


def test_every_fault_is_told_at_once():
    with pytest.raises(Invalid) as refused:
        read_described({"users": "many", "term_years": "99"})

    assert set(refused.value.fields) == {"name", "need", "users", "term_years"}


def test_a_project_of_another_trust_is_not_there(db, project, other_buyer, lumen, moderator):
    for stranger in (other_buyer, lumen, moderator):
        with pytest.raises(NotFound, match="there is no project"):
            find_project(db, project.ref, by=stranger)
        assert projects_of(db, by=stranger).total == 0


@pytest.mark.parametrize("ref", ["", "PRJ-0000", "PRD-7K3M-QX9F-C", "x" * 500, "PRJ-7K3M-QX9F-C"])
def test_a_reference_that_names_no_project_is_not_found(db, buyer, ref):
    with pytest.raises(NotFound):
        find_project(db, ref, by=buyer)


def test_a_colleague_of_another_trust_sees_this_project_and_nothing_else(db, project, buyer, other_buyer, now):
    other = a_project(db, by=buyer, at=now, name="Something confidential")

    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)

    assert find_project(db, project.ref, by=other_buyer).id == project.id
    assert [listed.project.id for listed in projects_of(db, by=other_buyer).items] == [project.id]
    with pytest.raises(NotFound):
        find_project(db, other.ref, by=other_buyer)


def test_a_reader_does_not_write_and_a_writer_does_not_lead(db, project, buyer, other_buyer, scribe, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    with pytest.raises(NotAllowed, match="not write"):
        add_candidates(db, project, [scribe], by=other_buyer, at=now)
    assert open_projects(db, by=other_buyer) == []

    add_colleague(db, project, email="Tom.Bevan@EXAMPLE.org", access="write", by=buyer, at=now)
    add_candidates(db, project, [scribe], by=other_buyer, at=now)

    assert open_projects(db, by=other_buyer) == [project]
    with pytest.raises(NotAllowed):
        close_project(db, project, reason="No money.", by=other_buyer, at=now)
    with pytest.raises(NotAllowed):
        add_colleague(db, project, email="tom.bevan@example.org", access="write", by=other_buyer, at=now)


def test_a_colleague_who_left_their_trust_sees_nothing_any_more(db, project, buyer, other_buyer, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="write", by=buyer, at=now)

    membership = db.query(Membership).filter_by(person_id=other_buyer.person_id).one()
    membership.state, membership.ended_at = "ended", now
    db.flush()

    with pytest.raises(NotFound):
        find_project(db, project.ref, by=other_buyer)
    assert other_buyer.person_id not in {person for person, _ in people_to_tell(db, project.id)}


def test_a_supplier_cannot_be_named_on_a_project(db, project, buyer, lumen, now):
    with pytest.raises(Invalid) as refused:
        add_colleague(db, project, email="priya.raman@example.org", access="read", by=buyer, at=now)

    assert "a supplier cannot" in refused.value.fields["email"]


@pytest.mark.parametrize(
    ("email", "access", "field"),
    [("nobody@example.org", "read", "email"), ("not an address", "read", "email"), ("", "read", "email"),
     ("tom.bevan@example.org", "everything", "access")],
)  # fmt: skip
def test_a_colleague_who_cannot_be_found_is_refused_with_a_way_on(
    db, project, buyer, other_buyer, now, email, access, field
):
    with pytest.raises(Invalid) as refused:
        add_colleague(db, project, email=email, access=access, by=buyer, at=now)

    assert field in refused.value.fields


def test_somebody_of_several_organisations_is_named_for_one_of_them(db, project, buyer, other_buyer, now):
    cast.an_actor(db, "Tom Bevan", "Fenland University", "university", "academic", at=now)

    with pytest.raises(Invalid) as refused:
        add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    assert "Fenland University" in refused.value.fields["organisation"]

    seat = add_colleague(
        db, project, email="tom.bevan@example.org", access="read", organisation="Fenland University", by=buyer, at=now
    )
    assert seat.organisation_id != other_buyer.organisation_id
    with pytest.raises(NotFound):
        find_project(db, project.ref, by=other_buyer)


def test_who_is_taken_off_sees_nothing_and_can_be_named_again(db, project, buyer, other_buyer, now):
    seat = add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)

    remove_colleague(db, project, seat.id, by=other_buyer, at=now)
    db.flush()

    with pytest.raises(NotFound):
        find_project(db, project.ref, by=other_buyer)
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    assert db.query(Colleague).filter_by(person_id=other_buyer.person_id).count() == 1
    assert find_project(db, project.ref, by=other_buyer)


def test_two_buyers_who_describe_at_once_do_not_lose_each_others_words(db, project, buyer, now):
    shown = project.row_version
    describe_project(db, project, read_described({**WINTER, "need": "Grace's words"}), expected=shown, by=buyer, at=now)
    db.flush()

    with pytest.raises(Conflict, match="somebody changed this"):
        describe_project(db, project, read_described({**WINTER, "need": "Others"}), expected=shown, by=buyer, at=now)

    assert project.need == "Grace's words"


def test_describing_it_as_it_is_records_nothing(db, project, buyer, now):
    describe_project(db, project, read_described(WINTER), expected=project.row_version, by=buyer, at=now)

    assert "ProjectDescribed" not in cast.recorded(db, about=project.id)


def test_a_colleague_of_the_same_trust_stands_on_the_project_once_they_write(db, project, buyer, scribe, now):
    kofi = cast.an_actor(db, "Kofi Mensah", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)

    add_candidates(db, project, [scribe], by=kofi, at=now)
    db.flush()

    assert kofi.person_id in {person for person, _ in people_to_tell(db, project.id)}


def test_one_product_alone_needs_the_condition_of_a_direct_award(db, project, buyer, scribe, now):
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=Reason(words="It fits."), by=buyer, at=now)

    with pytest.raises(Invalid) as refused:
        decide_project(db, project, reason="Go.", ground="", grounds=GROUNDS, by=buyer, at=now)
    assert "direct award" in refused.value.fields["ground"]

    decide_project(db, project, reason="Go.", ground="technical-reasons", grounds=GROUNDS, by=buyer, at=now)
    assert (project.state, project.chosen, project.ground) == ("decided", [scribe.ref], "technical-reasons")


def test_nothing_is_decided_while_products_wait(db, project, buyer, scribe, quill, now):
    with pytest.raises(Conflict, match="no product is included"):
        decide_project(db, project, reason="Go.", ground="", grounds=GROUNDS, by=buyer, at=now)
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=Reason(words="It fits."), by=buyer, at=now)
    add_candidates(db, project, [quill], by=buyer, at=now)

    with pytest.raises(Conflict, match="1 on the list are still to decide upon"):
        decide_project(db, project, reason="Go.", ground="", grounds=GROUNDS, by=buyer, at=now)


def test_a_closed_project_takes_nothing_until_it_is_opened_again(db, project, buyer, scribe, now):
    close_project(db, project, reason="The money went elsewhere.", by=buyer, at=now)

    with pytest.raises(Conflict, match="the project is closed"):
        add_candidates(db, project, [scribe], by=buyer, at=now)
    with pytest.raises(Conflict, match="cannot close a closed project"):
        close_project(db, project, reason="Again.", by=buyer, at=now)
    with pytest.raises(Invalid):
        reopen_project(db, project, reason=" ", by=buyer, at=now + timedelta(days=1))
    reopen_project(db, project, reason="There is money.", by=buyer, at=now + timedelta(days=1))

    assert add_candidates(db, project, [scribe], by=buyer, at=now)
