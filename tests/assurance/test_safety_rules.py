"""How risks are rated, which clocks run and who is reminded: the law of clinical safety."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.assurance.queries.safety.declared import changes_of, clocks_of, log_shape, matrix_of, report_shape
from marketplace.assurance.rules.safety.declared import Matrix
from marketplace.assurance.rules.safety.hazards import hindrances, rated
from marketplace.assurance.rules.safety.limits import IncidentFacts, chase_on, dates_of, running
from marketplace.assurance.rules.safety.receipts import due_of, picture_of, standing_of
from marketplace.assurance.rules.safety.sheet import columns_of, missing_columns, row_of

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def a_hazard(**more):
    plain = {
        "number": 1, "name": "x", "severity": "major", "likelihood": "medium", "residual_severity": "minor",
        "residual_likelihood": "low", "reason": "", "state": "closed", "handed_over": "", "origin_id": None,
        "disposition": "",
    }  # fmt: skip
    return SimpleNamespace(**{**plain, **more})


@pytest.mark.parametrize(
    ("likelihood", "severity", "level"),
    [("very-high", "minor", 3), ("high", "significant", 3), ("medium", "catastrophic", 4), ("low", "major", 3),
     ("very-low", "catastrophic", 3), ("very-high", "major", 5)],
)  # fmt: skip
def test_the_declared_matrix_rates_as_the_guidance_does(frameworks, likelihood, severity, level):
    assert matrix_of(frameworks).rated(likelihood, severity).level == level


@given(likelihood=st.integers(0, 3), severity=st.integers(0, 3))
def test_a_more_likely_or_more_severe_risk_is_never_rated_lower(frameworks, likelihood, severity):
    matrix = matrix_of(frameworks)
    names, bad = [each.id for each in matrix.likelihoods], [each.id for each in matrix.severities]

    here = matrix.rated(names[likelihood], bad[severity]).level

    assert matrix.rated(names[likelihood + 1], bad[severity]).level >= here
    assert matrix.rated(names[likelihood], bad[severity + 1]).level >= here


def test_a_matrix_with_a_row_that_is_too_short_is_refused(frameworks):
    data = dict(frameworks.plain["safety/matrix.yaml"][-1])

    with pytest.raises(ValueError, match="needs one known level for each severity"):
        Matrix.model_validate({**data, "ratings": {**data["ratings"], "low": [1, 2]}})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"severity": ""}, "not rated before and after"),
        ({"residual_severity": "major", "residual_likelihood": "high"}, "The risk that is left is 4"),
        ({"residual_severity": "major", "residual_likelihood": "low"}, "has to say why"),
        ({"state": "transferred"}, "what the deploying organisation has to do"),
        ({"state": "open"}, "close it, or hand it over"),
    ],
)
def test_what_of_a_hazard_stops_a_report(frameworks, more, words):
    found = hindrances([rated(a_hazard(**more), matrix_of(frameworks))])

    assert [words in each.words for each in found] == [True]


def test_a_log_without_a_hazard_is_no_log(frameworks):
    assert [each.words for each in hindrances([])] == ["The log is empty."]
    assert hindrances([rated(a_hazard(), matrix_of(frameworks))]) == []


def test_the_clocks_of_an_incident_follow_its_severity_and_whether_it_is_a_device(frameworks):
    clocks = clocks_of(frameworks)

    def due(severity, *, is_device=False):
        facts = IncidentFacts(severity=severity, is_device=is_device, reported_at=NOW, done={})
        return {each.limit.id: (each.due_at - NOW) // DAY for each in running(facts, clocks, now=NOW)}

    assert due("fatal", is_device=True) == {"triage": 1, "written-notice": 1, "device-report": 10}
    assert due("public-threat", is_device=True)["device-report"] == 2
    assert due("fatal") == {"triage": 1, "written-notice": 1}
    assert due("near-miss", is_device=True) == {"triage": 5}
    marks = {limit.id: limit.source.mark for limit in clocks.limits}
    assert "one source says working days" in marks["device-report"]


@given(late=st.integers(-100, 100))
def test_a_clock_is_late_from_the_moment_on_and_stays_as_it_was_kept(frameworks, late):
    kept = {"triage": NOW + timedelta(hours=24 + late)}
    facts = IncidentFacts(severity="severe", is_device=False, reported_at=NOW, done=kept)
    triage = next(
        each for each in running(facts, clocks_of(frameworks), now=NOW + 99 * DAY) if each.limit.id == "triage"
    )

    assert triage.is_late == (late > 0)


def test_who_is_silent_is_reminded_the_day_before_the_day_after_and_then_every_few_days():
    due, chased, days = date(2026, 12, 10), None, []
    for day in (due + n * DAY for n in range(-5, 9)):
        if chase_on(due, 3, chased, today=day):
            chased = day
            days.append((day - due).days)

    assert days == [-1, 1, 4, 7]


def test_a_reminder_of_the_first_day_does_not_use_up_that_of_the_second():
    assert chase_on(date(2026, 12, 10), 3, date(2026, 12, 2), today=date(2026, 12, 9))


def test_how_far_everybody_is_with_a_notice(frameworks):
    urgency = clocks_of(frameworks).urgency["urgent"]
    dates = dates_of(urgency, date(2026, 11, 24))
    finals = frozenset({"done"})
    rows = [
        SimpleNamespace(acknowledged_at=at, answer=answer)
        for at, answer in ((None, ""), (NOW, ""), (NOW, "under-way"), (NOW, "done"))
    ]

    picture = picture_of(rows, finals, dates, today=date(2026, 11, 30))

    assert [standing_of(row, finals) for row in rows] == ["silent", "acknowledged", "under-way", "done"]
    assert dates == (date(2026, 11, 27), date(2026, 12, 4))
    assert (picture.reached, picture.acknowledged, picture.done, picture.late) == (4, 3, 1, 1)
    assert due_of("done", *dates) is None


def test_the_columns_of_a_spreadsheet_are_known_by_many_names(frameworks):
    shape, matrix = log_shape(frameworks), matrix_of(frameworks)
    names = ["Hazard ID", "Hazard", "Clinical impact", "Possible causes", "Severity", "Likelihood",
             "Residual severity", "Residual likelihood", "Status", "Colour"]  # fmt: skip

    columns = columns_of(names, shape)
    row = row_of(2, dict(zip(names, ["7", "Lost", "Harm", "Noise", "4. Major", "Very high", "4 - MAJOR", "low",
                                     "Closed", "red"], strict=True)), columns, matrix)  # fmt: skip
    bad = row_of(3, dict(zip(names, ["8", "", "Harm", "Noise", "Awful", "", "Major", "low", "Lost", ""],
                             strict=True)), columns, matrix)  # fmt: skip

    assert missing_columns(columns, shape) == []
    assert "Colour" not in columns
    assert (row.fields["severity"], row.fields["likelihood"], row.fields["residual-severity"]) == (
        "major", "very-high", "major",
    )  # fmt: skip
    assert not row.wrong
    assert [words.partition(" is ")[0] for words in bad.wrong] == [
        'severity "Awful"', "the likelihood", '"Lost"', "the name",
    ]  # fmt: skip


def test_everything_declared_says_where_it_comes_from_and_what_nobody_is_sure_of(frameworks):
    assert matrix_of(frameworks).source.mark
    assert report_shape(frameworks).source.section == "table 6"
    assert {change.id for change in changes_of(frameworks).changes} == set(clocks_of(frameworks).change_days)
