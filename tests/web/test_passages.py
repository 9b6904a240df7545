"""The passage on a card: what answers the words, and nothing that the card says already."""

import pytest

from marketplace.ports.search.port import Hit
from marketplace.web.search.asking import Asking
from marketplace.web.search.results import why_of

SUPPLIER, SUMMARY = "Lumen Ltd", "Writes letters."


@pytest.mark.parametrize(
    ("passage", "shown"),
    [
        (f"{SUPPLIER} {SUMMARY} Nurses read them.", "Nurses read them."),
        (f"{SUPPLIER} Nurses read them.", "Nurses read them."),
        (f"{SUPPLIER} {SUMMARY}", None),
        ("… read by nurses of Lumen Ltd …", "… read by nurses of Lumen Ltd …"),
        (SUPPLIER, None),
        (None, None),
    ],
)
def test_the_passage_runs_neither_the_supplier_nor_the_summary_into_its_text(passage, shown):
    hit = Hit("PRD-1", 1.0, {"summary": SUMMARY, "supplier": SUPPLIER}, passage)

    assert why_of(hit, Asking(words="nurses")) == shown
