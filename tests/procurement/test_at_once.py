"""Two buyers of one trust work on a project at the same moment, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from marketplace.identity.policies import Actor
from marketplace.kit.db import Database
from marketplace.kit.errors import Conflict
from marketplace.ports.search.port import Found, Query
from marketplace.procurement.actions.searches import keep_step
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on
from marketplace.procurement.models import Candidate, Decision, Project, Step
from marketplace.procurement.queries.projects import find_project
from marketplace.procurement.queries.standing import products_by_ref
from tests import cast
from tests.procurement.scenes import a_project

TRUST = "Ashdown Hospitals NHS Trust"


def a_scene(database: Database, at: datetime) -> tuple[list[Actor], str, str]:
    """Two buyers, their project and a product on its list."""
    with database.writing() as db:
        buyers = [cast.an_actor(db, name, TRUST, "trust", "buyer", at=at) for name in ("Grace Okafor", "Kofi Mensah")]
        lumen = cast.an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", at=at)
        product = cast.a_product(db, of=lumen, at=at)
        project = a_project(db, by=buyers[0], at=at)
        for buyer in buyers:
            add_candidates(db, project, [product], by=buyer, at=at)
        return buyers, project.ref, product.ref


def at_the_same_time(*works):
    """Run each in its own thread, all released at once; what each returned or raised."""
    gate = Barrier(len(works))

    def run(work):
        gate.wait(timeout=10)
        try:
            return work()
        except (Conflict, OperationalError) as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_two_decisions_on_one_product_one_stands_and_the_other_is_told(either_database, now):
    buyers, project_ref, product_ref = a_scene(either_database, now)

    def decide(by: Actor) -> str:
        with either_database.writing() as db:
            project, product = find_project(db, project_ref, by=by), products_by_ref(db, [product_ref])[0]
            words = Reason(words=f"{by.person_name} says so.")
            return decide_on(db, project, product, verdict="included", reason=words, expected=1, by=by, at=now).reason

    said = at_the_same_time(*(lambda by=by: decide(by) for by in buyers))

    told = [one for one in said if isinstance(one, Conflict)]
    assert len(told) == 1
    assert "while your page was open" in told[0].fact
    with either_database.reading() as db:
        assert sorted(db.scalars(select(Decision.turn))) == [1, 2]
        assert db.scalars(select(Candidate.turns)).one() == 2


def test_searches_made_at_once_are_all_kept_and_numbered(either_database, now):
    buyers, project_ref, _ = a_scene(either_database, now)

    def search(by: Actor, words: str) -> int:
        with either_database.writing() as db:
            project = find_project(db, project_ref, by=by)
            return keep_step(db, project, Query(words=words), Found(hits=(), total=1), by=by, at=now).number

    at_the_same_time(*(lambda by=by, n=n: search(by, f"words {n}") for n in range(4) for by in buyers))

    with either_database.reading() as db:
        numbers = sorted(db.scalars(select(Step.number)))
        assert numbers == list(range(1, len(numbers) + 1))
        assert {step.words for step in db.scalars(select(Step))} == {f"words {n}" for n in range(4)}
        assert db.scalars(select(Project)).one().row_version == 1
