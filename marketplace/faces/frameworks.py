"""A framework of assurance as an address names it."""

from marketplace.assurance.rules.applying import Described
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote


def find_framework(frameworks: Frameworks, framework_id: str, version: str = "") -> AssuranceFramework:
    """The newest version, or the one that is named. Raises NotFound."""
    if framework_id not in frameworks.assurance:
        hint = f"There are {', '.join(frameworks.assurance)}."
        raise NotFound(f"there is no framework called {quote(framework_id)}", hint)
    newest = frameworks.assurance[framework_id]
    if not version:
        return newest
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0
    found = frameworks.assurance_versions.get((framework_id, number))
    if found is None:
        raise NotFound(f"there is no version {quote(version)} of {newest.label}", f"The newest is {newest.version}.")
    return found


def described_by(frameworks: Frameworks) -> Described:
    """What says conditions on a description in words, of no product."""
    return Described("", frameworks.description, {}, {kind.id: kind.label for kind in frameworks.kinds})
