"""One column, one table of moves, one door."""

from collections.abc import Sequence

from marketplace.kit.errors import Conflict
from marketplace.kit.values import Value


class Move(Value):
    """A verb that leads from any state of `start` to `end`; `label` is what its button says."""

    name: str
    start: tuple[str, ...]
    end: str
    label: str


class Life:
    """The life of one noun: its states, and the only moves between them."""

    def __init__(self, noun: str, moves: Sequence[Move]) -> None:
        self.noun = noun
        self.moves = tuple(moves)
        self.start = self.moves[0].start[0]
        self.states = tuple(dict.fromkeys(state for move in moves for state in (*move.start, move.end)))

    def after(self, name: str, state: str) -> str:
        """The state that move `name` leads to. Raises Conflict, naming what is possible from here."""
        for move in self.moves_from(state):
            if move.name == name:
                return move.end
        article = "an" if state[0] in "aeiou" else "a"
        raise Conflict(f"cannot {name} {article} {state} {self.noun}", self._hint(state))

    def moves_from(self, state: str) -> list[Move]:
        """The moves that are possible now, in the order in which pages show them."""
        return [move for move in self.moves if state in move.start]

    def allows(self, name: str, state: str) -> bool:
        """Whether `after` would answer instead of refusing."""
        return any(move.name == name for move in self.moves_from(state))

    def _hint(self, state: str) -> str:
        possible = " or ".join(move.name for move in self.moves_from(state))
        return f"From {state} it is possible to {possible}." if possible else f"Nothing can follow {state}."
