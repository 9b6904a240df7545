"""The transparency record takes what an organisation answered in the framework of the record, once."""

from marketplace.assurance.queries.safety.declared import record_shape
from marketplace.assurance.rules.safety.transparency import filled_record, missing_of
from marketplace.frameworks.loader import Frameworks

SAID = {"intended-use": "What it is for: notes of clinics"}


def field_of(frameworks: Frameworks, code: str, own: dict[str, str], answered: dict[str, str]):
    record = filled_record(record_shape(frameworks), {}, SAID, own, answered)
    return next(field for block in record for field in block.fields if field.code == code)


def test_what_the_record_takes_from_answers_is_asked_by_its_framework(frameworks: Frameworks):
    named = {name for block in record_shape(frameworks).blocks for field in block.fields for name in field.answers}

    assert named <= frameworks.assurance["atrs"].by_question.keys()
    assert len(named) == 25


def test_an_answer_to_the_framework_fills_its_field(frameworks: Frameworks):
    answered = {"atrs-previous": "Notes were typed."}

    field = field_of(frameworks, "2.2.4", {}, answered)

    assert (field.text, field.whose, field.own) == ("Notes were typed.", "organisation", "")


def test_what_the_organisation_says_counts_before_the_listing_and_what_it_wrote_here_before_both(
    frameworks: Frameworks,
):
    answered = {"atrs-scope": "Four specialties, adults."}

    assert field_of(frameworks, "2.2.2", {}, {}).whose == "supplier"
    assert field_of(frameworks, "2.2.2", {}, answered).text == "Four specialties, adults."
    assert field_of(frameworks, "2.2.2", {"2.2.2": "Written here."}, answered).text == "Written here."


def test_what_is_answered_is_not_missing(frameworks: Frameworks):
    record = filled_record(record_shape(frameworks), {}, {}, {}, {"atrs-appeals": "As for any note."})

    assert "2.3.6" not in {field.code for field in missing_of(record)}
    assert "2.3.5" in {field.code for field in missing_of(record)}
