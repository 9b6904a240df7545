"""What the studies of a measure come to, as a clinician reads it in a minute and somebody else to the last number."""

from datetime import timedelta
from decimal import Decimal

from marketplace.evidence.actions.publishing import retract_study
from marketplace.kit.jobs import drain
from marketplace.wiring import subscribers_over
from tests import cast
from tests.evidence.scenes import a_published, measured
from tests.worlds import part, quick_part

MEASURE = "/evidence/measures/minutes-per-note"


@quick_part
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


@part
def three(db, frameworks, lumen, scribe, now):
    trials = [("One", "-3.1", "-4.0", "-2.2", "no"), ("Two", "-2.0", "-3.2", "-0.8", "no"), ("Three", "-1.1", "-2.4", "0.2", "yes")]
    found = [
        a_published(
            db, frameworks, scribe.id, measured(estimate=Decimal(middle), low=Decimal(low), high=Decimal(high)), by=lumen,
            at=now, title=title, supplier_funded=paid,
        )
        for title, middle, low, high, paid in trials
    ]  # fmt: skip
    db.commit()
    return found


def text_of(client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200, page.text[:500]
    return " ".join(page.text.split())


def test_a_minute_is_enough_for_the_sentence_the_picture_and_who_paid(client, scribe, three):
    page = text_of(client, f"/products/{scribe.ref}{MEASURE}")

    assert "Minutes per note: 2.1 minutes less (95% 4.7 less to 0.4 more) in 3 randomised trials" in page
    assert "Low" in page
    assert "the interval leaves all open" in page
    assert "1 of 3 was paid for or run by the supplier: the hollow square." in page
    assert page.count("<polygon") == 1
    assert page.count('class="mark mark--theirs"') >= 1
    assert "What is not known" in page
    assert "How far the true effects differ between places" in page
    assert "Looked for: age, sex, ethnicity" in page


def test_a_clinician_reads_what_it_comes_to_over_a_thousand_and_without_the_suppliers(client, scribe, three):
    page = text_of(client, f"/products/{scribe.ref}{MEASURE}/summary")

    assert "Over 1,000 of each note: " in page
    assert "less in hours" in page
    assert "Independent of the supplier alone" in page
    assert "2 of 3 studies are independent" in page
    assert "120 consultants and registrars" in page


def test_a_ratio_is_told_as_so_many_in_a_thousand(client, db, frameworks, lumen, scribe, now):
    for title, middle, low, high in (("One", "0.5", "0.4", "0.62"), ("Two", "0.55", "0.45", "0.67")):
        ratio = measured(measure="Notes with an omission", effect="ratio", unit="", estimate=Decimal(middle), low=Decimal(low), high=Decimal(high))
        a_published(db, frameworks, scribe.id, ratio, by=lumen, at=now, title=title)
    db.commit()

    page = text_of(client, f"/products/{scribe.ref}/evidence/measures/notes-with-an-omission/summary")

    assert "0.53 times as much as without it" in page
    assert "Of 1,000 people or cases" in page
    assert "an example" in page
    assert "How often it happens without the product" in page


def test_the_whole_table_has_every_plot_and_its_numbers(client, scribe, three):
    page = text_of(client, f"/products/{scribe.ref}{MEASURE}/table")

    for told in ("DerSimonian-Laird", "One true effect", "REML, Hartung-Knapp", "Without each study in turn", "As studies came in",
                 "Fewer than ten studies: a funnel of so few says little", "Of the version on sale or its model alone", "I² "):  # fmt: skip
        assert told in page, told
    assert page.count("The numbers</summary>") == 6


def test_what_does_not_fit_says_why_and_is_not_added_up(client, db, frameworks, lumen, scribe, three, now):
    a_published(db, frameworks, scribe.id, by=lumen, at=now, title="A loose pilot", design="before-after", comparator="")
    db.commit()

    page = text_of(client, f"/products/{scribe.ref}{MEASURE}")

    assert "in 3 randomised trials" in page
    assert "A loose pilot</a>: its design is not added up: Without anybody beside it" in page


def test_what_was_known_stays_readable_by_its_day(client, db, services, frameworks, lumen, scribe, three, now):
    later = now + timedelta(days=10)
    drain(services.database, subscribers_over(services), clock=lambda: now)
    retract_study(db, three[0], reason="The numbers were mixed up.", by=lumen, at=later)
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: later)
    path = f"/products/{scribe.ref}{MEASURE}"

    assert "in 2 randomised trials" in text_of(client, path)
    assert "One was retracted." in text_of(client, path)
    before = text_of(client, f"{path}?on={now:%Y-%m-%d}")
    assert "in 3 randomised trials" in before
    assert f"As it was known on {now.day} November 2026" in before
    assert client.get(f"{path}?on=2020-01-01").status_code == 404
    assert client.get(f"{path}?on=soon").status_code == 422
    for depth in ("summary", "table"):
        assert "in 3 randomised trials" in text_of(client, f"{path}/{depth}?on={now:%Y-%m-%d}")


def test_one_study_is_told_and_not_added_up(client, db, frameworks, lumen, scribe, now):
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()

    page = text_of(client, f"/products/{scribe.ref}{MEASURE}")

    assert "Minutes per note: 1 study, not added up into one number" in page
    assert "one study is not added up" in page
    assert "There is no sum" in text_of(client, f"/products/{scribe.ref}{MEASURE}/table")
    assert client.get(f"/products/{scribe.ref}/evidence/measures/nothing").status_code == 404
