"""FHIR R5 `Citation` and `Evidence` in JSON, one, a list or a Bundle: only what a study record has a field for.

Source: HL7 FHIR R5, resources Citation and Evidence (from memory, check). A statistic of another kind than those named
here is left out, and a note says so.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from marketplace.evidence.rules.files.entries import Cited, cited_from, json_entries, one_line
from marketplace.evidence.rules.registrations import doi_in, registration_in

KINDS = (
    ("ratio", "ratio"), ("relative risk", "ratio"), ("difference", "difference"), ("proportion", "proportion"),
    ("percentage", "proportion"), ("mean", "mean"),
)  # fmt: skip
"""What in the name of a statistic says how it is told, the first that is found."""
ROLES = {"population": "population", "exposure": "", "referenceexposure": "comparator", "measuredvariable": "measure"}


def read_fhir(text: str) -> Iterator[Cited]:
    """The resources of a file that are of a study. Raises Unreadable."""
    for line, resource in json_entries(text):
        if isinstance(resource, Mapping) and resource.get("resourceType") == "Bundle":
            for entry in _rows(resource.get("entry")):
                yield _resource(line, entry.get("resource"))
        else:
            yield _resource(line, resource)


def is_fhir(text: str) -> bool:
    return '"resourceType"' in text


def _resource(line: int, resource: Any) -> Cited:
    kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
    if kind == "Citation":
        return _citation(line, resource)
    if kind == "Evidence":
        return _evidence(line, resource)
    return Cited(line, wrong=f"A resource Citation or Evidence is expected here, not {kind or 'this'}.")


def _citation(line: int, resource: Mapping[str, Any]) -> Cited:
    cited = resource.get("citedArtifact")
    artifact: Mapping[str, Any] = cited if isinstance(cited, Mapping) else {}
    named = [str(each.get("value", "")) for each in _rows(artifact.get("identifier"), resource.get("identifier"))]
    titles = [each.get("text") for each in _rows(artifact.get("title"))]
    forms = _rows(artifact.get("publicationForm"))
    where = [one_line((form.get("publishedIn") or {}).get("title")) for form in forms]
    told: dict[str, str] = {
        "title": one_line(titles[0] if titles else resource.get("title")),
        "summary": next((each.get("text", "") for each in _rows(artifact.get("abstract"))), ""),
        "url": next((each.get("url", "") for each in _rows(artifact.get("webLocation"))), ""),
        "doi": doi_in(*named), "registration": registration_in(*named),
    }  # fmt: skip
    day = next((str(form.get("articleDate", "")) for form in forms), "")[:10]
    return cited_from(line, told, published=", ".join(filter(None, (*where[:1], day))))


def _evidence(line: int, resource: Mapping[str, Any]) -> Cited:
    roles = _variables(resource)
    named = [str(each.get("value", "")) for each in _rows(resource.get("identifier"))]
    told = {
        "title": resource.get("title") or resource.get("name") or "",
        "summary": resource.get("description") or "", "population": roles.get("population", ""),
        "comparator": roles.get("comparator", ""), "doi": doi_in(*named), "registration": registration_in(*named),
    }  # fmt: skip
    designs = " ".join(_words(each) for each in _rows(resource.get("studyDesign")))
    cited = cited_from(line, {**told, "title": f"{told['title']}"})
    results, notes = [], []
    for statistic in _rows(resource.get("statistic")):
        found = _statistic(statistic, roles.get("measure", "") or one_line(statistic.get("description")))
        if isinstance(found, str):
            notes.append(found)
        else:
            results.append(found)
    people = next((row["participants"] for row in results if row.get("participants")), "")
    study = {**cited.study, "participants": people}
    if "random" in designs.casefold() and "non" not in designs.casefold():
        study["design"] = "randomised-trial"
    return Cited(line, study, tuple(results), cited.wrong, tuple(notes))


def _variables(resource: Mapping[str, Any]) -> dict[str, str]:
    """What is said of who took part, what was compared and what was measured."""
    found: dict[str, str] = {}
    for variable in _rows(resource.get("variableDefinition")):
        role = ROLES.get(_code(variable.get("variableRole")).replace("-", "").lower(), "")
        told = one_line(variable.get("description")) or _display(variable.get("observed"))
        if role and told:
            found.setdefault(role, told)
    return found


def _statistic(statistic: Mapping[str, Any], measure: str) -> dict[str, str] | str:
    """A result as its form names it, or why it is left out."""
    kind = _words(statistic.get("statisticType")).casefold()
    effect = next((effect for said, effect in KINDS if said in kind), "")
    quantity = statistic.get("quantity") or {}
    if not effect or quantity.get("value") is None:
        return f"Left out: a statistic of the kind {kind or 'unnamed'}, which has no place in a result here."
    found = {
        "measure": measure[:120], "effect": effect, "estimate": str(quantity["value"]),
        "unit": "" if effect == "ratio" else one_line(quantity.get("unit") or quantity.get("code"))[:40],
        "participants": str((statistic.get("sampleSize") or {}).get("numberOfParticipants") or ""),
    }  # fmt: skip
    for estimate in _rows(statistic.get("attributeEstimate")):
        bounds = estimate.get("range") or {}
        low, high = (bounds.get(end) or {} for end in ("low", "high"))
        if "confidence" in _words(estimate.get("type")).casefold() and low and high:
            found |= {"low": str(low.get("value", "")), "high": str(high.get("value", ""))}
    return found


def _rows(*values: Any) -> list[Mapping[str, Any]]:
    """Every object of these lists; an object alone counts as a list of one."""
    found: list[Mapping[str, Any]] = []
    for value in values:
        rows = value if isinstance(value, list) else [value]
        found.extend(row for row in rows if isinstance(row, Mapping))
    return found


def _code(concept: Any) -> str:
    """The code of a coded value, however deep FHIR puts it."""
    codings = _rows(concept.get("coding")) if isinstance(concept, Mapping) else []
    return str(codings[0].get("code", "")) if codings else concept if isinstance(concept, str) else ""


def _words(concept: Any) -> str:
    """Everything that a coded value says of itself."""
    if not isinstance(concept, Mapping):
        return str(concept or "")
    codings = " ".join(f"{row.get('display', '')} {row.get('code', '')}" for row in _rows(concept.get("coding")))
    return one_line(f"{concept.get('text', '')} {codings}")


def _display(reference: Any) -> str:
    return one_line(reference.get("display")) if isinstance(reference, Mapping) else ""
