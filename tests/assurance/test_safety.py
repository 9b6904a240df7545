"""Hazard logs, reports, deployments, incidents and notices: who may what, and what follows."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.assurance.actions.relying import accept_assurance
from marketplace.assurance.actions.safety.chasing import chase_notices
from marketplace.assurance.actions.safety.deployments import end_deployment, go_live, plan_deployment
from marketplace.assurance.actions.safety.hazards import write_hazard
from marketplace.assurance.actions.safety.importing import import_log, preview_log
from marketplace.assurance.actions.safety.incidents import (
    close_incident,
    make_safe,
    number_incident,
    report_incident,
    triage_incident,
    watch_incidents,
)
from marketplace.assurance.actions.safety.notices import (
    acknowledge_notice,
    answer_notice,
    close_notice,
    issue_notice,
    write_notice,
)
from marketplace.assurance.models import Hazard
from marketplace.assurance.queries.safety.declared import matrix_of
from marketplace.assurance.queries.safety.deployments import find_deployment, own_deployment, what_blocks_going_live
from marketplace.assurance.queries.safety.holders import holders_of, standpoint
from marketplace.assurance.queries.safety.incidents import find_incident
from marketplace.assurance.queries.safety.logs import find_report, hazard_in, log_of
from marketplace.assurance.queries.safety.notices import find_notice, notices_for, receipts_of
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.assurance.safety import (
    CHANGE,
    NEGATION,
    NOTICE,
    OUTAGE,
    a_deployment,
    a_log,
    a_notice,
    a_report,
    a_safety_officer,
    decide_all,
)
from tests.assurance.scenes import Bench
from tests.cast import recorded
from tests.kit.test_workbooks import a_workbook

DAY = timedelta(days=1)
INCIDENT = {
    "severity": "severe",
    "words": "The dose in the letter was ten times too small.",
    "effect": "Found at once.",
}
HEAD = (
    "Hazard,Clinical impact,Causes,Severity,Likelihood,Residual severity,Residual likelihood,Status,Handed over,Who\n"
)


@pytest.fixture
def officer(db, now):
    return a_safety_officer(db, at=now)


def test_only_the_supplier_writes_its_log_and_a_risk_that_is_too_high_stops_the_report(
    db, services, product, lumen, buyer, now
):
    frameworks = services.frameworks
    a_log(db, frameworks, product, by=lumen, at=now)
    high = {**NEGATION, "name": "Another patient's record", "residual-likelihood": "high"}
    hazard = write_hazard(db, product, high, frameworks=frameworks, by=lumen, at=now)

    with pytest.raises(NotAllowed, match="only the supplier writes"):
        write_hazard(db, product, NEGATION, frameworks=frameworks, by=buyer, at=now)
    with pytest.raises(Conflict, match="hazard 3: The risk that is left is 4"):
        a_report(db, frameworks, product, by=lumen, at=now)

    mended = {**high, "residual-likelihood": "low"}
    write_hazard(
        db, product, mended, hazard=hazard, row_version=hazard.row_version, frameworks=frameworks, by=lumen, at=now
    )
    with pytest.raises(Conflict, match="has to say why"):
        a_report(db, frameworks, product, by=lumen, at=now)
    write_hazard(
        db, product, {**mended, "reason": "Further reduction is impractical."}, hazard=hazard,
        row_version=hazard.row_version, frameworks=frameworks, by=lumen, at=now,
    )  # fmt: skip
    report = a_report(db, frameworks, product, by=lumen, at=now)

    assert report.number == 1
    assert [each["number"] for each in report.document["hazards"]] == [1, 2, 3]
    assert report.document["counts"][2] == ["3", "Undesirable", 3, 1]
    assert recorded(db, about=product.id).count("HazardWritten") == 5


def test_two_people_on_one_hazard_do_not_write_over_one_another(db, services, product, lumen, now):
    first, _ = a_log(db, services.frameworks, product, by=lumen, at=now)

    with pytest.raises(Conflict, match="while your page was open"):
        write_hazard(
            db, product, NEGATION, hazard=first, row_version=first.row_version - 1, frameworks=services.frameworks,
            by=lumen, at=now,
        )  # fmt: skip


def test_a_hazard_that_is_not_whole_is_refused_field_by_field(db, services, product, lumen, now):
    bad = {**OUTAGE, "name": "", "effect": "", "severity": "awful", "handed-over": ""}

    with pytest.raises(Invalid) as refused:
        write_hazard(db, product, bad, frameworks=services.frameworks, by=lumen, at=now)

    assert set(refused.value.fields) == {"name", "effect", "severity", "handed-over"}


def test_a_spreadsheet_is_looked_at_row_by_row_and_brought_in_whole_or_not_at_all(db, services, product, lumen, now):
    good = (
        HEAD
        + "Lost,Harm,Noise,Major,Medium,Major,Very low,closed,,Ann\nAway,Late,Fails,Minor,High,Minor,Low,transferred,Paper,Bo\n"
    )
    bad = (
        good + "Lost,Harm,Noise,Major,Medium,Major,Very low,closed,,Ann\nNew,Harm,,Awful,Medium,Major,Very low,gone,,\n"
    )
    more = {"frameworks": services.frameworks, "by": lumen}

    preview = preview_log(db, product, bad.encode(), **more)
    with pytest.raises(Invalid, match="2 of 4 rows do not hold") as refused:
        import_log(db, product, bad.encode(), name="log.csv", at=now, **more)

    assert [row.number for row in preview.faults] == [4, 5]
    assert preview.unread == ["Who"]
    assert '"Lost" is in the log already' in refused.value.fields["row 4"]
    assert log_of(db, product.id) == []
    assert import_log(db, product, good.encode(), name="log.csv", at=now, **more) == 2
    assert [(each.number, each.state) for each in log_of(db, product.id)] == [(1, "closed"), (2, "transferred")]


def test_an_excel_workbook_is_brought_in_like_a_csv_file(db, services, product, lumen, now):
    names = HEAD.strip().split(",")[:7]
    cells = ["Lost", "Harm", "Noise", "Major", "Medium", "Major", "Very low"]
    sheet = [[f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row] for row in (names, cells)]
    rows = "".join(f"<row>{''.join(row)}</row>" for row in sheet)

    count = import_log(
        db, product, a_workbook(rows), name="log.xlsx", frameworks=services.frameworks, by=lumen, at=now
    )  # fmt: skip

    assert count == 1
    assert [(each.name, each.residual_likelihood) for each in log_of(db, product.id)] == [("Lost", "very-low")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no header"), (b"\xff\xfeH\x00", "UTF-16"), (b"Hazard,Severity\n", "no row"),
        (b"Hazard,Severity\nx,y\n", "lacks the columns Potential clinical impact"),
    ],
)  # fmt: skip
def test_what_is_no_hazard_log_says_so(db, services, product, lumen, content, words):
    with pytest.raises(Invalid) as refused:
        preview_log(db, product, content, frameworks=services.frameworks, by=lumen)

    assert words in f"{refused.value.fact} {refused.value.hint}"


def test_a_deployment_begins_with_what_is_handed_over_and_goes_live_once_all_is_decided(
    db, services, product, lumen, buyer, officer, now
):
    frameworks, matrix = services.frameworks, matrix_of(services.frameworks)
    a_log(db, frameworks, product, by=lumen, at=now)
    deployment = a_deployment(db, product, by=buyer, at=now)

    log = log_of(db, product.id, deployment_id=deployment.id)
    blocked = [each.words for each in what_blocks_going_live(db, deployment, matrix)]
    with pytest.raises(NotAllowed, match="clinical safety officer"):
        go_live(db, deployment, frameworks=frameworks, by=buyer, at=now)
    with pytest.raises(Conflict, match="hazard 1: It was handed over to you"):
        go_live(db, deployment, frameworks=frameworks, by=officer, at=now)

    assert [(each.name, each.handed_over) for each in log] == [
        ("The service is away", "Keep a paper template in each room.")
    ]
    assert len(blocked) == 2
    decide_all(db, frameworks, deployment, by=officer, at=now)
    with pytest.raises(Conflict, match="No safety case report"):
        go_live(db, deployment, frameworks=frameworks, by=officer, at=now)
    report = a_report(db, frameworks, product, deployment=deployment, by=officer, at=now)
    go_live(db, deployment, frameworks=frameworks, by=officer, at=now)

    assert deployment.state == "live"
    assert report.document["head"]["standard"] == "DCB0160"
    assert recorded(db, about=deployment.id) == ["DeploymentPlanned", "DeploymentWentLive"]


def test_a_deployment_is_planned_once_and_its_log_is_for_nobody_else(
    db, services, product, lumen, buyer, other_buyer, officer, now
):
    a_log(db, services.frameworks, product, by=lumen, at=now)
    deployment = a_deployment(db, product, by=buyer, at=now)
    decide_all(db, services.frameworks, deployment, by=officer, at=now)
    report = a_report(db, services.frameworks, product, deployment=deployment, by=officer, at=now)

    with pytest.raises(Conflict, match="uses Lumen Scribe already"):
        plan_deployment(db, product, by=buyer, at=now)
    with pytest.raises(NotFound):
        find_deployment(db, deployment.ref, by=other_buyer)
    with pytest.raises(NotFound):
        own_deployment(db, deployment.ref, by=lumen)
    with pytest.raises(NotFound):
        find_report(db, report.ref, by=lumen)
    with pytest.raises(NotAllowed, match="only an organisation that buys"):
        plan_deployment(db, product, by=lumen, at=now)
    end_deployment(db, deployment, reason="Another product took its place.", by=officer, at=now)

    assert holders_of(db, product.id) == {}
    assert plan_deployment(db, product, by=buyer, at=now).id != deployment.id


def test_who_sees_the_log_is_who_supplies_holds_or_assesses(
    db, services, bench: Bench, product, certificate, lumen, buyer, other_buyer, rival, now
):
    a_deployment(db, product, by=buyer, at=now)

    seen = [standpoint(db, actor, product).sees_log for actor in (lumen, buyer, bench.third, other_buyer, rival, None)]

    assert seen == [True, True, True, False, False, False]
    assert standpoint(db, other_buyer, product).sees_handed_over


def test_an_incident_goes_from_report_to_its_cause_and_the_clock_tells_of_limits_once(
    db, services, product, lumen, buyer, other_buyer, now
):
    frameworks = services.frameworks
    a_log(db, frameworks, product, by=lumen, at=now)
    incident = report_incident(db, product, {**INCIDENT, "lfpse": "LF-1"}, frameworks=frameworks, by=buyer, at=now)
    late = [watch_incidents(db, frameworks, at=now + n * DAY) for n in (0, 2, 2)]

    with pytest.raises(NotAllowed, match="only the supplier judges"):
        triage_incident(db, incident, {}, frameworks=frameworks, by=buyer, at=now)
    with pytest.raises(NotFound):
        find_incident(db, incident.ref, by=other_buyer)
    judged = {"judged": "fatal", "assessment": "A zero is lost.", "is-device": "yes", "hazard": "1"}
    triage_incident(db, incident, judged, frameworks=frameworks, by=lumen, at=now + DAY)
    number_incident(db, incident, {"mhra": "2026/011"}, frameworks=frameworks, by=lumen, at=now + DAY)
    make_safe(db, incident, {"made-safe": "Doses are written in words."}, by=lumen, at=now + DAY)
    close_incident(db, incident, {"cause": "A tokeniser. Mended in 1.1."}, by=lumen, at=now + 2 * DAY)

    assert late == [0, 2, 0]
    assert incident.numbers == {"lfpse": "LF-1", "mhra": "2026/011"}
    assert incident.hazard_id == hazard_in(db, product.id, 1).id
    assert sorted(recorded(db, about=incident.id)) == [
        "IncidentClosed", "IncidentLate", "IncidentLate", "IncidentMadeSafe", "IncidentNumbered", "IncidentReported",
        "IncidentTriaged",
    ]  # fmt: skip


def test_a_report_of_an_incident_says_what_is_missing(db, services, product, buyer, now):
    bad = {"severity": "bad", "words": "", "happened-on": "2027-01-01"}

    with pytest.raises(Invalid) as refused:
        report_incident(db, product, bad, frameworks=services.frameworks, by=buyer, at=now)

    assert set(refused.value.fields) == {"severity", "words", "happened-on"}


def test_a_safety_notice_reaches_every_holder_with_its_grounds_and_each_officer_answers(
    db, services, bench: Bench, product, certificate, lumen, buyer, other_buyer, officer, now
):
    frameworks = services.frameworks
    accept_assurance(db, certificate, by=other_buyer, at=now)
    a_deployment(db, product, by=buyer, at=now)
    notice = a_notice(
        db, frameworks, product, by=lumen, at=now, also={other_buyer.organisation_id: ["takes part in a pilot"]}
    )

    receipts = {each.organisation.name: each for each in receipts_of(db, [notice.id])[notice.id]}
    with pytest.raises(NotAllowed, match="only a clinical safety officer"):
        acknowledge_notice(db, notice, by=buyer, at=now)
    with pytest.raises(NotFound, match="did not reach"):
        acknowledge_notice(db, notice, by=bench.first, at=now)
    acknowledge_notice(db, notice, by=officer, at=now)
    answer_notice(db, notice, {"answer": "done", "words": "Told everybody."}, frameworks=frameworks, by=officer, at=now)
    with pytest.raises(Invalid) as refused:
        close_notice(db, notice, words="", frameworks=frameworks, by=lumen, at=now)

    assert {name: each.grounds for name, each in receipts.items()} == {
        "Ashdown Hospitals NHS Trust": ["uses version 1.0"],
        "Calder Valley NHS Trust": [f"relies on {certificate.ref}", "takes part in a pilot"],
    }
    assert (notice.acknowledge_by, notice.act_by) == (date(2026, 11, 27), date(2026, 12, 4))
    assert "1 have not answered" in refused.value.fields["words"]
    assert [each.ref for each in notices_for(db, by=bench.third)] == [notice.ref]
    close_notice(db, notice, words="The other was told by telephone.", frameworks=frameworks, by=lumen, at=now)
    assert notice.state == "closed"


def test_who_is_silent_is_chased_and_who_has_answered_is_not(
    db, services, product, lumen, buyer, other_buyer, officer, now
):
    a_deployment(db, product, by=buyer, at=now)
    a_deployment(db, product, by=other_buyer, at=now)
    notice = a_notice(db, services.frameworks, product, by=lumen, at=now)
    answer_notice(
        db, notice, {"answer": "not-affected", "words": "We use no doses."}, frameworks=services.frameworks, by=officer,
        at=now,
    )  # fmt: skip

    chased = [chase_notices(db, services.frameworks, at=now + n * DAY) for n in range(8)]

    assert chased == [0, 0, 1, 0, 1, 0, 1, 0]
    assert chase_notices(db, services.frameworks, at=now + 6 * DAY) == 0
    rows = {each.organisation_id: each.chased for each in receipts_of(db, [notice.id])[notice.id]}
    assert rows == {buyer.organisation_id: 0, other_buyer.organisation_id: 3}


def test_a_change_notice_says_which_criteria_lapse_and_leaves_time_enough(
    db, services, product, lumen, buyer, other_buyer, officer, now
):
    frameworks = services.frameworks
    a_deployment(db, product, by=buyer, at=now)

    with pytest.raises(Invalid) as refused:
        write_notice(db, product, {**CHANGE, "takes-effect-on": "2026-12-01"}, frameworks=frameworks, by=lumen, at=now)
    notice = write_notice(db, product, CHANGE, frameworks=frameworks, by=lumen, at=now)
    with pytest.raises(NotFound):
        find_notice(db, notice.ref, by=other_buyer)
    issue_notice(db, notice, frameworks=frameworks, by=lumen, at=now)
    answer_notice(db, notice, {"answer": "accepted", "words": "Tested."}, frameworks=frameworks, by=officer, at=now)

    assert "24 December 2026" in refused.value.fields["takes-effect-on"]
    assert ("dtac", "C1.2.4") in {(each["framework"], each["code"]) for each in notice.lapses}
    assert notice.act_by == date(2027, 1, 10)
    with pytest.raises(Conflict, match="cannot change an issued"):
        write_notice(
            db, product, NOTICE, notice=notice, row_version=notice.row_version, frameworks=frameworks, by=lumen, at=now
        )


def test_every_hazard_keeps_its_number(db, services, product, lumen, now):
    a_log(db, services.frameworks, product, by=lumen, at=now)

    assert list(db.scalars(select(Hazard.number).order_by(Hazard.number))) == [1, 2]
