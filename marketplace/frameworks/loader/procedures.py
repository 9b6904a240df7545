"""The procedures of buying, every version by its id and number, and the thresholds."""

from pathlib import Path

from marketplace.frameworks.loader.gathering import gather_versions
from marketplace.frameworks.schema.procedures import Procedure, Thresholds

FOLDER = "procurement"
SHAPED_ELSEWHERE = frozenset({"direct-award", "records"})
THRESHOLDS = frozenset({"thresholds"})

Procedures = dict[tuple[str, int], Procedure]


def procedures(root: Path) -> Procedures:
    """Every version of every procedure. Raises Invalid."""
    found = gather_versions(root, FOLDER, Procedure, leaving=SHAPED_ELSEWHERE | THRESHOLDS)
    return {(each.value.id, each.value.version): each.value for versions in found for each in versions}


def thresholds(root: Path) -> Thresholds | None:
    """The newest table of thresholds; None where none is declared. Raises Invalid."""
    if not (root / FOLDER / "thresholds.yaml").exists():
        return None
    others = frozenset(path.name.partition(".")[0] for path in (root / FOLDER).glob("*.yaml")) - THRESHOLDS
    return gather_versions(root, FOLDER, Thresholds, leaving=others)[0][-1].value
