"""What narrows a search is checked in one place for programs and commands: a slip is named with what there is instead."""

import pytest

from marketplace.cli import main
from marketplace.faces.finding import MOST_CHOSEN, chosen_filters, known_filters
from marketplace.kit.errors import Invalid


def test_values_are_kept_by_filter_and_empty_ones_fall_away(frameworks):
    known = known_filters(frameworks)

    assert chosen_filters({"kind": ["model", "model", ""], "autonomy": [""]}, known) == {"kind": frozenset({"model"})}


@pytest.mark.parametrize(
    ("sent", "key", "told"),
    [
        ({"colour": ["red"]}, "colour", '"colour" is no filter. Choose one of '),
        ({"kind": ["model", "modle"]}, "kind", '"modle" is no value of kind. Choose one of '),
    ],
)
def test_a_slip_is_named_with_what_there_is_instead(frameworks, sent, key: str, told: str):
    with pytest.raises(Invalid, match="a filter does not hold") as refused:
        chosen_filters(sent, known_filters(frameworks))

    assert refused.value.fields[key].startswith(told)
    assert "kind" in refused.value.fields[key]


def test_far_too_much_is_refused(frameworks):
    known = known_filters(frameworks)
    everything = {key: [option.id for option in facet.options] for key, facet in known.items()}
    assert sum(map(len, everything.values())) > MOST_CHOSEN

    with pytest.raises(Invalid, match=f"more than {MOST_CHOSEN} values were chosen"):
        chosen_filters(everything, known)


def test_a_command_tells_it_too(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("TOUCHSTONE_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    monkeypatch.setenv("TOUCHSTONE_SEARCH_URL", f"tantivy://{tmp_path}/index")

    assert main(["search", "letters", "--filter", "kind=modle"]) == 1
    assert '"modle" is no value of kind' in capsys.readouterr().err


def test_where_values_are_listed_elsewhere_their_address_is_named(frameworks):
    with pytest.raises(Invalid) as refused:
        chosen_filters({"kind": ["modle"]}, known_filters(frameworks), listed_at="/v1/enumerations/filters")

    assert refused.value.fields == {"kind": '"modle" is no value of kind. See /v1/enumerations/filters/kind.'}
