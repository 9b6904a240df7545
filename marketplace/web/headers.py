"""Headers that stand on every response: what a browser may do with it, and that nobody may frame it."""

from collections.abc import Awaitable, Callable

from litestar.types import Message, Scope

POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)  # fmt: skip
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
TLS = {"strict-transport-security": "max-age=63072000; includeSubDomains"}


def guarded(*, is_secure: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """A hook that puts the headers on whatever is sent, refused addresses too, keeping those that an answer set."""
    extra = [(name.encode(), value.encode()) for name, value in {**ALWAYS, **(TLS if is_secure else {})}.items()]

    async def guard(message: Message, _: Scope) -> None:
        if message["type"] == "http.response.start":
            headers = list(message["headers"])
            present = {name.lower() for name, _ in headers}
            message["headers"] = headers + [pair for pair in extra if pair[0] not in present]

    return guard
