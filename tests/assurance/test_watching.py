"""Assessors watched over: blind samples and their agreement, notes, registers; and why certificates are not relied on."""

from datetime import timedelta

import pytest

from marketplace.assurance.actions.notes import check_register, keep_note
from marketplace.assurance.actions.relying import accept_assurance, refuse_assurance
from marketplace.assurance.actions.sampling import draw_sample, give_sample, take_sample, take_up
from marketplace.assurance.queries.cases import hold_case
from marketplace.assurance.queries.checks import looked_up, notes_of
from marketplace.assurance.queries.picture import reasons, served, workload
from marketplace.assurance.queries.samples import agreement_of_samples, blind_papers, blind_verdict
from marketplace.assurance.rules.service import is_drawn
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from tests.assurance.scenes import Bench, a_case, an_answered_product, begin
from tests.cast import recorded

DAY = timedelta(days=1)


def counted(db, services, sample):
    return [each.criterion.code for each in blind_verdict(db, services.frameworks, sample).criteria if each.counts]


def test_a_sample_is_judged_without_what_was_found_and_agreement_is_told(db, services, bench: Bench, certificate, now):
    sample, frameworks = take_up(db, hold_case(db, certificate.case), at=now), services.frameworks
    codes = counted(db, services, sample)
    judgements = dict.fromkeys(codes, "met") | {"C3.3": "not-met"}

    take_sample(db, sample, has_no_conflict=True, by=bench.third, at=now)
    give_sample(db, sample, judgements, frameworks=frameworks, by=bench.third, at=now)

    found = agreement_of_samples(db, bench.first.organisation_id)
    assert blind_papers(db, frameworks, sample).findings == {}
    assert (found.pairs, found.agreed) == (len(codes), len(codes) - 1)
    assert recorded(db, about=sample.id) == ["SampleDrawn", "SampleGiven"]


def test_whoever_had_a_part_in_a_case_cannot_judge_it_blind(db, services, bench: Bench, certificate, lumen, now):
    sample = take_up(db, hold_case(db, certificate.case), at=now)

    for actor in (bench.first, bench.second, lumen):
        with pytest.raises(NotAllowed):
            take_sample(db, sample, has_no_conflict=True, by=actor, at=now)
    with pytest.raises(Invalid, match="nothing was declared"):
        take_sample(db, sample, has_no_conflict=False, by=bench.third, at=now)
    with pytest.raises(NotAllowed, match="whoever took the sample"):
        give_sample(db, sample, {}, frameworks=services.frameworks, by=bench.third, at=now)


def test_a_sample_is_judged_whole_and_once(db, services, bench: Bench, certificate, now):
    sample, frameworks = take_up(db, hold_case(db, certificate.case), at=now), services.frameworks
    take_sample(db, sample, has_no_conflict=True, by=bench.third, at=now)
    whole = dict.fromkeys(counted(db, services, sample), "met")

    with pytest.raises(Invalid) as refusal:
        give_sample(db, sample, {**whole, "C3.3": ""}, frameworks=frameworks, by=bench.third, at=now)
    give_sample(db, sample, whole, frameworks=frameworks, by=bench.third, at=now)

    assert refusal.value.fields == {"C3.3": "Judge this one too."}
    with pytest.raises(Conflict):
        give_sample(db, sample, whole, frameworks=frameworks, by=bench.third, at=now)


def test_which_cases_are_drawn_follows_from_their_reference(db, services, certificate, now):
    case = hold_case(db, certificate.case)
    case.ref = next(ref for ref in (f"CAS-{number}" for number in range(1_000)) if is_drawn(ref, 10))
    first = draw_sample(db, case, services.frameworks, at=now)

    assert first is not None
    assert draw_sample(db, case, services.frameworks, at=now).id == first.id
    case.ref = next(ref for ref in (f"CAS-{number}" for number in range(1_000)) if not is_drawn(ref, 10))
    assert draw_sample(db, case, services.frameworks, at=now) is None


def test_notes_are_for_the_assessors_of_the_case(db, services, bench: Bench, product, lumen, now):
    case, frameworks = a_case(db, bench, product, by=lumen, at=now), services.frameworks
    begin(db, case, bench.first, at=now)

    keep_note(db, case, "C3.3", "Ask for the retest.", frameworks=frameworks, by=bench.first, at=now)

    assert [each.words for each in notes_of(db, case)["C3.3"]] == ["Ask for the retest."]
    for actor in (bench.second, lumen):
        with pytest.raises(NotAllowed):
            keep_note(db, case, "C3.3", "Mine.", frameworks=frameworks, by=actor, at=now)


def test_what_a_register_said_is_told_with_its_day_and_the_others_were_not_checked(db, services, bench: Bench, product, lumen, now):  # fmt: skip
    case, frameworks = a_case(db, bench, product, by=lumen, at=now), services.frameworks

    check_register(
        db, case, "cyber-essentials", number="CE-1", result="confirmed", checked_on=(now - 2 * DAY).date(),
        frameworks=frameworks, by=bench.first, at=now,
    )  # fmt: skip
    check_register(db, case, "pard", result="not-found", frameworks=frameworks, by=bench.first, at=now)

    told = {each.register.id: each.word for each in looked_up(db, frameworks, product, on=now.date())}
    assert told == {
        "dspt": "Not checked", "ico": "Not checked",
        "cyber-essentials": "It stands there, looked up on 22 November 2026",
        "pard": "It does not stand there, looked up on 24 November 2026",
    }  # fmt: skip
    old = {each.register.id for each in looked_up(db, frameworks, product, on=(now + 400 * DAY).date()) if each.is_old}
    assert old == {"cyber-essentials", "pard"}


def test_a_check_says_what_differs_and_is_of_a_register_that_is_declared(db, services, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)

    with pytest.raises(Invalid) as refusal:
        check_register(
            db, case, "gossip", result="differs", checked_on=(now + DAY).date(), frameworks=services.frameworks,
            by=bench.first, at=now,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        check_register(db, case, "dspt", result="confirmed", frameworks=services.frameworks, by=lumen, at=now)

    assert set(refusal.value.fields) == {"register", "words", "checked-on"}


def test_reasons_of_not_relying_add_up_and_the_latest_word_of_each_organisation_counts(db, services, certificate, buyer, other_buyer, now):  # fmt: skip
    frameworks = services.frameworks
    words = {"frameworks": frameworks, "at": now}
    refuse_assurance(db, certificate, reason="We treat children.", ground="scope", by=buyer, **words)
    refuse_assurance(db, certificate, reason="Old test.", ground="outdated", by=other_buyer, **words)
    accept_assurance(db, certificate, by=other_buyer, frameworks=frameworks, at=now + DAY)

    told, refused, relied = reasons(db, frameworks)

    assert (refused, relied) == (1, 1)
    assert (told[0].ground.id, told[0].count) == ("scope", 1)
    assert told[0].newest == (("We treat children.", certificate.ref),)
    with pytest.raises(Invalid) as refusal:
        refuse_assurance(db, certificate, reason="No.", ground="mood", by=buyer, **words)
    assert set(refusal.value.fields) == {"ground"}


def test_service_times_are_told_for_each_body(db, services, bench: Bench, certificate, product, lumen, now):
    other = an_answered_product(db, services, of=lumen, at=now, name="Lumen Letters")
    case = a_case(db, bench, other, by=lumen, at=now)
    begin(db, case, bench.first, at=now)

    (found,) = served(db, services.frameworks, on=(now + 60 * DAY).date())

    assert (found.times.count, found.times.median, found.times.in_time) == (1, 0, 1)
    assert (found.open, found.oldest, found.late) == (1, 60, 1)
    assert found.opinions.pairs == 1
    assert [(person.name, count) for person, count in workload(db, case.body_id)] == [("Dr Ruth Bell", 1)]
