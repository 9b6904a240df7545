"""A product as others' forms have it: the Applied Model Card of the Coalition for Health AI, and a table."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.assurance.rules.passports import Line
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.answers import display
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.sheets import to_csv
from marketplace.kit.starting import read_later

etree = read_later("lxml.etree")
"""Read when somebody first asks for a card."""
CARD = "chai-model-card"
NAMESPACE = "https://mc.chai.org/v0.1/schema.xsd"
NOT_STATED = "Not stated"
METRIC = ("MetricGoal", "Result", "Interpretation", "TestType", "TestingDataDescription",
          "ValidationProcessAndJustification")  # fmt: skip
SHAPE: Mapping[str, Sequence[str]] = {
    "BasicInfo": ("ModelName", "ModelDeveloper", "DeveloperContact"),
    "ReleaseInfo": ("ReleaseStage", "ReleaseDate", "ReleaseVersion", "GlobalAvailability", "RegulatoryApproval?"),
    "ModelSummary": ("Summary", "Keywords/Keyword"),
    "UsesAndDirections": (
        "IntendedUseAndWorkflow", "PrimaryIntendedUsers", "HowToUse", "TargetedPatientPopulation",
        "CautionedOutOfScopeSettings",
    ),
    "Warnings": ("KnownRisksAndLimitations", "KnownBiasesOrEthicalConsiderations", "ClinicalRiskLevel"),
    "TrustIngredients": (
        *(f"AISystemFacts/{name}" for name in (
            "OutcomesAndOutputs", "ModelType", "FoundationModels?", "InputDataSource", "OutputAndInputDataTypes",
            "DevelopmentDataCharacterization", "BiasMitigationApproaches", "OngoingMaintenance", "Security?",
            "Transparency?",
        )),
        *(f"TransparencyInformation/{name}" for name in (
            "FundingSource", "ThirdPartyInformation?", "StakeholdersConsulted",
        )),
    ),
    "KeyMetrics": tuple(
        f"{kind}/{name}" for kind in ("UsefulnessUsabilityEfficacy", "FairnessEquity", "SafetyReliability")
        for name in METRIC
    ),
    "Resources": (
        "EvaluationReferences?", "ClinicalTrial?", "PeerReviewedPublications", "ReimbursementStatus?",
        "PatientConsentOrDisclosure",
    ),
    "": ("Bibliography",),
}  # fmt: skip
"""The card in its order; a name with ? is left out where nothing is known, any other says that it is not stated."""
COLUMNS = ("framework", "version", "applies", "why", "status", "until", "because", "said by", "body", "certificate",
           "answered", "asked", "mark")  # fmt: skip


def model_card(product: Product, version: Version, frameworks: Frameworks, lines: Sequence[Line]) -> bytes:
    """The card as XML, out of the same mapping by which cards are read."""
    known = {**_known(version, frameworks), **_own(product, version, lines)}
    card = etree.Element(f"{{{NAMESPACE}}}AppliedModelCard", nsmap={None: NAMESPACE})
    for part, names in SHAPE.items():
        for name in names:
            path = f"{part}/{name.rstrip('?')}".lstrip("/")
            _put(card, path, known.get(path, []), is_needed=not name.endswith("?"))
    return bytes(etree.tostring(card, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def passport_table(lines: Sequence[Line]) -> Iterator[bytes]:
    """The passport as a table, a row for each framework."""
    return to_csv(COLUMNS, [_row(each) for each in lines], bom=True)


def _known(version: Version, frameworks: Frameworks) -> dict[str, list[str]]:
    """What the description says, by the path in the card that the mapping reads it from."""
    found: dict[str, list[str]] = {}
    for name, rule in frameworks.mappings[CARD].fields.items():
        question = frameworks.description.questions.get(name)
        if question is None or rule.from_ is None or rule.values or version.answers.get(name) in (None, ""):
            continue
        shown = display(question, version.answers[name])
        found.setdefault(rule.from_, list(shown.lines) or [shown.text])
    return found


def _own(product: Product, version: Version, lines: Sequence[Line]) -> dict[str, list[str]]:
    """What the catalogue knows itself. What is claimed of markets stays as narrow as what was assessed."""
    held = [f"{each.label}: {each.word}, {each.certificate}" for each in lines if each.certificate]
    published = version.published_at.date().isoformat() if version.published_at else NOT_STATED
    return {
        "BasicInfo/ModelName": [version.name], "BasicInfo/ModelDeveloper": [product.supplier_name],
        "ReleaseInfo/ReleaseStage": [product.state], "ReleaseInfo/ReleaseDate": [published],
        "ReleaseInfo/ReleaseVersion": [version.number],
        **({"ReleaseInfo/RegulatoryApproval": ["; ".join(held)]} if held else {}),
    }  # fmt: skip


def _put(card: Any, path: str, values: Sequence[str], *, is_needed: bool) -> None:
    *above, last = path.split("/")
    if not values and not is_needed:
        return
    inside = card
    for name in above:
        found = inside.find(f"{{{NAMESPACE}}}{name}")
        inside = etree.SubElement(inside, f"{{{NAMESPACE}}}{name}") if found is None else found
    if last == "Keyword":
        for value in values:
            etree.SubElement(inside, f"{{{NAMESPACE}}}{last}").text = _plain(value)
        return
    etree.SubElement(inside, f"{{{NAMESPACE}}}{last}").text = _plain(values[0] if values else NOT_STATED)


def _plain(text: str) -> str:
    """Text without the characters that XML has no place for."""
    return "".join(char for char in text if char in "\n\t" or char >= " ")


def _row(line: Line) -> list[str | int | date]:
    return [
        line.label, line.version, "yes" if line.applies else "no", line.reason, line.word,
        line.until.isoformat() if line.until else "", line.until_cause or line.cause, line.said_by, line.body,
        line.certificate, line.answered, line.asked, line.mark,
    ]  # fmt: skip
