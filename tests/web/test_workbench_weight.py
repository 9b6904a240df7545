"""The workbench of a case of 150 answers and 200 documents: a fixed number of queries, and under 14 KB on the way."""

import gzip
from datetime import datetime
from types import MappingProxyType

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.assurance.models import Answer, Case
from marketplace.catalogue.models import Attachment, Product
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id
from marketplace.kit.values import replace
from tests.assurance.conftest import bench
from tests.assurance.scenes import Bench, a_case, begin, whole
from tests.cast import a_product
from tests.services import services_over

__all__ = ["bench"]
WIDE, MANY, DOCUMENTS = "wide", 150, 200
CODE = "W75"


def wide(frameworks: Frameworks, many: int) -> AssuranceFramework:
    """DTAC's criteria over and over, each with its own code and question, and nothing that opens or shuts them."""
    dtac = frameworks.assurance["dtac"]
    kinds = [each for each in dtac.criteria if each.assessed == "pass" and each.passes and each.passes.options]
    criteria = []
    for number in range(1, many + 1):
        each = kinds[number % len(kinds)]
        question = each.question.model_copy(update={"id": f"wide-{number}"})
        criteria.append(replace(
            each, code=f"W{number}", question=question, when={}, when_any=(), documents=0, expires=None, section="w",
        ))  # fmt: skip
    section = replace(next(each for each in dtac.sections if each.id == "c1"), id="w", criteria=tuple(criteria))
    return replace(dtac, id=WIDE, version=1, label="Wide", sections=(section,), form=dtac.form)


@pytest.fixture(params=[MANY])
def services(request, database, tmp_path, frameworks: Frameworks, now: datetime) -> Services:
    versions = {**frameworks.assurance_versions, (WIDE, 1): wide(frameworks, request.param)}
    wider = replace(frameworks, assurance_versions=MappingProxyType(versions))
    return services_over(database, tmp_path, wider, lambda: now)


@pytest.fixture
def case(db: Session, services: Services, bench: Bench, lumen: Actor, now: datetime) -> Case:
    """A case whose every answer has a document, and one of them twelve."""
    db.expire_on_commit = False
    product = whole(db, a_product(db, of=lumen, at=now))
    framework = services.frameworks.assurance[WIDE]
    papers = [_paper(product, number, now) for number in range(DOCUMENTS)]
    db.add_all(papers)
    for number, criterion in enumerate(framework.criteria):
        behind = papers[number:number + 1] if criterion.code != CODE else papers[150:162]
        db.add(Answer(
            id=new_id(now), organisation_id=product.organisation_id, product_id=product.id,
            version_id=product.live_version_id, question_id=criterion.question_id,
            value=criterion.passes.options[0], dated=None, by_id=lumen.person_id, at=now,
            documents=[{"attachment_id": str(each.id), "digest": each.digest, "name": each.name} for each in behind],
        ))  # fmt: skip
    db.flush()
    case = a_case(db, bench, product, by=lumen, at=now, framework=WIDE)
    begin(db, case, bench.first, at=now)
    return case


def _paper(product: Product, number: int, at: datetime) -> Attachment:
    digest = f"{number:02x}".ljust(64, "0")
    return Attachment(
        id=new_id(at), product_id=product.id, kind="other", name=f"evidence-{number:03}.pdf", digest=digest, size=9_000,
        media_type="application/pdf", access="on-request", added_at=at,
    )  # fmt: skip


def test_the_page_of_a_wide_case_is_light(client_of, bench, case):
    ruth = client_of(bench.first)

    page = ruth.get(f"/cases/{case.ref}?at={CODE}")

    assert page.status_code == 200
    assert page.text.count('class="part__code"') > MANY
    assert page.text.count("evidence-") >= 12
    assert len(gzip.compress(page.content, 6)) < 14_000


@pytest.mark.parametrize("services", [15, MANY], indirect=True)
def test_a_wide_case_takes_as_many_queries_as_a_narrow_one(services, client_of, bench, case):
    ruth, asked = client_of(bench.first), []
    ruth.get(f"/cases/{case.ref}")
    event.listen(services.database.reader, "before_cursor_execute", lambda *told: asked.append(told[2]))

    ruth.get(f"/cases/{case.ref}?at=W7")

    assert len(asked) == 16, "besides the four that are prepared, of who asks"
