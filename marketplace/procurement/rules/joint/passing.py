"""The terms that parties said yes to, told by the organisation that took another's place."""

from collections.abc import Mapping
from typing import Any


def renamed(plain: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """Terms as JSON keeps them, with one reference for another; where both stand there, one with the weights of both.

    The order of the parties is kept, because the pennies left over follow it. What is empty stays empty.
    """
    if not plain:
        return {}
    weights: dict[str, int] = {}
    for ref, weight in plain["weights"]:
        place = new if ref == old else ref
        weights[place] = weights.get(place, 0) + weight
    return {**plain, "weights": [[ref, weight] for ref, weight in weights.items()]}


def admitted(admits: list[str], old: str, new: str) -> list[str]:
    """Who may join, with one reference for another, each once."""
    return list(dict.fromkeys(new if ref == old else ref for ref in admits))
