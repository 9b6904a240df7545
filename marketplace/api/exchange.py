"""What a call receives and gives, as plain values between Litestar and the rooms."""

import dataclasses
import hashlib
from collections.abc import Iterable

from marketplace.api.calls import JSON
from marketplace.faces.ask import Values
from marketplace.kit.values import Value, field

CHUNK = 1 << 18


class Received(Value):
    """A request as plain values: nothing below knows Litestar."""

    method: str
    path: str
    url: str
    address: str
    pairs: list[tuple[str, str]]
    parameters: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    fields: Values = field(default_factory=Values)

    def digest(self) -> str:
        """One digest of all that was sent, files by their bytes."""
        told = hashlib.sha256(repr((self.method, self.url, sorted(self.fields.items().items()))).encode())
        told.update(self.body)
        for name, uploads in sorted(self.fields.uploads.items()):
            for upload in uploads:
                told.update(f"{name} {upload.name} ".encode())
                while chunk := upload.stream.read(CHUNK):
                    told.update(chunk)
                upload.stream.seek(0)
        return told.hexdigest()


@dataclasses.dataclass(slots=True)
class Reply:
    """What goes back: a status, headers, and bytes or an iterable of them."""

    status: int
    content: bytes | Iterable[bytes]
    media_type: str = JSON
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
