"""What a caller of DICOMweb accepts: media types with their parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from erp.api.problems import MalformedRequest

JSON: Final = "application/dicom+json"
DICOM: Final = "application/dicom"
BYTES: Final = "application/octet-stream"
MULTIPART: Final = "multipart/related"
LONGEST: Final = 2000
_RANGES: Final = re.compile(r'(?:[^,"]|"[^"]*")+')
_PARTS: Final = re.compile(r'(?:[^;"]|"[^"]*")+')


class NotAcceptable(MalformedRequest):
    """Nothing that the caller accepts can be sent."""

    code = "not_acceptable"
    status = 406


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One kind of content; of `multipart/related` the kind of its parts.

    Attributes:
        syntax: Transfer syntax asked for: a UID, `*` for any, or empty.
    """

    kind: str
    syntax: str
    is_multipart: bool

    def takes(self, *kinds: str) -> bool:
        """Tell whether it covers one of these media types."""
        return any(
            self.kind in {"*/*", kind, f"{kind.partition('/')[0]}/*", f"{kind.partition('/')[0]}/"}
            for kind in kinds
        )


def accepted(request: Request) -> list[MediaRange]:
    """Return what a request accepts, the most wanted first; everything where it does not say.

    The query parameter `accept` goes before the header.

    Raises:
        NotAcceptable: It cannot be read.

    Source:
        PS3.18 8.3.3.1 (accept parameter), 8.7.8 (accept header).
    """
    text = request.query_params.get("accept") or request.headers.get("accept", "")
    if len(text) > LONGEST:
        raise NotAcceptable("The Accept header is too long.")
    found = [_range(part) for part in _RANGES.findall(text) if part.strip()]
    found.sort(key=lambda pair: -pair[0])
    wanted = [media for quality, media in found if quality > 0]
    if not wanted and text.strip():
        raise NotAcceptable("Nothing is acceptable to the caller.")
    return wanted or [MediaRange("*/*", "", is_multipart=False)]


def parameters(text: str) -> tuple[str, Mapping[str, str]]:
    """Return a media type and its parameters, names in small letters, quotes taken off."""
    kind, *rest = [part.strip() for part in _PARTS.findall(text)] or [""]
    pairs = [part.partition("=") for part in rest if "=" in part]
    return kind.lower(), {
        name.strip().lower(): value.strip().strip('"') for name, _, value in pairs
    }


def _range(text: str) -> tuple[float, MediaRange]:
    kind, given = parameters(text)
    is_multipart = kind == MULTIPART
    if is_multipart:
        kind = given.get("type", "*/*").lower()
    try:
        quality = float(given.get("q", "1"))
    except ValueError:
        quality = 0.0
    return quality, MediaRange(kind, given.get("transfer-syntax", ""), is_multipart)


def require_json(request: Request) -> str:
    """Return the media type of a JSON answer that the caller takes.

    Raises:
        NotAcceptable: It takes none, such as XML only.
    """
    for media in accepted(request):
        if media.takes(JSON) and not media.is_multipart:
            return JSON
        if media.takes("application/json"):
            return "application/json"
        if media.kind == "*/*" or media.takes(JSON):
            return JSON
    raise NotAcceptable("Only application/dicom+json is sent here; accept that.")
