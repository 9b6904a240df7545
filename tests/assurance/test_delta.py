"""A new version: what is carried forward, what is looked at again and why, and models that changed without a word."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.applying import apply
from marketplace.assurance.actions.changes import class_change, confirm_answers, flag_unclassed
from marketplace.assurance.actions.deciding import decide, judged_now, propose, unjudged
from marketplace.assurance.models import Case, Finding
from marketplace.assurance.queries.certificates import conformity_of
from marketplace.assurance.queries.declared import changes
from marketplace.assurance.queries.delta import carried_in, delta_of
from marketplace.assurance.queries.editions import unclassed_of
from marketplace.assurance.rules.changes import UNCLASSED, effective_class, models_differ
from marketplace.catalogue.models import Product, Version
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.ids import new_id
from tests.assurance.scenes import Bench, an_answered_product, begin, judge_all, whole
from tests.cast import recorded
from tests.worlds import part

DAY = timedelta(days=1)
LLAMA = {"name": "Llama 3.1", "provider": "Meta", "version": "70B"}
LATER = {**LLAMA, "version": "405B"}
MISTRAL = {"name": "Mistral Large", "provider": "Mistral", "version": "2"}


@part
def product(db: Session, services: Services, lumen: Actor, now: datetime) -> Product:
    product = an_answered_product(db, services, of=lumen, at=now)
    product.live_version.answers = {**product.live_version.answers, "base-models": [LLAMA]}
    db.flush()
    return product


def next_edition(db: Session, product: Product, *, at: datetime, change: str, **answers: Any) -> Version:
    """The next edition on show, with these answers of the description changed."""
    before = product.live_version
    described = {**before.answers, **{name.replace("_", "-"): value for name, value in answers.items()}}
    version = Version(
        id=new_id(at), product_id=product.id, edition=before.edition + 1, number=f"{before.edition + 1}.0",
        name=before.name, change=change, state="published", answers=described, created_at=at, published_at=at,
    )  # fmt: skip
    before.state = "superseded"
    db.add(version)
    db.flush()
    product.live_version_id = version.id
    whole(db, product)
    return version


def again(db: Session, bench: Bench, product: Product, *, by: Actor, at: datetime) -> Case:
    version = db.get_one(Version, product.live_version_id)
    frameworks = bench.services.frameworks
    return apply(
        db, product, version, framework=frameworks.assurance["dtac"], body=bench.body(db), frameworks=frameworks,
        by=by, at=at,
    )  # fmt: skip


def test_a_new_version_opens_only_what_changed_and_what_the_change_touches(db, services, bench, product, certificate, lumen, now):  # fmt: skip
    next_edition(db, product, at=now + DAY, change="fix")
    dtac = services.frameworks.assurance["dtac"]
    answer(db, product, {"logging-defined": "yes", "penetration-test-worst": 2.1}, framework=dtac, by=lumen,
           at=now + DAY)  # fmt: skip

    delta = delta_of(db, services.frameworks, dtac, product, product.live_version, at=now + DAY)

    assert delta.basis.id == certificate.case_id
    assert delta.reopened == {
        "C1.2.4": "The change touches it: Faults mended.",
        "C3.3a": "Its answer, its date or a document behind it changed.",
    }
    assert len(delta.carried) == 21
    assert delta.unconfirmed == ("C1.2.4",)


def test_what_the_change_touches_is_confirmed_before_the_supplier_applies(db, services, bench, product, certificate, lumen, rival, now):  # fmt: skip
    version = next_edition(db, product, at=now + DAY, change="fix")
    dtac, words = services.frameworks.assurance["dtac"], {"frameworks": services.frameworks, "at": now + DAY}

    with pytest.raises(Invalid, match="for an earlier version") as refusal:
        again(db, bench, product, by=lumen, at=now + DAY)
    with pytest.raises(NotAllowed):
        confirm_answers(db, product, version, ["C1.2.4"], framework=dtac, by=rival, **words)
    confirmed = confirm_answers(db, product, version, ["C1.2.4", "C3.1"], framework=dtac, by=lumen, **words)

    assert refusal.value.fields == {"clinical-safety-case": "C1.2.4 is touched by the change: Faults mended"}
    assert confirmed == ["C1.2.4"]
    assert again(db, bench, product, by=lumen, at=now + DAY).state == "applied"


def test_what_is_carried_forward_stands_and_the_rest_is_judged_anew(db, services, bench: Bench, product, certificate, lumen, now):  # fmt: skip
    version, at = next_edition(db, product, at=now + DAY, change="fix"), now + 2 * DAY
    dtac, frameworks = services.frameworks.assurance["dtac"], services.frameworks
    confirm_answers(db, product, version, ["C1.2.4"], framework=dtac, frameworks=frameworks, by=lumen, at=at)
    case = again(db, bench, product, by=lumen, at=at)

    open_ones = unjudged(judged_now(db, frameworks, case, at=at))
    carried = carried_in(db, case.id)
    begin(db, case, bench.second, at=at)
    judge_all(db, bench, case, bench.second, at=at)
    propose(db, case, "met", "The log is mended.", frameworks=frameworks, by=bench.second, at=at)
    begin(db, case, bench.first, at=at)
    renewed = decide(db, case, "met", "I agree.", frameworks=frameworks, seal=bench.seal, by=bench.first, at=at)

    assert open_ones == ["C1.2.4"]
    assert len(carried) == 22
    assert {db.get_one(Finding, new).by_id for new in carried} == {bench.first.person_id}
    assert "FindingsCarried" in recorded(db, about=case.id)
    assert conformity_of(db, frameworks, product.id, on=at.date()).certificate_ref == renewed.ref


def test_another_base_model_always_touches_the_safety_case_and_the_annex_of_generative_ai(db, services, bench, product, certificate, lumen, now):  # fmt: skip
    next_edition(db, product, at=now + DAY, change="new-model", base_models=[MISTRAL])
    dtac = services.frameworks.assurance["dtac"]

    delta = delta_of(db, services.frameworks, dtac, product, product.live_version, at=now + DAY)

    new_model = delta.changes[0]
    assert new_model.id == "new-model"
    assert any(touch.framework == "genai" and touch.every for touch in new_model.touches)
    assert {"C1.2.2", "C1.2.3", "C1.2.4", "C2.2.2"} <= set(delta.unconfirmed)


def test_models_that_change_without_a_word_flag_the_listing(db, services, product, certificate, lumen, now):
    version = next_edition(db, product, at=now + DAY, change="correction", base_models=[MISTRAL])

    flagged = flag_unclassed(db, product, version, services.frameworks, at=now + DAY)
    conformity = conformity_of(db, services.frameworks, product.id, on=(now + DAY).date())

    assert flagged
    assert recorded(db, about=product.id)[-1] == "ModelChangeUnclassed"
    assert conformity.status == "no-certificate"
    assert conformity.cause == (
        f"{certificate.ref} is of other models than those on sale, and the supplier has not classed the change."
    )
    assert unclassed_of(db, services.frameworks, product).version.id == version.id


def test_the_supplier_classes_the_change_and_the_flag_goes(db, services, product, certificate, lumen, rival, now):
    version = next_edition(db, product, at=now + DAY, change="correction", base_models=[LATER])
    words = {"frameworks": services.frameworks, "at": now + DAY}

    with pytest.raises(NotAllowed):
        class_change(db, product, version, "correction", words="A slip.", by=rival, **words)
    with pytest.raises(Invalid) as refusal:
        class_change(db, product, version, "nothing", kinds=["magic"], words="A slip.", by=lumen, **words)
    class_change(db, product, version, "correction", words="The earlier edition named the wrong size.", by=lumen, **words)

    assert set(refusal.value.fields) == {"change", "kinds"}
    assert unclassed_of(db, services.frameworks, product) is None
    assert conformity_of(db, services.frameworks, product.id, on=(now + DAY).date()).status == "met"


def test_a_kind_of_change_that_nothing_shows_is_declared(db, services, product, certificate, lumen, now):
    version = next_edition(db, product, at=now + DAY, change="fix")
    frameworks = services.frameworks

    class_change(db, product, version, "fix", kinds=["interface"], words="New screens.", frameworks=frameworks,
                 by=lumen, at=now + DAY)  # fmt: skip
    found = delta_of(db, frameworks, frameworks.assurance["dtac"], product, product.live_version, at=now + DAY)

    assert [each.id for each in found.changes] == ["faults-mended", "interface"]


@pytest.mark.parametrize(
    ("change", "after", "counts"),
    [
        ("correction", [LLAMA], "correction"), ("correction", [LATER], UNCLASSED), ("same-model", [LATER], "same-model"),
        ("fix", [MISTRAL], UNCLASSED), ("same-model", [MISTRAL], UNCLASSED), ("new-model", [MISTRAL], "new-model"),
        ("correction", [LLAMA, MISTRAL], UNCLASSED),
    ],
)  # fmt: skip
def test_a_class_counts_where_the_models_allow_it(change, after, counts):
    assert effective_class(change, "", [LLAMA], after) == counts
    assert effective_class(change, "same-model", [LLAMA], after) == "same-model"


MODELS = st.lists(st.fixed_dictionaries({
    "name": st.sampled_from(["Llama", "Mistral"]), "provider": st.sampled_from(["Meta", "Mistral"]),
    "version": st.sampled_from(["1", "2"]),
}), max_size=3)  # fmt: skip


@given(MODELS, st.permutations(range(3)))
def test_models_in_another_order_are_the_same_models(models, order):
    shuffled = [models[place] for place in order if place < len(models)]

    assert models_differ(models, shuffled) == ""
    assert models_differ(models, [*models, {"name": "Other", "provider": "X", "version": "1"}]) == "family"


def test_every_kind_of_change_touches_criteria_that_there_are(frameworks):
    for change in changes(frameworks).changes:
        for touch in change.touches:
            framework = frameworks.assurance[touch.framework]
            assert touch.every or touch.codes, change.id
            assert set(touch.codes) <= set(framework.by_code), f"{change.id}: {framework.label}"
        assert set(change.when_answers) <= set(frameworks.description.questions), change.id
