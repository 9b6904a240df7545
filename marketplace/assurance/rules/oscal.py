"""A passport in OSCAL 1.2.1, so that a security team loads it into its own tools: component definition and results.

Of what only a supplier says there is how it stands under each framework; of what was assessed, each criterion.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from marketplace.assurance.rules.conformity import HOLDS
from marketplace.assurance.rules.credentials import House, end_of, moment
from marketplace.assurance.rules.passports import Line
from marketplace.assurance.rules.verdicts import WORDS, CriterionVerdict
from marketplace.kit.values import Value

OSCAL = "1.2.1"
NAMESPACE = "https://touchstone.example/ns/oscal"
IMPLEMENTED: Mapping[str, str] = {
    "met": "implemented", "met-with-conditions": "partial", "not-applicable": "not-applicable",
}  # fmt: skip
"""A status -> the word of OSCAL; any other is planned."""


class Described(Value):
    """The product that is written of."""

    ref: str
    name: str
    version: str
    supplier: str
    summary: str


class Assessed(Value):
    """A certificate with what each of its criteria comes to today."""

    ref: str
    framework: str
    label: str
    body: str
    scope: str
    issued_at: datetime
    status: str
    cause: str
    criteria: Sequence[CriterionVerdict]


def component_definition(
    product: Described, lines: Iterable[Line], assessed: Sequence[Assessed], house: House, *, at: datetime
) -> dict[str, Any]:
    """What the product implements, framework by framework."""
    by_framework = {each.framework: each for each in assessed}
    component = {
        "uuid": _uuid(house, product.ref, "component"), "type": "software",
        "title": _line(f"{product.name} {product.version}"),
        "description": product.summary or product.name,
        "props": [_prop("version", product.version), _prop("reference", product.ref)],
        "links": [{"href": f"{house.base_url}/products/{product.ref}/assurance", "rel": "reference"}],
        "responsible-roles": [{"role-id": "supplier", "party-uuids": [_party(house, product.supplier)]}],
        "control-implementations": [
            _implementation(each, by_framework.get(each.framework), product, house) for each in lines
            if each.applies and each.kind != "local"
        ],
    }  # fmt: skip
    title = f"{product.name} {product.version}: what it implements"
    return {
        "component-definition": {
            "uuid": _uuid(house, product.ref, "component-definition", at.isoformat()),
            "metadata": _metadata(title, product, [each.body for each in assessed], house, at),
            "components": [component],
        }
    }  # fmt: skip


def assessment_results(
    product: Described, assessed: Sequence[Assessed], house: House, *, at: datetime
) -> dict[str, Any]:
    """What two assessors decided, certificate by certificate, as it stands today."""
    title = f"{product.name} {product.version}: what was assessed"
    return {
        "assessment-results": {
            "uuid": _uuid(house, product.ref, "assessment-results", at.isoformat()),
            "metadata": _metadata(title, product, [each.body for each in assessed], house, at),
            "import-ap": {"href": f"{house.base_url}/frameworks", "remarks": "The frameworks say what is looked at."},
            "results": [_result(each, product, house, at) for each in assessed],
        }
    }  # fmt: skip


def _implementation(line: Line, assessed: Assessed | None, product: Described, house: House) -> dict[str, Any]:
    if assessed is not None:
        requirements = [_requirement(each, assessed, product, house) for each in assessed.criteria]
    else:
        requirements = [_said(line, product, house)]
    return {
        "uuid": _uuid(house, product.ref, line.framework), "source": f"{house.base_url}/frameworks/{line.framework}",
        "description": f"{line.label}: {line.word}. {line.said_by}.",
        "props": [_prop("status", line.status)],
        "implemented-requirements": requirements,
    }  # fmt: skip


def _said(line: Line, product: Described, house: House) -> dict[str, Any]:
    """A framework as a whole, where nobody here has assessed it."""
    return {
        "uuid": _uuid(house, product.ref, line.framework, "whole"), "control-id": line.framework,
        "description": f"{line.word}. {line.cause}", "props": [_implemented(line.status)],
    }  # fmt: skip


def _requirement(each: CriterionVerdict, assessed: Assessed, product: Described, house: House) -> dict[str, Any]:
    return {
        "uuid": _uuid(house, product.ref, assessed.framework, each.criterion.code),
        "control-id": control_id(assessed.framework, each.criterion.code),
        "description": f"{each.criterion.label}: {WORDS[each.status]}{_until(each.until)}.",
        "props": [_implemented(each.status)],
    }  # fmt: skip


def _result(assessed: Assessed, product: Described, house: House, at: datetime) -> dict[str, Any]:
    return {
        "uuid": _uuid(house, assessed.ref, "result"), "title": _line(f"{assessed.label}: certificate {assessed.ref}"),
        "description": f"{assessed.scope} {assessed.cause}".strip(),
        "start": moment(assessed.issued_at), "end": moment(at),
        "props": [_prop("certificate", assessed.ref), _prop("status", assessed.status)],
        "links": [{"href": f"{house.base_url}/certificates/{assessed.ref}", "rel": "reference"}],
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [
                    {"control-id": control_id(assessed.framework, each.criterion.code)} for each in assessed.criteria
                ]}
            ]
        },
        "observations": [_observation(each, assessed, product, house) for each in assessed.criteria],
        "findings": [_finding(each, assessed, house) for each in assessed.criteria],
    }  # fmt: skip


def _observation(each: CriterionVerdict, assessed: Assessed, product: Described, house: House) -> dict[str, Any]:
    expires = {"expires": end_of(each.until)} if each.until else {}
    return {
        "uuid": _uuid(house, assessed.ref, each.criterion.code, "observation"),
        "description": f"{each.criterion.label}: {WORDS[each.status]}.", "methods": ["EXAMINE"],
        "types": ["control-objective"],
        "subjects": [{"subject-uuid": _uuid(house, product.ref, "component"), "type": "component"}],
        "collected": moment(assessed.issued_at), **expires,
    }  # fmt: skip


def _finding(each: CriterionVerdict, assessed: Assessed, house: House) -> dict[str, Any]:
    holds = each.status in HOLDS
    return {
        "uuid": _uuid(house, assessed.ref, each.criterion.code, "finding"),
        "title": _line(f"{each.criterion.code} {each.criterion.label}"),
        "description": f"{WORDS[each.status]}{_until(each.until)}.",
        "target": {
            "type": "objective-id", "target-id": control_id(assessed.framework, each.criterion.code),
            "status": {"state": "satisfied" if holds else "not-satisfied", "reason": "pass" if holds else "fail"},
        },
        "related-observations": [
            {"observation-uuid": _uuid(house, assessed.ref, each.criterion.code, "observation")}
        ],
    }  # fmt: skip


def control_id(framework: str, code: str) -> str:
    """A criterion as a token of OSCAL, which may not begin with a digit."""
    return f"{framework}_{code}"


def _metadata(title: str, product: Described, bodies: Iterable[str], house: House, at: datetime) -> dict[str, Any]:
    names = dict.fromkeys([product.supplier, *bodies, house.name])
    return {
        "title": _line(title), "last-modified": moment(at), "version": product.version, "oscal-version": OSCAL,
        "roles": [{"id": "supplier", "title": "Supplier"}, {"id": "assessor", "title": "Assessor"}],
        "parties": [{"uuid": _party(house, name), "type": "organization", "name": name} for name in names],
        "responsible-parties": [{"role-id": "supplier", "party-uuids": [_party(house, product.supplier)]}],
    }  # fmt: skip


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": value}


def _implemented(status: str) -> dict[str, str]:
    return {"name": "implementation-status", "value": IMPLEMENTED.get(status, "planned")}


def _until(until: date | None) -> str:
    return f", until {until.isoformat()}" if until else ""


def _uuid(house: House, *parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join([house.base_url, *parts])))


def _party(house: House, name: str) -> str:
    return _uuid(house, "party", name)


def _line(text: str) -> str:
    return " ".join(text.split())
