"""Numbers of registers of studies and DOIs: their shape, and where each can be looked up.

Nothing here asks anybody: that a number exists is for people to look up, with the day on which they did.
"""

import re

from marketplace.kit.values import Value

REGISTERS = (
    ("ClinicalTrials.gov", "NCT", re.compile(r"NCT[0-9]{8}"), "https://clinicaltrials.gov/study/{number}",
     "NCT and eight digits, such as NCT01234567"),
    ("ISRCTN registry", "ISRCTN", re.compile(r"ISRCTN[0-9]{8}"), "https://www.isrctn.com/{number}",
     "ISRCTN and eight digits, such as ISRCTN12345678"),
    ("PROSPERO", "CRD", re.compile(r"CRD[0-9]{11}"), "", "CRD and eleven digits"),
    ("EU Clinical Trials Register", "", re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}"), "", ""),
)  # fmt: skip
_ANYWHERE = re.compile(r"NCT[0-9]{8}|ISRCTN[0-9]{8}|CRD[0-9]{11}")
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]{1,180}")


class Registered(Value):
    """A number of a register that is known here; `url` is where it can be looked up, where that is known."""

    register: str
    number: str
    url: str


def registered_of(text: str) -> Registered | None:
    """The register that a number is of, by its shape; None where none is known for it."""
    plain = re.sub(r"\s", "", text).upper()
    for register, _, shape, url, _ in REGISTERS:
        if shape.fullmatch(plain):
            return Registered(register, plain, url.format(number=plain))
    return None


def slip_in(text: str) -> str:
    """What is wrong with a number that begins as one of a register and goes on otherwise; empty where nothing is."""
    plain = re.sub(r"[\s-]", "", text).upper()
    for register, start, shape, _, told in REGISTERS:
        if start and re.match(rf"{start}[0-9]", plain) and not shape.fullmatch(plain):
            return f"A number of {register} is {told}."
    return ""


def registration_in(*texts: str) -> str:
    """The first number of a known register in any text; empty where there is none."""
    found = next((match for match in map(_ANYWHERE.search, texts) if match), None)
    return found.group() if found else ""


def doi_in(*texts: str) -> str:
    """The first DOI in any text, without the full stop that ended its sentence; empty where there is none."""
    found = next((match for match in map(_DOI.search, texts) if match), None)
    return found.group().rstrip(".,;)") if found else ""
