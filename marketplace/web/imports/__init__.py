"""Imports as pages: choose a file, look at what it would bring, let it run, mend what failed."""

from marketplace.web.imports.pages import ROUTES

__all__ = ["ROUTES"]
