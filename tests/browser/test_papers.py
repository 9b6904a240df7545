"""What is printed for keeping, looked at by a checker that is not the typesetter's: PDF/UA-1 and PDF/A-3a, rule by rule."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.test_main_job import BUYER, FINANCE
from tests.browser.test_pages import certificate_of, links

pytestmark = pytest.mark.browser
CHECKER = os.environ.get("TOUCHSTONE_TEST_PAPERS", "")
SAFETY_OFFICER = "Ngozi Whitcombe-Ayre"


@pytest.fixture
def checker() -> str:
    """The command that looks at PDFs, as `.ci/run` names it."""
    if not CHECKER:
        pytest.skip("TOUCHSTONE_TEST_PAPERS names no checker, such as bench/papers/check.sh")
    return CHECKER


def test_every_kind_of_paper_passes_an_independent_checker(
    window_as: Callable[[str], Page], checker: str, tmp_path: Path
) -> None:
    buyer, finance, officer = window_as(BUYER), window_as(FINANCE), window_as(SAFETY_OFFICER)
    uses = links(officer, "/safety", "/deployments/DEP-")
    reports = (one for use in uses for one in links(officer, use, "/safety-reports/") if one.endswith(".pdf"))
    project = links(buyer, "/projects", "/projects/PRJ-")[0]
    contract = links(buyer, "/contracts", "/contracts/CON-")[0]
    invoice = next(one for one in links(finance, "/invoices", "/invoices/") if re.search(r"-\d+$", one))
    certificate = certificate_of(buyer, links(buyer, "/products", "/products/PRD-"))
    made = [
        paper(officer, next(reports)),
        paper(buyer, f"{project}/trail.pdf"),
        paper(buyer, f"{contract}/text.pdf"),
        paper(buyer, f"{certificate}/certificate.pdf"),
        paper(finance, f"{invoice}/invoice.pdf"),
    ]
    files = [tmp_path / f"{number}.pdf" for number in range(len(made))]
    for file, content in zip(files, made, strict=True):
        file.write_bytes(content)

    looked = subprocess.run([checker, *map(str, files)], capture_output=True, text=True, check=False, timeout=300)

    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert len(re.findall(" passes (?:ua1|3a), ", looked.stdout)) == 2 * len(files)


def paper(page: Page, address: str) -> bytes:
    """A document as a browser takes it along."""
    answer = page.context.request.get(address)
    assert answer.headers["content-type"].startswith("application/pdf"), address
    return answer.body()
