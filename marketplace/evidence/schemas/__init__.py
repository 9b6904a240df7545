"""What comes in of studies and claims, from forms, files and JSON alike: read field by field, told all at once."""

from marketplace.evidence.schemas.studies import (
    LONGEST,
    MOST_RESULTS,
    Described,
    Measured,
    Vocabulary,
    number_faults,
    read_described,
    read_doi,
    read_result,
    read_results,
)

__all__ = [
    "LONGEST", "MOST_RESULTS", "Described", "Measured", "Vocabulary", "number_faults", "read_described", "read_doi",
    "read_result", "read_results",
]  # fmt: skip
