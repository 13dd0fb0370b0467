"""QIDO-RS: studies, series and instances that match."""

import json
from collections.abc import Callable
from typing import Any, Final

from pydicom.datadict import tag_for_keyword
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.api.actions import guarded
from erp.api.dicomweb.accepting import require_json
from erp.api.dicomweb.addresses import ROOT, SERIES, STUDIES, STUDY, caller, root_of, uids_of
from erp.api.dicomweb.answering import Shape, instance_json, series_json, study_json
from erp.api.imaging import PRIVATE
from erp.core import db
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.core.errors import InvalidInput
from erp.services import imaging

DEFAULT_LIMIT: Final = 100
FARTHEST: Final = 1_000_000
CONTROLS: Final = frozenset({"limit", "offset", "fuzzymatching", "includefield", "accept"})
UIDS: Final = {"study": "0020000D", "series": "0020000E"}
_TAG_LENGTH: Final = 8


def search_routes() -> list[Route]:
    """Return the routes of searches."""
    return [
        Route(STUDIES, guarded(_searches("study")), methods=["GET"]),
        Route(f"{ROOT}/series", guarded(_searches("series")), methods=["GET"]),
        Route(f"{ROOT}/instances", guarded(_searches("instance")), methods=["GET"]),
        Route(f"{STUDY}/series", guarded(_searches("series")), methods=["GET"]),
        Route(f"{STUDY}/instances", guarded(_searches("instance")), methods=["GET"]),
        Route(f"{SERIES}/instances", guarded(_searches("instance")), methods=["GET"]),
    ]


def _searches(level: imaging.SearchLevel) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        media = require_json(request)
        wanted = _wanted(request, level)
        fields = _included(request)
        who, root = caller(request), root_of(request)
        is_below = bool(request.path_params)
        return await off_the_loop(_answer, who, wanted, fields, root, media, is_below)

    return endpoint


def _wanted(request: Request, level: imaging.SearchLevel) -> imaging.ArchiveSearch:
    """Return the search that a query string asks for.

    Raises:
        InvalidInput: A key is no attribute, stands twice, or a control is no number.
    """
    asked = request.query_params
    keys: dict[str, str] = {}
    for name in asked:
        if name in CONTROLS:
            continue
        tag, texts = tag_of(name), asked.getlist(name)
        if tag in keys or len(texts) > 1:
            raise InvalidInput(f"{name} stands twice; send it once.", fields={name: "stands twice"})
        keys[tag] = _clean(texts[0], name)
    study, series, _ = uids_of(request)
    named = {UIDS["study"]: study, UIDS["series"]: series}
    keys |= {tag: uid for tag, uid in named.items() if uid}
    return imaging.ArchiveSearch(
        level=level,
        keys=keys,
        fuzzy=asked.get("fuzzymatching", "").lower() == "true",
        limit=max(1, min(_count(asked.get("limit"), "limit", DEFAULT_LIMIT), imaging.MOST_RESULTS)),
        offset=_count(asked.get("offset"), "offset", 0),
    )


def _clean(text: str, name: str) -> str:
    if "\0" in text or len(text) > 4000:  # noqa: PLR2004  no key is longer
        raise InvalidInput(f"{name} cannot be matched.", fields={name: "is too long or no text"})
    return text


def tag_of(name: str) -> str:
    """Return the tag of a keyword or tag; of a path into sequences its first part.

    Raises:
        InvalidInput: It is no attribute of DICOM.
    """
    first = name.partition(".")[0]
    tag: int | None = None
    if len(first) == _TAG_LENGTH:
        try:
            tag = int(first, 16)
        except ValueError:
            tag = None
    if tag is None:
        tag = tag_for_keyword(first)
    if tag is None:
        remedy = "use a DICOM keyword or tag, such as PatientID or 00100020"
        raise InvalidInput(f"{first[:64]} is no attribute; {remedy}.", fields={first[:64]: remedy})
    return f"{tag:08X}"


def _included(request: Request) -> frozenset[str]:
    """Return the attributes asked for besides those always sent; `all` for every one."""
    names = [
        part.strip()
        for text in request.query_params.getlist("includefield")
        for part in text.split(",")
        if part.strip()
    ]
    return frozenset(name if name == "all" else tag_of(name) for name in names)


def _count(text: str | None, name: str, default: int) -> int:
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > FARTHEST:  # noqa: PLR2004
        message = f"{name} must be a whole number up to {FARTHEST}."
        raise InvalidInput(message, fields={name: "must be a whole number"})
    return int(text)


def _answer(
    who: Callable[[], RequestContext],
    wanted: imaging.ArchiveSearch,
    fields: frozenset[str],
    root: str,
    media: str,
    is_below: bool,  # noqa: FBT001
) -> Response:
    ctx = who()
    with db.unit_of_work(ctx) as session:
        rows = imaging.search_archive(session, ctx, wanted)
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    if not rows:
        return Response(status_code=204, headers=PRIVATE)
    made = {"study": study_json, "series": series_json, "instance": instance_json}[wanted.level]
    shape = Shape(fields, root, ctx.time_zone, is_below)
    found = [made(row, shape) for row in rows]
    headers = dict(PRIVATE)
    if more:
        headers["warning"] = (
            f'299 {root} "There are additional results that can be requested from offset'
            f' {wanted.offset + wanted.limit}"'
        )
    return Response(json.dumps(found, separators=(",", ":")), headers=headers, media_type=media)
