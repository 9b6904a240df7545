"""Which pages are in Welsh, and the environment that each page is rendered in."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment

from marketplace.web.welsh.environment import WelshEnvironment, speaking
from marketplace.web.welsh.words import CATALOGUE, read

PAGES = (
    "assurance/verify.html", "catalogue/_price.html", "catalogue/product.html", "catalogue/product_changes.html",
    "catalogue/product_details.html", "catalogue/product_documents.html", "catalogue/product_edition.html",
    "catalogue/product_price.html", "fault.html", "identity/confirm-address.html",
    "identity/invitation-newcomer.html", "identity/invitation.html", "identity/mailed.html",
    "identity/new-password.html", "identity/newcomer.html", "identity/reset.html", "identity/second-step.html",
    "identity/sign-in.html", "identity/sign-up.html", "procurement/compare.html", "public/about.html",
    "public/accessibility.html", "public/glossary.html", "public/home.html", "public/open-data.html",
    "public/privacy.html", "refusal.html", "register/entry.html", "register/register.html", "search/_found.html",
    "search/_results.html", "search/_suggestions.html", "search/results.html",
)  # fmt: skip
"""The pages that are in Welsh from header to footer. Around any other the header and footer are, and say so."""
SHELL = "shell.html"


@dataclass
class Languages:
    """The pages by language: English from the start, Welsh from the first page that is asked for in it."""

    english: Environment
    templates: Path

    @cached_property
    def welsh(self) -> WelshEnvironment:
        """All of a page in Welsh."""
        return speaking(self.english, read(self.templates / CATALOGUE))

    @cached_property
    def around(self) -> WelshEnvironment:
        """Header and footer in Welsh around a page in English."""
        return speaking(self.english, read(self.templates / CATALOGUE), only=SHELL)

    def of(self, template: str, language: str) -> tuple[Environment, str]:
        """The environment of a page, and the language of what stands between header and footer."""
        if language != "cy":
            return self.english, "en"
        return (self.welsh, "cy") if template in PAGES else (self.around, "en")
