"""Files of references and results: read line by line, duplicates left out, what does not hold refused where it stands."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evidence.actions.importing import import_file, look_at
from marketplace.evidence.actions.publishing import publish_study
from marketplace.evidence.queries.declared import strength_rules
from marketplace.evidence.queries.studies import studies_of
from marketplace.evidence.rules.duplicates import Known, duplicate_of, likeness
from marketplace.evidence.rules.files.bibtex import read_bibtex
from marketplace.evidence.rules.files.csl import read_csl
from marketplace.evidence.rules.files.entries import Unreadable
from marketplace.evidence.rules.files.fhir import read_fhir
from marketplace.evidence.rules.files.ris import read_ris
from marketplace.evidence.rules.registrations import doi_in, registered_of, registration_in, slip_in
from marketplace.evidence.schemas.files import FORMATS, format_of
from marketplace.faces.evidence import vocabulary
from marketplace.kit.errors import Invalid, NotAllowed
from tests import cast
from tests.evidence.scenes import a_study

DEFAULTS = {
    "kind": "study", "design": "cohort", "version_number": "1.0", "supplier_funded": "no", "supplier_run": "no",
    "better": "lower",
}  # fmt: skip
CSL = json.dumps([
    {
        "type": "article-journal", "title": ["Drafted notes: a randomised trial"], "DOI": "10.1000/trial.1",
        "URL": "https://doi.org/10.1000/trial.1", "abstract": "<jats:p>Registered as ISRCTN12345678.</jats:p>",
        "container-title": "Journal of Invented Trials", "issued": {"date-parts": [[2026, 5, 13]]},
        "funder": [{"name": "Northern Trials Fund"}],
    },
    {"title": "Interviews about drafted notes", "DOI": "10.1000/words.2", "URL": "http://example.org/not-safe"},
], indent=1)  # fmt: skip
RIS = """TY  - JOUR
TI  - Drafted notes in emergency care,
      a cohort
AB  - People were followed for a year (NCT01234567).
DO  - 10.1000/cohort.3
JO  - Journal of Invented Trials
PY  - 2025/06/
ER  - 
"""  # noqa: W291
BIBTEX = r"""% from a reference manager
@article{muller2025,
  title = {{Drafted} notes in M{\"u}nster: a survey of 5\% of staff},
  journal = "Journal of Invented Trials",
  year = 2025,
  doi = {10.1000/survey.4},
}
@comment{not an entry}
"""
FHIR = json.dumps({
    "resourceType": "Evidence", "title": "Writing time with drafted notes",
    "identifier": [{"value": "10.1000/fhir.5"}],
    "studyDesign": [{"text": "Randomized parallel groups"}],
    "variableDefinition": [
        {"variableRole": {"coding": [{"code": "population"}]}, "description": "Consultants of two hospitals"},
        {"variableRole": "measuredVariable", "description": "Minutes per note"},
    ],
    "statistic": [
        {
            "statisticType": {"text": "Mean Difference"}, "quantity": {"value": -3.1, "unit": "minutes"},
            "sampleSize": {"numberOfParticipants": 120},
            "attributeEstimate": [
                {"type": {"text": "Confidence interval"}, "range": {"low": {"value": -4.0}, "high": {"value": -2.2}}}
            ],
        },
        {"statisticType": {"text": "p-value"}, "quantity": {"value": 0.01}},
    ],
}, indent=1)  # fmt: skip
CSV = (
    "study,measure,unit,better,effect,estimate,low,high,participants,arm1_n,arm1_events,arm2_n,arm2_events\r\n"
    "{study},Notes with an error,,lower,ratio,0.50,0.29,0.87,200,100,15,100,30\r\n"
)


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


@pytest.fixture
def brings(db, frameworks, lumen, scribe, now):
    """Brings a text in for Lumen's product."""

    def bring(text: str, *, name: str = "file", by=lumen, only_look: bool = False, **defaults: str):
        given_values = {"defaults": {**DEFAULTS, **defaults}, "known": vocabulary(frameworks), "by": by,
                        "on": now.date()}  # fmt: skip
        if only_look:
            return look_at(db, scribe.id, text.encode(), name=name, **given_values)
        return import_file(db, scribe.id, text.encode(), name=name, **given_values, at=now)

    return bring


def test_csl_json_becomes_drafts(brings):
    first, second = brings(CSL)

    assert (first.title, first.doi, first.registration) == (
        "Drafted notes: a randomised trial", "10.1000/trial.1", "ISRCTN12345678"
    )  # fmt: skip
    assert (first.design, first.state, first.funder) == ("randomised-trial", "draft", "Northern Trials Fund")
    assert first.summary.startswith("As published in Journal of Invented Trials, 13 May 2026.")
    assert (second.design, second.url) == ("qualitative", "")


@pytest.mark.parametrize(
    ("text", "kind", "title", "doi", "design"),
    [
        (RIS, "ris", "Drafted notes in emergency care, a cohort", "10.1000/cohort.3", "cohort"),
        (BIBTEX, "bibtex", "Drafted notes in Münster: a survey of 5% of staff", "10.1000/survey.4", "survey"),
        (FHIR, "fhir", "Writing time with drafted notes", "10.1000/fhir.5", "randomised-trial"),
    ],
)
def test_each_kind_of_file_is_known_by_what_stands_in_it(brings, text, kind, title, doi, design):
    assert format_of("whatever.txt", text) == kind

    (study,) = brings(text)

    assert (study.title, study.doi, study.design) == (title, doi, design)


def test_fhir_evidence_brings_its_numbers_and_says_what_it_left_out(brings):
    look = brings(FHIR, only_look=True)
    assert look.entries[0].notes == ("Left out: a statistic of the kind p-value, which has no place in a result here.",)

    (study,) = brings(FHIR)

    result = study.results[0]
    assert (result.measure, result.effect, result.better) == ("Minutes per note", "difference", "lower")
    assert (result.estimate, result.low, result.high) == (Decimal("-3.1"), Decimal("-4.0"), Decimal("-2.2"))
    assert (study.participants, study.population) == (120, "Consultants of two hospitals")


def test_a_fhir_citation_is_a_reference():
    citation = {
        "resourceType": "Citation",
        "citedArtifact": {
            "title": [{"text": "A trial"}], "identifier": [{"value": "https://doi.org/10.1000/cited.6"}],
            "publicationForm": [{"publishedIn": {"title": "A Journal"}, "articleDate": "2025-05-13"}],
        },
    }  # fmt: skip

    (found,) = read_fhir(json.dumps(citation))

    assert (found.study["title"], found.study["doi"]) == ("A trial", "10.1000/cited.6")
    assert found.study["summary"] == "As published in A Journal, 2025-05-13."


def test_what_is_there_already_is_left_out_by_doi_registration_and_title(brings, db, scribe, lumen):
    brings(CSL)

    again = brings(CSL, only_look=True)
    assert [each.duplicate.by for each in again.entries] == ["doi", "doi"]
    assert brings(CSL) == []
    titled = [
        {"title": "DRAFTED notes: A randomised trial."},
        {"title": "Interviews with nurses about drafted letters"},
    ]
    look = brings(json.dumps(titled), only_look=True)

    assert [each.duplicate and each.duplicate.by for each in look.entries] == ["title", None]
    assert len(studies_of(db, scribe.id, by=lumen)) == 2


def test_an_entry_that_stands_twice_in_a_file_comes_in_once(brings):
    assert len(brings(RIS + RIS)) == 1


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("[\n {\"title\": \"One\"},\n {\"DOI\": \"10.1000/2\"}\n]", 3, "no title"),
        ("TY  - JOUR\nTI  - One\n\nTY  - JOUR\nTI  - Two\nER  - \n", 1, "ER  - is missing"),
        ("TY  - JOUR\nTI  - One\nER  - \nnonsense\n", 4, "no tag"),
        ("@article{a,\n title = {One}\n}\n@article{b,\n title = {Two\n", 4, "closing brace is missing"),
        ("@article{a,\n title = {One}, what is this\n}", 1, "cannot be read from here"),
    ],
)  # fmt: skip
def test_an_entry_that_does_not_hold_is_named_by_its_line_and_nothing_comes_in(
    brings, db, scribe, lumen, text, line, told
):
    look = brings(text, only_look=True)
    wrong = next(each for each in look.entries if each.wrong)
    assert wrong.line == line
    assert told in wrong.wrong

    with pytest.raises(Invalid, match="do not hold") as refused:
        brings(text)

    assert f"Line {line}" in refused.value.fields["file"]
    assert studies_of(db, scribe.id, by=lumen) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "It is empty"),
        ("[\n{\"title\": \"One\"},\n{\"title\" \"Two\"}]", "Line 3: this is no JSON"),
        ("[{\"title\": \"One\"}", "a ] is missing"),
        ("Dear reader,\nhere is a letter.", "Send CSL JSON, RIS"),
        ("@comment{nothing}", "No entry of BibTeX"),
        ("study,measure,better,effect,estimate,colour\nx,y,lower,ratio,1,red", "colour, which is not one of"),
        ("study,measure,better,effect,estimate\n", "There is no row"),
        ("text\0more", "zero characters"),
        (json.dumps([{"title": f"Study number {n} of its own kind {n * 7}"} for n in range(201)]), "at most 200"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_as_a_whole(brings, text, told):
    with pytest.raises(Invalid) as refused:
        brings(text, only_look=True)

    assert told in refused.value.fields["file"]


def test_what_nobody_said_of_the_file_is_asked_for(brings):
    look = brings(RIS, only_look=True, version_number="", supplier_funded="")

    assert "version_number: Say which version" in look.entries[0].wrong
    assert "supplier_funded: Say whether" in look.entries[0].wrong


def test_a_csv_of_results_fills_the_drafts_that_it_names(brings, db, frameworks, lumen, scribe, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now, participants="200")

    brings(CSV.format(study=study.ref))

    ours, theirs = study.results
    assert (ours.measure, theirs.estimate) == ("Minutes per note", Decimal("0.50"))
    assert theirs.arms[0] == {"label": "", "n": "100", "events": "15"}


def test_a_csv_of_results_does_not_touch_what_is_published_or_nobody_s(brings, db, frameworks, lumen, scribe, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    publish_study(db, study, strength_rules(frameworks), is_on_show=True, by=lumen, at=now)

    assert "is published: correct it" in brings(CSV.format(study=study.ref), only_look=True).rows[0].wrong
    assert "No study of this product" in brings(CSV.format(study="Another"), only_look=True).rows[0].wrong
    bad = CSV.format(study=study.ref).replace("0.50,0.29,0.87", "0.50,0.6,0.87")
    assert "does not lie between" in brings(bad, only_look=True).rows[0].wrong


def test_nobody_brings_studies_in_for_a_product_who_may_not_write_it(brings, buyer):
    with pytest.raises(NotAllowed, match="brought in by those who write"):
        brings(CSL, by=buyer)


def test_two_reports_of_one_registration_are_two_and_the_same_report_is_one():
    first = Known("STU-1", "Drafted notes in emergency care: a randomised trial", registration="NCT01234567")
    protocol = Known("", "Statistical analysis plan of the DRAFT study", registration="NCT 0123 4567")
    again = Known("", "A randomised trial of drafted notes in emergency care", registration="nct01234567")

    assert duplicate_of(protocol, [first]) is None
    assert duplicate_of(again, [first]).by == "registration"


def test_another_doi_is_another_report_however_alike_the_titles():
    first = Known("STU-1", "Drafted notes in emergency care: a cohort", doi="10.1000/1")
    second = Known("", "Drafted notes in emergency care: a cohort", doi="10.1000/2")

    assert duplicate_of(second, [first]) is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_a_share_and_the_same_both_ways(one, other):
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1


@pytest.mark.parametrize(
    ("typed", "register", "url"),
    [
        ("NCT01234567", "ClinicalTrials.gov", "https://clinicaltrials.gov/study/NCT01234567"),
        ("isrctn 12345678", "ISRCTN registry", "https://www.isrctn.com/ISRCTN12345678"),
        ("2020-001234-56", "EU Clinical Trials Register", ""),
    ],
)
def test_numbers_of_registers_are_known_by_their_shape(typed, register, url):
    found = registered_of(typed)

    assert (found.register, found.url) == (register, url)


def test_a_slip_in_a_number_is_told_and_what_is_of_no_known_register_is_left_alone():
    assert slip_in("NCT0123456") == "A number of ClinicalTrials.gov is NCT and eight digits, such as NCT01234567."
    assert slip_in("ISRCTN-INVENTED-01") == slip_in("our own list, 7") == ""
    assert registered_of("our own list, 7") is None
    assert registration_in("see NCT01234567.") == "NCT01234567"
    assert doi_in("https://doi.org/10.1000/182.") == "10.1000/182"


@given(st.text(alphabet='{}[]"\\@,=:\n TYERI-abc09', max_size=120), st.sampled_from(["", "[", "@article{", "TY  - "]))
def test_whatever_is_in_a_file_is_read_or_refused_and_nothing_else_is_raised(text, begin):
    for reader in (read_csl, read_ris, read_bibtex, read_fhir):
        with suppress(Unreadable):
            list(reader(begin + text))
    with suppress(Invalid):
        assert format_of("", begin + text) in FORMATS
