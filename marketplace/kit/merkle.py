"""The Merkle tree of RFC 9162, section 2.1: one hash that stands for a list, and short proofs about it.

Everywhere here a leaf is its hash, as `leaf_hash` makes it; data that was never a leaf cannot pass for one.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from marketplace.kit.values import Value

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32


def leaf_hash(data: bytes) -> bytes:
    """What a leaf of the tree is: the hash of its data, told apart from the hash of a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node from those of its two children."""
    return sha256(b"\x01" + left + right).digest()


class Frontier(Value):
    """All that is needed to extend a tree without reading it again: the roots of its complete parts, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves does not have {len(self.peaks)} complete parts")
        if any(len(peak) != HASH_BYTES for peak in self.peaks):
            raise ValueError(f"a hash has {HASH_BYTES} bytes")

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier with one more leaf."""
        return self.extend([leaf])

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        """The frontier with these leaves after the others."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            peaks.append(leaf)
            size += 1
            for _ in range(_zeros_at_the_end(size)):
                right = peaks.pop()
                peaks.append(node_hash(peaks.pop(), right))
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def dump(self) -> str:
        """As text for a column: the size, then the parts in hex, separated by spaces."""
        return " ".join([str(self.size), *(peak.hex() for peak in self.peaks)])

    @staticmethod
    def parse(text: str) -> "Frontier":
        """What `dump` wrote. Raises ValueError where it was damaged."""
        size, *peaks = text.split(" ")
        return Frontier(int(size), tuple(bytes.fromhex(peak) for peak in peaks))


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of a list of leaves."""
    return Frontier().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Shows that the leaf at `index`, counted from 0, is in the tree: the hashes beside its way up, lowest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} in a tree of {len(leaves)}")
    return _path(leaves, index, 0, len(leaves))


def _path(leaves: Sequence[bytes], index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _left_size(end - start)
    if index < middle:
        return [*_path(leaves, index, start, middle), root(leaves[middle:end])]
    return [*_path(leaves, index, middle, end), root(leaves[start:middle])]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that `leaf` stands at `index` in the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    place, last, hashed = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node_hash(beside, hashed)
            shift = 1 if place & 1 else _zeros_at_the_end(place) + 1
        else:
            hashed = node_hash(hashed, beside)
            shift = 1
        place, last = place >> shift, last >> shift
    return last == 0 and hashed == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Shows that the tree of the first `old_size` leaves only grew into this one. Empty for none, and for all."""
    if not 0 <= old_size <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} never had {old_size} leaves")
    return _growth(leaves, old_size, 0, len(leaves), known=True) if old_size else []


def _growth(leaves: Sequence[bytes], old_end: int, start: int, end: int, *, known: bool) -> list[bytes]:
    """`known`: whether this part, if all of it is old, is the old tree itself, whose root the verifier has."""
    if old_end == end:
        return [] if known else [root(leaves[start:end])]
    middle = start + _left_size(end - start)
    if old_end <= middle:
        return [*_growth(leaves, old_end, start, middle, known=known), root(leaves[middle:end])]
    return [*_growth(leaves, old_end, middle, end, known=False), root(leaves[start:middle])]


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the new tree holds the old one, unchanged, as its beginning."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == 0:
        return old_root == EMPTY_ROOT and not proof
    if old_size == new_size:
        return old_root == new_root and not proof
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    return bool(path) and _grew(old_size, new_size, path) == (old_root, new_root)


def _grew(old_size: int, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a consistency path leads to, or None where its length is wrong."""
    whole = _ones_at_the_end(old_size - 1)
    place, last = (old_size - 1) >> whole, (new_size - 1) >> whole
    old = new = path[0]
    for beside in path[1:]:
        if last == 0:
            return None
        shift = 1
        if place & 1 or place == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            shift = 1 if place & 1 else _zeros_at_the_end(place) + 1
        else:
            new = node_hash(new, beside)
        place, last = place >> shift, last >> shift
    return (old, new) if last == 0 else None


def _left_size(size: int) -> int:
    """The largest power of two below `size`: how many leaves stand left of the top node."""
    return 1 << (size - 1).bit_length() - 1


def _zeros_at_the_end(number: int) -> int:
    return (number & -number).bit_length() - 1


def _ones_at_the_end(number: int) -> int:
    return _zeros_at_the_end(number + 1)
