"""Assessors and suppliers who act at the same moment, on both databases."""

import pytest

from marketplace.assurance.actions.applying import apply
from marketplace.assurance.actions.assessing import assign
from marketplace.assurance.actions.deciding import decide, propose
from marketplace.assurance.models import Case, Certificate
from marketplace.assurance.queries.cases import find_case, hold_case
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import own_product
from marketplace.identity.models import Organisation
from marketplace.kit.errors import Conflict
from tests.assurance.scenes import a_bench, a_case, an_answered_product, begin, judge_all
from tests.cast import an_actor
from tests.procurement.test_at_once import at_the_same_time
from tests.services import services_over


@pytest.fixture
def scene(either_database, tmp_path, frameworks, now):
    """Services over the database, three assessors, a supplier and the reference of its product, all answered."""
    services = services_over(either_database, tmp_path, frameworks, lambda: now)
    with either_database.writing() as db:
        bench = a_bench(db, services, at=now)
        lumen = an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", at=now)
        product = an_answered_product(db, services, of=lumen, at=now)
        return bench, lumen, product.ref, bench.body(db).id


def test_of_two_who_apply_one_has_a_case_and_the_other_is_told(either_database, scene, frameworks, now):
    _, lumen, ref, body_id = scene

    def send():
        with either_database.writing() as db:
            product, body = own_product(db, ref, by=lumen), db.get_one(Organisation, body_id)
            return apply(
                db, product, product.live_version, framework=frameworks.assurance["dtac"], body=body, by=lumen, at=now
            ).ref

    answers = at_the_same_time(send, send)

    assert sorted(isinstance(each, Conflict) for each in answers) == [False, True]
    with either_database.reading() as db:
        assert db.query(Case).count() == 1


def test_of_two_who_decide_one_gives_the_certificate(either_database, scene, frameworks, now):
    bench, lumen, ref, _ = scene
    with either_database.writing() as db:
        case = a_case(db, bench, own_product(db, ref, by=lumen), by=lumen, at=now)
        begin(db, case, bench.first, at=now)
        judge_all(db, bench, case, bench.first, at=now)
        propose(db, case, "met", "All of it.", frameworks=frameworks, by=bench.first, at=now)
        begin(db, hold_case(db, case), bench.second, at=now)
        case_ref = case.ref

    def send():
        with either_database.writing() as db:
            found = find_case(db, case_ref, by=bench.second)
            return decide(
                db, found, "met", "I agree.", frameworks=frameworks, seal=bench.seal, by=bench.second, at=now
            ).ref

    answers = at_the_same_time(send, send)

    assert sorted(isinstance(each, Conflict) for each in answers) == [False, True]
    with either_database.reading() as db:
        assert db.query(Certificate).count() == 1
        assert db.query(Product).count() == 1


def test_of_two_who_take_a_seat_the_last_one_has_it_and_nobody_two(either_database, scene, now):
    bench, lumen, ref, _ = scene
    with either_database.writing() as db:
        case_ref = a_case(db, bench, own_product(db, ref, by=lumen), by=lumen, at=now).ref

    def take(who):
        def send():
            with either_database.writing() as db:
                return assign(db, find_case(db, case_ref, by=who), who.person_id, by=who, at=now)

        return send

    answers = at_the_same_time(take(bench.first), take(bench.second))

    assert answers == ["first", "first"]
    with either_database.reading() as db:
        found = find_case(db, case_ref, by=bench.third)
        assert found.state == "assigned"
        assert found.first_assessor_id in (bench.first.person_id, bench.second.person_id)
