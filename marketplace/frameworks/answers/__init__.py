"""What is done with answers: checked, completed, shown, compared, counted. All pure; a form and plain data go in.

An answer is kept under the id of its question: a string (an option's id, an ISO date, a link), a number, a list of
strings, or for a table a list of rows. A question that is not answered is absent.
"""

from marketplace.frameworks.answers.cleaning import amend, clean
from marketplace.frameworks.answers.comparing import Change, Row, changes, compare, facets
from marketplace.frameworks.answers.gates import Missing, asked, effective, missing
from marketplace.frameworks.answers.showing import NOT_STATED, Shown, described, display, fields
from marketplace.frameworks.answers.translating import translate

__all__ = [
    "NOT_STATED",
    "Change",
    "Missing",
    "Row",
    "Shown",
    "amend",
    "asked",
    "changes",
    "clean",
    "compare",
    "described",
    "display",
    "effective",
    "facets",
    "fields",
    "missing",
    "translate",
]
