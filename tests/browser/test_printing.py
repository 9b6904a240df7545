"""What comes out when a page is printed from the browser: nothing to press, nothing cut off, wide tables across the paper."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.test_pages import links

pytestmark = pytest.mark.browser

A4_ACROSS = re.compile(rb"/MediaBox \[0 0 84\d[.\d]* 59\d")


def test_a_comparison_is_printed_across_the_paper_without_what_is_there_to_press(window: BrowserContext) -> None:
    anybody = window.new_page()
    products = links(anybody, "/products", "/products/PRD-")[:3]
    anybody.goto("/compare?all=yes&" + "&".join(f"p={one.rsplit('/', 1)[-1]}" for one in products))
    expect(anybody.get_by_role("link", name="Take out").first).to_be_visible()

    paper = anybody.pdf(format="A4", prefer_css_page_size=True)
    anybody.emulate_media(media="print")

    assert A4_ACROSS.search(paper)
    for pressed in (anybody.get_by_role("link", name="Take out").first, anybody.locator("#more")):
        expect(pressed).to_be_hidden()
    assert anybody.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
