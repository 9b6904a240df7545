"""The trail and the comparison: everything that was done, in words, for whoever may read it."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from marketplace.faces.documents import pdf
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.sheets import to_csv, to_ods
from marketplace.procurement.actions.comments import say
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.actions.projects import decide_project
from marketplace.procurement.actions.searches import lock_step
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on
from marketplace.procurement.queries.compare import compare
from marketplace.procurement.queries.declared import direct_award, exclusion_reasons, records
from marketplace.procurement.queries.exports import (
    TRAIL,
    comparison_about,
    comparison_columns,
    comparison_rows,
    document_of,
    trail_rows,
    trail_sheets,
)
from marketplace.procurement.queries.trail import trail_of
from tests.procurement.scenes import a_step, loaded
from tests.procurement.test_shortlist import CODES, a_requirement

VOLUMES = {"users": 400, "uses": 90_000, "sites": 3}


def a_story(db, project, scribe, quill, frameworks, *, by, at):
    """Required, searched, locked, considered, chosen, left out, decided."""
    a_requirement(db, project, frameworks, by=by, at=at)
    step = a_step(db, project, by=by, at=at)
    lock_step(db, project, step, [scribe.ref, quill.ref], total=2, by=by, at=at)
    add_candidates(db, project, [scribe, quill], step=step, by=by, at=at)
    words = Reason(words="It does what we need.")
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=words, by=by, at=at)
    code = Reason(code="data-leave-country")
    decide_on(db, project, quill, verdict="excluded", reason=code, codes=CODES, by=by, at=at)
    grounds = direct_award(frameworks).grounds
    decide_project(db, project, reason="Buy it.", ground="technical-reasons", grounds=grounds, by=by, at=at)
    db.flush()


def test_the_trail_tells_the_whole_story_in_order(db, project, scribe, quill, buyer, frameworks, now):
    a_story(db, project, scribe, quill, frameworks, by=buyer, at=now)

    trail = trail_of(db, project, frameworks, by=buyer)

    kinds = " ".join(line.kind for line in trail.lines)
    assert kinds == "started people requirement search lock candidate candidate included excluded decided"
    by_kind = {line.kind: line for line in trail.lines}
    assert by_kind["search"].text.startswith("Care setting: Outpatient clinics. 2 found")
    assert by_kind["excluded"].reason == "Data leave the country or countries that we accept"
    assert by_kind["included"].yearly_pence == 400 * 12 * 1_250
    assert by_kind["search"].text.endswith("the best match first")
    assert by_kind["requirement"].text == "nothing but United Kingdom"
    assert by_kind["decided"].text.startswith(f"For Lumen Scribe ({scribe.ref}). ")
    assert {(line.by, line.organisation) for line in trail.lines} == {("Grace Okafor", "Ashdown Hospitals NHS Trust")}
    assert all(line.entry for line in trail.lines)
    assert [result.ref for result in trail.locked[0].results] == [scribe.ref, quill.ref]


def test_the_trail_says_what_must_be_kept_and_is_not_there(db, project, scribe, quill, buyer, frameworks, now):
    before = {kept.record.id: kept.lines for kept in trail_of(db, project, frameworks, by=buyer).kept}
    a_story(db, project, scribe, quill, frameworks, by=buyer, at=now)
    after = {kept.record.id: kept.lines for kept in trail_of(db, project, frameworks, by=buyer).kept}

    inside = {each.id for each in records(frameworks).records if each.kinds}
    assert {key for key, lines in before.items() if lines} == set()
    assert {key for key, lines in after.items() if lines} == inside


def test_why_a_product_was_put_back_stands_in_the_trail(db, project, scribe, buyer, frameworks, now):
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=Reason(words="Fits."), by=buyer, at=now)
    decide_on(db, project, scribe, verdict="added", reason=Reason(words="The demo fell through."), by=buyer, at=now)
    db.flush()

    last = trail_of(db, project, frameworks, by=buyer).lines[-1]

    assert (last.kind, last.reason) == ("candidate", "The demo fell through.")


def test_a_requirement_written_after_the_first_search_is_marked(db, project, buyer, frameworks, now):
    a_step(db, project, by=buyer, at=now)
    a_requirement(db, project, frameworks, by=buyer, at=now)

    late = [line.is_late for line in trail_of(db, project, frameworks, by=buyer).lines if line.kind == "requirement"]

    assert late == [True]


def test_a_private_comment_is_in_no_trail_of_others(db, project, buyer, other_buyer, frameworks, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    say(db, project, words="Our budget is 90,000.", is_private=True, by=buyer, at=now)
    db.flush()

    assert "comment" in {line.kind for line in trail_of(db, project, frameworks, by=buyer).lines}
    theirs = trail_of(db, project, frameworks, by=other_buyer)
    assert "comment" not in {line.kind for line in theirs.lines}
    assert "90,000" not in str([line for line in theirs.lines if line.kind != "started"])


# --- declared


def test_what_is_declared_about_direct_awards_names_its_law_and_its_source(frameworks):
    declared = direct_award(frameworks)

    for part in (*declared.conditions, *declared.duties):
        assert "Procurement Act 2023, s" in part.law
        assert part.source in declared.sources
    assert all(row.source in declared.sources for row in declared.thresholds)
    assert {"technical-reasons", "exclusive-rights", "competition-follows"} <= set(declared.grounds)


def test_every_reason_and_record_declared_can_be_used(frameworks):
    assert "other-reason" in exclusion_reasons(frameworks)
    declared = records(frameworks)
    assert all(bool(each.kinds) != bool(each.elsewhere) for each in declared.records)
    assert all(each.source in declared.sources for each in declared.records)


# --- compare


def rows_of(comparison):
    return {row.label: row for group in comparison.groups for row in group.rows}


def test_a_comparison_shows_answers_prices_and_what_stands_behind_them(db, scribe, quill, frameworks, now):
    refs, on = [scribe.ref, quill.ref], day_in_london(now)

    found = compare(db, frameworks, refs, volumes=VOLUMES, years=3, on=on)

    rows = rows_of(found)
    assert rows["Supplier"].cells == ("Lumen Health Ltd", "Quillmark Ltd")
    assert rows["A year"].cells == ("£60,000.00", "No price is declared")
    assert rows["Over 3 years, everything"].cells[0] == "£180,000.00"
    assert rows["Over 3 years, with VAT"].cells[0] == "£216,000.00"
    assert not rows["Conformity today"].differs
    hosting = next(row for label, row in rows.items() if "United Kingdom" in row.cells)
    assert hosting.cells[1] == "United States"


def test_differences_only_leaves_out_what_is_the_same_and_nothing_else(db, scribe, quill, frameworks, now):
    found = compare(db, frameworks, [scribe.ref, quill.ref], volumes={}, years=1, on=day_in_london(now))

    differing = [row for group in found.differing for row in group.rows]
    everything = [row for group in found.groups for row in group.rows]
    assert all(row.differs for row in differing)
    assert len(differing) + found.same == len(everything)
    assert len(differing) < len(everything)


@pytest.mark.parametrize("count", [0, 1, 6])
def test_fewer_than_two_or_more_than_five_are_refused(db, scribe, frameworks, now, count):
    refs = [scribe.ref, *(f"PRD-{number}" for number in range(5))][:count]

    with pytest.raises(Invalid, match="compared"):
        compare(db, frameworks, refs, volumes={}, years=1, on=day_in_london(now))


def test_a_draft_or_an_unknown_product_is_not_compared(db, scribe, lumen, frameworks, now):
    with pytest.raises(NotFound, match="PRD-NOPE"):
        compare(db, frameworks, [scribe.ref, "prd-nope"], volumes={}, years=1, on=day_in_london(now))


# --- exports


STRANGE = "=SUM(A1) #panic(1) *bold* ] $ \\ <b> 日本語 🙂 ŵ"


def test_what_people_typed_is_text_in_every_export_and_never_a_command(db, project, scribe, buyer, frameworks, now):
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=Reason(words=STRANGE), by=buyer, at=now)
    db.flush()
    trail = trail_of(db, project, frameworks, by=buyer)

    made = pdf("trail", document_of(trail, at=now), at=now)
    table = b"".join(to_csv(TRAIL, trail_rows(trail))).decode()
    workbook = ZipFile(BytesIO(to_ods(trail_sheets(trail, at=now)))).read("content.xml").decode()

    assert made.startswith(b"%PDF-")
    assert b"pdfuaid:part" in made
    assert b"pdfaid:part" in made
    assert "'=SUM(A1) #panic(1)" in table
    assert "table:formula" not in workbook
    assert "=SUM(A1)" in workbook


def test_a_document_is_the_same_bytes_each_time_it_is_made(db, project, buyer, frameworks, now):
    trail = trail_of(db, project, frameworks, by=buyer)

    assert pdf("trail", document_of(trail, at=now), at=now) == pdf("trail", document_of(trail, at=now), at=now)


def test_the_table_lists_what_a_locked_search_found_behind_its_lock(db, project, scribe, quill, buyer, frameworks, now):
    a_story(db, project, scribe, quill, frameworks, by=buyer, at=now)

    rows = list(trail_rows(trail_of(db, project, frameworks, by=buyer)))

    kinds = [row[1] for row in rows]
    assert kinds[kinds.index("Search locked") + 1 :][:2] == ["Found", "Found"]
    assert {len(row) for row in rows} == {len(TRAIL)}


def test_a_comparison_leaves_with_its_date_and_the_search_that_led_there(db, scribe, quill, frameworks, now):
    found = compare(db, frameworks, [scribe.ref, quill.ref], volumes=VOLUMES, years=3, on=day_in_london(now))

    about = dict(comparison_about(found, {"Search that led here": "/products?q=scribe"}, at=now))
    rows = list(comparison_rows(found, every_row=True))

    assert about["Compared on"] == now
    assert about["Search that led here"] == "/products?q=scribe"
    assert {len(row) for row in rows} == {len(comparison_columns(found))}
    assert {row[2] for row in rows} == {"differs", "same"}
