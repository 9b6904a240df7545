"""Who is in the world of the house tests, and what a place in it is. Each room says in its own `places` where it has some."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.identity.policies import Actor


@dataclass(frozen=True)
class People:
    """Who is in the world: owners, their counterparts elsewhere, and colleagues without any role."""

    buyer: Actor
    other_buyer: Actor
    lumen: Actor
    rival: Actor
    moderator: Actor
    plain_buyer: Actor
    plain_supplier: Actor


@dataclass(frozen=True)
class Place:
    """What lies below a path: whose it is, who stands outside, and the values of its parameters.

    `shown` are the values for the owner, where what is hidden from strangers stands at another address for them.
    """

    owner: Actor
    stranger: Actor
    values: Mapping[str, str]
    shown: Mapping[str, str] | None = None
