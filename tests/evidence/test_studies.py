"""Studies are written, published, corrected in the open and retracted; others see what is published and no more."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from marketplace.catalogue.subscribers import tell_supplier_of_study
from marketplace.evidence.actions.publishing import discard_study, publish_study, retract_study
from marketplace.evidence.actions.writing import add_study, change_study, set_results
from marketplace.evidence.events import StudyRetracted
from marketplace.evidence.queries.declared import strength_rules
from marketplace.evidence.queries.studies import find_study, studies_of
from marketplace.evidence.queries.summaries import summaries_of
from marketplace.faces.evidence import evidence_of, fits_of, summaries_on_sale
from marketplace.identity.models import Notice
from marketplace.kit.db import Database
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.jobs import Heard
from tests import cast
from tests.evidence.scenes import FASTER, a_published, a_study, described, measured

LATER = timedelta(hours=1)


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def test_a_study_is_written_published_and_read_by_everybody(db, frameworks, lumen, scribe, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    publish_study(db, study, strength_rules(frameworks), is_on_show=True, by=lumen, at=now)

    assert find_study(db, study.ref, by=None).results[0].estimate == Decimal("-3.1")
    assert cast.recorded(db, about=study.id) == ["StudyAdded", "StudyChanged", "StudyPublished"]


def test_a_draft_is_its_owner_s_alone(db, frameworks, lumen, rival, buyer, scribe, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)

    for somebody in (None, rival, buyer):
        with pytest.raises(NotFound, match="no study"):
            find_study(db, study.ref, by=somebody)
        assert studies_of(db, scribe.id, by=somebody) == []
    assert find_study(db, study.ref, by=lumen).id == study.id


def test_exact_numbers_keep_every_digit_on_both_databases(either_database: Database, frameworks, now: datetime):
    exact = measured(estimate=Decimal("-3.10"), low=Decimal("-4.000"), high=Decimal("-2.123456789"))
    with Session(either_database.writer) as db:
        lumen = cast.an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", at=now)
        product = cast.a_product(db, of=lumen, at=now)
        ref = a_published(db, frameworks, product.id, exact, by=lumen, at=now).ref
        db.commit()

    with either_database.reading() as db:
        result = find_study(db, ref, by=None).results[0]
        assert [str(number) for number in (result.estimate, result.low, result.high)] == [
            "-3.10",
            "-4.000",
            "-2.123456789",
        ]


def test_nobody_else_changes_publishes_or_retracts_it(db, frameworks, lumen, rival, buyer, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)

    for somebody in (rival, buyer):
        with pytest.raises(NotAllowed):
            change_study(db, study, described(frameworks, now), reason="Mine now.", by=somebody, at=now)
        with pytest.raises(NotAllowed):
            retract_study(db, study, reason="Away with it.", by=somebody, at=now)
    with pytest.raises(NotAllowed, match="write for the supplier"):
        add_study(db, scribe.id, described(frameworks, now), by=buyer, at=now)


def test_what_is_missing_is_named_all_at_once_before_publication(db, frameworks, lumen, scribe, now):
    study = add_study(
        db, scribe.id, described(frameworks, now, funder="", conflicts="", comparator=""), by=lumen, at=now
    )

    with pytest.raises(Invalid, match="4 things are missing") as refused:
        publish_study(db, study, strength_rules(frameworks), is_on_show=True, by=lumen, at=now)

    assert set(refused.value.fields) == {"funder", "conflicts", "comparator", "results"}
    assert study.state == "draft"


def test_interviews_need_no_comparison_and_no_number(db, frameworks, lumen, scribe, now):
    study = add_study(db, scribe.id, described(frameworks, now, design="qualitative", comparator=""), by=lumen, at=now)

    publish_study(db, study, strength_rules(frameworks), is_on_show=True, by=lumen, at=now)

    summary = summaries_of(db, frameworks, [scribe.id])[scribe.id]
    assert (summary.level, summary.word) == (0, "Studies here, none that measures an effect")


def test_a_study_waits_for_the_listing_of_its_product(db, frameworks, lumen, scribe, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)

    with pytest.raises(Conflict, match="never published"):
        publish_study(db, study, strength_rules(frameworks), is_on_show=False, by=lumen, at=now)


def test_a_published_study_is_corrected_with_a_reason_and_keeps_what_it_said(db, frameworks, lumen, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)

    with pytest.raises(Invalid, match="for a reason"):
        set_results(db, study, [measured(estimate=Decimal("-2.5"))], by=lumen, at=now)
    set_results(db, study, [measured(estimate=Decimal("-2.5"))], reason="A slip of typing.", by=lumen, at=now + LATER)

    read = find_study(db, study.ref, by=None)
    assert read.results[0].estimate == Decimal("-2.5")
    assert [(each.number, each.reason, each.changed) for each in read.corrections] == [
        (1, "A slip of typing.", ["results"])
    ]
    assert read.corrections[0].before["results"][0]["estimate"] == "-3.1"
    assert cast.recorded(db, about=study.id)[-1] == "StudyCorrected"


def test_a_retracted_study_stays_readable_and_counts_no_longer(db, frameworks, lumen, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    assert summaries_of(db, frameworks, [scribe.id])[scribe.id].level == 4

    with pytest.raises(Invalid, match="needs a reason"):
        retract_study(db, study, reason=" ", by=lumen, at=now)
    retract_study(db, study, reason="The groups were mixed up.", by=lumen, at=now)

    assert find_study(db, study.ref, by=None).state_reason == "The groups were mixed up."
    assert summaries_of(db, frameworks, [scribe.id])[scribe.id].studies == 0
    with pytest.raises(Conflict, match="cannot retract a retracted study"):
        retract_study(db, study, reason="Again.", by=lumen, at=now)


def test_an_operator_retracts_and_the_supplier_hears_why(db, frameworks, lumen, moderator, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    retract_study(db, study, reason="Its journal withdrew it.", by=moderator, at=now)
    retracted = StudyRetracted(
        study_id=study.id, product_id=scribe.id, title=study.title, reason="Its journal withdrew it."
    )

    tell_supplier_of_study(db, Heard(retracted, now, None, None, "one"))
    tell_supplier_of_study(db, Heard(retracted, now, None, None, "one"))

    told = db.scalars(select(Notice).where(Notice.person_id == lumen.person_id)).all()
    assert [notice.title for notice in told] == ["A study of Lumen Scribe was retracted"]


def test_a_draft_is_thrown_away_and_what_was_read_is_not(db, frameworks, lumen, scribe, now):
    draft = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    published = a_published(db, frameworks, scribe.id, by=lumen, at=now)

    discard_study(db, draft, by=lumen, at=now)

    assert studies_of(db, scribe.id, by=lumen) == [published]
    with pytest.raises(Conflict, match="cannot discard a published study"):
        discard_study(db, published, by=lumen, at=now)


def test_a_stale_form_is_refused(db, frameworks, lumen, scribe, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    seen = study.row_version
    set_results(db, study, [measured(estimate=Decimal(-3))], expected=seen, by=lumen, at=now + LATER)

    with pytest.raises(Conflict, match="somebody changed this"):
        change_study(db, study, described(frameworks, now, title="Another"), expected=seen, by=lumen, at=now)


def test_a_result_counts_no_more_people_than_took_part(db, frameworks, lumen, scribe, now):
    with pytest.raises(Invalid, match="121 are more than the 120 who took part"):
        a_study(db, frameworks, scribe.id, measured(participants=121), by=lumen, at=now)


def test_a_summary_says_how_many_are_independent_and_what_is_missing(db, frameworks, lumen, scribe, now):
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    a_published(db, frameworks, scribe.id, by=lumen, at=now, supplier_funded="yes", supplier_run="yes")

    summary = summaries_of(db, frameworks, [scribe.id])[scribe.id]

    assert (summary.strength, summary.studies, summary.independent, summary.participants) == ("high", 2, 1, 240)
    assert "no-safety-result" in {gap.id for gap in summary.gaps}


def test_a_product_without_studies_has_a_summary_that_says_so(db, frameworks, scribe, now):
    summary = summaries_of(db, frameworks, [scribe.id])[scribe.id]

    assert (summary.level, summary.strength, summary.word) == (0, "none-yet", "No evidence on Touchstone yet")
    assert [gap.id for gap in summary.gaps] == ["no-study"]


def test_what_was_found_in_another_version_is_marked_and_counts_for_less(db, frameworks, lumen, scribe, now):
    old = a_published(db, frameworks, scribe.id, by=lumen, at=now, version_number="0.9")

    fit = fits_of(db, [old])[old.id]
    summary = summaries_on_sale(db, frameworks, [scribe.id])[scribe.id]

    assert (fit.id, fit.words) == ("other", "Studied version 0.9; version 1.0 is on sale")
    assert (summary.level, "version-not-studied" in {gap.id for gap in summary.gaps}) == (3, True)
    assert [reason.domain for reason in summary.grades[0].reasons] == ["Indirectness"]


def test_groups_without_a_result_are_missing_from_the_evidence(db, frameworks, lumen, scribe, now):
    women = measured(subgroup="sex: women", participants=60)
    a_published(db, frameworks, scribe.id, FASTER, women, by=lumen, at=now)

    evidence = evidence_of(db, frameworks, scribe, by=None)

    assert "sex" not in {group.id for group in evidence.groups}
    assert {"age", "ethnicity"} <= {group.id for group in evidence.groups}


def test_the_summaries_of_many_products_take_two_queries(db, frameworks, lumen, now, database: Database):
    products = [cast.a_product(db, of=lumen, at=now, name=f"Scribe {number}").id for number in range(12)]
    for product_id in products:
        a_published(db, frameworks, product_id, by=lumen, at=now)
    db.commit()
    asked: list[str] = []

    with database.reading() as reading:
        event.listen(database.reader, "before_cursor_execute", lambda *given: asked.append(given[2]))
        summaries = summaries_of(reading, frameworks, products)

    assert len(summaries) == 12
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2


def test_a_product_s_studies_are_told_the_newest_first_and_retracted_ones_last(db, frameworks, lumen, scribe, now):
    older = a_published(db, frameworks, scribe.id, by=lumen, at=now, ended_on="2026-05-31")
    newer = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    gone = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    retract_study(db, gone, reason="Wrong.", by=lumen, at=now)

    assert studies_of(db, scribe.id, by=None) == [newer, older, gone]
