"""The engine for tests: nothing leaves, everything is kept, and the answers are given in advance."""

from collections import deque
from collections.abc import Iterable, Mapping

from marketplace.kit.values import Value
from marketplace.ports.outward.port import Unreachable


class Posted(Value):
    url: str
    body: bytes
    headers: Mapping[str, str]


class RecordingOutward:
    """Answers with each status in turn and 200 after that; a text among them is a reason why nobody answers."""

    name = "recording"

    def __init__(self, answers: Iterable[int | str] = ()) -> None:
        self.posted: list[Posted] = []
        self._answers = deque(answers)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.posted.append(Posted(url, body, dict(headers)))
        answer = self._answers.popleft() if self._answers else 200
        if isinstance(answer, str):
            raise Unreachable(answer)
        return answer
