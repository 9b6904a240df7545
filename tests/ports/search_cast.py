"""Products that the tests of search look for. All invented."""

from typing import Any

from marketplace.ports.search.port import Document, Vocabulary

WORDS = Vocabulary(
    synonyms=(
        ("ambient scribe", "AVT", "ambient voice technology", "digital scribe"),
        ("emergency department", "A&E"),
        ("x-ray", "radiograph"),
    ),
    spelling={"program": "programme"},
    parts={"pediatr": "paediatr", "anesth": "anaesth", "ization": "isation"},
)


def a_document(ref: str, title: str, text: str = "", /, **more: Any) -> Document:
    told = {"ref": ref, "title": title, "summary": text, "stored": {"title": title}} | more
    return Document(**told)


LUMEN = a_document(
    "PRD-LUMEN", "Lumen Scribe", "An ambient scribe that drafts the clinic letter while the doctor listens.",
    other_names=("Lumen AVT",),
    facets={"kind": ("genai-application",), "care-setting": ("outpatients", "community")},
    sorts={"newest": 30.0, "evidence": 3.0, "price": 50_000.0},
    stored={"title": "Lumen Scribe", "supplier": "Lumen", "badges": ["live", "cited"], "price": None},
)  # fmt: skip
LETTERWING = a_document(
    "PRD-LETTER", "Letterwing", "Writes discharge letters for children leaving hospital, in plain words.",
    body="Tested on paediatric wards. Every letter is checked by a nurse before it is sent to the family.",
    facets={"kind": ("genai-application",), "care-setting": ("inpatients",)},
    sorts={"newest": 20.0, "evidence": 4.0, "price": 90_000.0},
)  # fmt: skip
CODEWELL = a_document(
    "PRD-CODE", "Codewell", "Proposes clinical codes from discharge letters and summaries of the ward.",
    facets={"kind": ("genai-application",), "care-setting": ("inpatients",)},
    sorts={"newest": 10.0, "price": 20_000.0},
)  # fmt: skip
PALEA = a_document(
    "PRD-PALEA", "Palea synthetic records", "A set of invented records of anaesthesia for testing models.",
    facets={"kind": ("synthetic-data-set",), "care-setting": ()},
    sorts={"newest": 40.0, "evidence": 1.0},
)  # fmt: skip
TRIAGE = a_document(
    "PRD-TRIAGE", "Doorway", "Sorts requests at the emergency department and reads the x-ray first.",
    facets={"kind": ("model",), "care-setting": ("emergency",)},
    sorts={"newest": 25.0, "evidence": 2.0, "price": 70_000.0},
)  # fmt: skip
CATALOGUE = (LUMEN, LETTERWING, CODEWELL, PALEA, TRIAGE)
