"""The calculators of evidence as pages."""

import pytest

from marketplace.faces.desk import CALCULATORS

NAMES = ("pool", "sample", "spc")

@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_page_with_its_working_and_source(name, client):
    page = client.get(f"/desk/{name}")

    assert page.status_code == 200
    assert "Working" in page.text
    assert CALCULATORS[name].label in page.text
