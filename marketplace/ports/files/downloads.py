"""How a file goes out: as a download that no browser draws, runs or guesses at."""

import unicodedata
from urllib.parse import quote

from marketplace.kit.text import clean_file_name
from marketplace.ports.files.sniff import ACCEPTED

UNKNOWN = "application/octet-stream"


def download_headers(name: str, media_type: str) -> dict[str, str]:
    """Headers under which bytes of strangers are inert. A media type that we do not take goes out as octets."""
    kind = media_type if media_type in ACCEPTED else UNKNOWN
    return {
        "content-type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "content-disposition": disposition(name),
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "cross-origin-resource-policy": "same-origin",
    }


def disposition(name: str) -> str:
    """`attachment` with the name in plain ASCII and, where that loses something, in full (RFC 6266, RFC 8187)."""
    clean = clean_file_name(name)
    stem, dot, ending = clean.rpartition(".") if "." in clean else (clean, "", "")
    plain = f"{_ascii(stem).strip('-. ') or 'file'}{dot}{_ascii(ending)}"
    told = f'attachment; filename="{plain}"'
    return told if plain == clean else f"{told}; filename*=UTF-8''{quote(clean, safe='')}"


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
