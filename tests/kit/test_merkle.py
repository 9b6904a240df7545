"""The tree of RFC 9162: known vectors, every proof holds, and every tampering is noticed."""

from functools import reduce
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.kit.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

DATA = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LEAVES = [leaf_hash(bytes.fromhex(data)) for data in DATA]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): "",
    (0, 8): "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 "
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e "
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    (5, 8): "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b "
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 "
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    (2, 3): "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    (1, 5): "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d "
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e "
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
}
CONSISTENCY = {
    (1, 1): "",
    (1, 8): "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 "
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e "
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    (6, 8): "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a "
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 "
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    (2, 5): "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e "
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
}
sizes = st.integers(1, 70)


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(size)]


def hashes(text: str) -> list[bytes]:
    return [bytes.fromhex(each) for each in text.split()]


def root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word: the split is at the largest power of two below the size."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    split = max(2**n for n in range(20) if 2**n < len(leaves))
    return node_hash(root_by_definition(leaves[:split]), root_by_definition(leaves[split:]))


def tampered(proof: list[bytes]) -> list[list[bytes]]:
    """Every proof with one bit flipped, one hash missing, one too many, or two neighbours exchanged."""
    flipped = [[*proof[:n], bytes([proof[n][0] ^ 1]) + proof[n][1:], *proof[n + 1 :]] for n in range(len(proof))]
    missing = [[*proof[:n], *proof[n + 1 :]] for n in range(len(proof))]
    longer = [[*proof[:n], EMPTY_ROOT, *proof[n:]] for n in range(len(proof) + 1)]
    swapped = [[*proof[:n], proof[n + 1], proof[n], *proof[n + 2 :]] for n in range(len(proof) - 1)]
    return [*flipped, *missing, *longer, *(each for each in swapped if each != proof)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size):
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root([]) == EMPTY_ROOT


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_certificate_transparency(index, size):
    assert inclusion_proof(LEAVES[:size], index) == hashes(INCLUSION[index, size])


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_of_certificate_transparency(old, new):
    assert consistency_proof(LEAVES[:new], old) == hashes(CONSISTENCY[old, new])


@given(st.integers(0, 300))
def test_the_root_is_the_one_that_the_rfc_defines(size):
    assert root(leaves_of(size)) == root_by_definition(leaves_of(size))


def test_every_leaf_of_every_small_tree_proves_itself_and_nothing_else():
    for size in range(1, 34):
        leaves = leaves_of(size)
        head = root(leaves)
        for index, leaf in enumerate(leaves):
            proof = inclusion_proof(leaves, index)
            assert verify_inclusion(leaf, index, size, proof, head)
            assert not any(verify_inclusion(leaf, other, size, proof, head) for other in range(size) if other != index)


@given(sizes, st.data())
@settings(max_examples=60)
def test_a_tampered_inclusion_proof_is_noticed(size, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    leaf, head, proof = leaves[index], root(leaves), inclusion_proof(leaves, index)

    assert not any(verify_inclusion(leaf, index, size, bad, head) for bad in tampered(proof))
    assert not verify_inclusion(leaf_hash(b"another"), index, size, proof, head)
    assert not verify_inclusion(leaf, index, size, proof, root(leaves_of(size + 1)))
    assert not verify_inclusion(leaf, size, size, proof, head)
    assert not verify_inclusion(leaf, -1, size, proof, head)


def test_every_tree_is_consistent_with_all_that_it_was():
    for size in range(1, 34):
        leaves = leaves_of(size)
        for old in range(size + 1):
            proof = consistency_proof(leaves, old)
            assert verify_consistency(old, size, root(leaves[:old]), root(leaves), proof), (old, size)


@given(sizes, st.data())
@settings(max_examples=60)
def test_a_tampered_consistency_proof_is_noticed(size, data):
    leaves = leaves_of(size)
    old = data.draw(st.integers(0, size))
    before, after, proof = root(leaves[:old]), root(leaves), consistency_proof(leaves, old)

    assert not any(verify_consistency(old, size, before, after, bad) for bad in tampered(proof))
    assert not verify_consistency(old, size, leaf_hash(b"another"), after, proof)
    assert old == 0 or not verify_consistency(old, size, before, leaf_hash(b"another"), proof)
    assert not verify_consistency(size + 1, size, before, after, proof)


@given(st.integers(2, 70), st.data())
@settings(max_examples=60)
def test_a_history_that_was_rewritten_has_no_proof(size, data):
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*leaves[:changed], leaf_hash(b"rewritten"), *leaves[changed + 1 :]]

    assert not verify_consistency(old, size, root(leaves[:old]), root(rewritten), consistency_proof(rewritten, old))


def test_a_proof_does_not_hold_for_a_size_that_it_was_not_made_for():
    one, two = leaves_of(2)
    left, right = leaves_of(8)[:4], leaves_of(8)[4:]
    part = [*consistency_proof(right, 3), root(left)]

    assert not verify_inclusion(two, 0, 1, [one], root([one, two]))
    assert not verify_consistency(2, 4, root([one, two]), root([one, two]), [])
    assert verify_consistency(7, 8, root([*left, *right[:3]]), root([*left, *right]), part)
    assert not verify_consistency(3, 4, root([*left, *right[:3]]), root([*left, *right]), part)


def test_a_node_cannot_pass_for_a_leaf():
    left, right = LEAVES[:2]

    assert leaf_hash(left + right) != node_hash(left, right) == root([left, right])


@given(st.lists(st.integers(0, 40), max_size=8))
def test_a_frontier_grows_to_the_same_root_without_the_old_leaves(batches):
    leaves = leaves_of(sum(batches))
    frontier, sealed = Frontier(), 0

    for batch in batches:
        frontier = Frontier.parse(frontier.dump()).extend(leaves[sealed : sealed + batch])
        sealed += batch
        assert (frontier.size, frontier.root()) == (sealed, root_by_definition(leaves[:sealed]))

    assert frontier == reduce(Frontier.append, leaves, Frontier())


@pytest.mark.parametrize(
    "text", ["", "x", "1", "0 00", "1 abcd", "2 " + "00" * 32 + " " + "00" * 32, "-1", "1 " + "zz" * 32]
)
def test_a_damaged_frontier_is_an_error(text):
    with pytest.raises(ValueError):
        Frontier.parse(text)


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(size, index):
    with pytest.raises(IndexError):
        inclusion_proof(leaves_of(size), index)


def test_there_is_no_proof_of_a_tree_that_never_was():
    with pytest.raises(IndexError):
        consistency_proof(leaves_of(3), 4)
