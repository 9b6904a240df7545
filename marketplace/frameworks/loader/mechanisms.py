"""The payment mechanisms, every version by its id and number."""

from pathlib import Path

from marketplace.frameworks.loader.gathering import gather_versions
from marketplace.frameworks.schema.mechanisms import Mechanism

FOLDER = "outcomes"


def mechanisms(root: Path) -> dict[tuple[str, int], Mechanism]:
    """Every version of every mechanism. Raises Invalid."""
    found = gather_versions(root, FOLDER, Mechanism)
    return {(each.value.id, each.value.version): each.value for versions in found for each in versions}
