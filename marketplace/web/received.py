"""What came with a form: its fields and files; of one that is too large, the fields before its first file."""

from collections.abc import Callable
from email import message_from_bytes
from typing import Any, BinaryIO, NoReturn, cast
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import UploadFile

from marketplace.faces.ask import Upload, Values
from marketplace.kit.errors import Refusal

BEGINNING = 400_000
"""As many bytes of a form that is too large are read: what people type is shorter."""
Pairs = list[tuple[str, str]]


async def received(request: Request[Any, Any, Any]) -> Values:
    """Everything that was sent. Raises RequestEntityTooLarge."""
    form = await request.form()
    pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    uploads: dict[str, list[Upload]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and value.filename:
            uploads.setdefault(name, []).append(Upload(value.filename, cast(BinaryIO, value.file)))
    return Values(pairs, uploads)


async def beginning(request: Request[Any, Any, Any]) -> Values:
    """What was typed before the first file of a form that is too large, to be shown again with the refusal."""
    kind, options = request.content_type
    begun = await _begun(request)
    boundary = options.get("boundary", "")
    return Values(_before_a_file(begun, boundary) if kind == "multipart/form-data" else _whole_fields(begun))


def refusing(refusal: Refusal) -> Callable[..., NoReturn]:
    """In place of a page's function: whoever may send the form is told why nothing was done with it."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise refusal

    return refuse


async def _begun(request: Request[Any, Any, Any]) -> bytes:
    begun = b""
    while len(begun) < BEGINNING:
        message: Any = await request.receive()
        begun += message.get("body", b"")
        if not message.get("more_body"):
            break
    return begun[:BEGINNING]


def _whole_fields(begun: bytes) -> Pairs:
    whole, _, _ = begun.rpartition(b"&")
    return parse_qsl(whole.decode(errors="replace"), keep_blank_values=True)


def _before_a_file(begun: bytes, boundary: str) -> Pairs:
    whole, end, _ = begun.rpartition(f"\r\n--{boundary}".encode())
    head = f'content-type: multipart/form-data; boundary="{boundary}"\r\n\r\n'.encode()
    pairs: Pairs = []
    for part in message_from_bytes(head + whole + end + b"--\r\n").walk():
        name = part.get_param("name", header="content-disposition")
        if part.get_filename():
            break
        if isinstance(name, str):
            pairs.append((name, cast(bytes, part.get_payload(decode=True)).decode(errors="replace")))
    return pairs
