"""STOW-RS: objects handed in, a part each; acknowledged means durable."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.adapters.dicom.object_inspector import object_inspector
from erp.adapters.object_storage import object_storage
from erp.api.actions import guarded
from erp.api.dicomweb.accepting import DICOM, require_json
from erp.api.dicomweb.addresses import STUDIES, STUDY, caller, instance_address, root_of, uids_of
from erp.api.dicomweb.incoming import IncomingPart, incoming_parts
from erp.api.imaging import PRIVATE
from erp.api.problems import MalformedRequest
from erp.core import db
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.core.errors import Busy, Unavailable
from erp.services import imaging, platform

AT_ONCE: Final = 4
RECORDED_TOGETHER: Final = 16
TRIES: Final = 4
OUT_OF_RESOURCES: Final = 0xA700
OTHER_STUDY: Final = 0xA900
NOT_UNDERSTOOD: Final = 0xC000
ANOTHER_OBJECT: Final = 0x0111
DONE: Final = frozenset({"stored", "duplicate"})
Source = Literal["stow", "upload"]


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of one part."""

    status: str
    reason: str = ""
    text: str = ""
    sop_uid: str = ""
    sop_class: str = ""
    series_uid: str = ""
    study_uid: str = ""
    session_id: UUID | None = None
    code: int = 0


@dataclass(slots=True)
class _Delivery:
    """One request's objects on their way in."""

    intake: imaging.Intake
    ctx: RequestContext
    device_id: UUID
    source: Source
    study_uid: str
    fates: dict[int, _Fate] = field(default_factory=dict)
    waiting: list[tuple[int, imaging.DeliveredObject]] = field(default_factory=list)


def store_routes() -> list[Route]:
    """Return the routes that take objects."""
    return [Route(address, guarded(store), methods=["POST"]) for address in (STUDIES, STUDY)]


async def store(request: Request) -> Response:
    """Store the objects of a `multipart/related` body and say what became of each.

    200 where all are stored, 202 where some are not, 409 where none is; the answer names each
    failure with a reason in words. What is refused waits in quarantine. An address that names a
    study takes objects of that study only. `?upload=true` counts them as uploads by hand and
    answers plainly, 202 where any is not stored.

    Raises:
        PermissionDenied: The caller may not operate imaging.
        MalformedRequest: The body has no parts, or is cut off; parts before the cut are stored.
        Unavailable: The database, the store or the reader is away, and nothing was stored.
    """
    media = require_json(request)
    who, (study_uid, _, _) = caller(request), uids_of(request)
    is_upload = request.query_params.get("upload", "").lower() == "true"
    parts = incoming_parts(request)
    delivery = await off_the_loop(_open, who, "upload" if is_upload else "stow", study_uid)
    await _take_in(delivery, parts)
    if not delivery.fates:
        raise MalformedRequest("The body has no part; send an object.")
    if all(fate.code == OUT_OF_RESOURCES for fate in delivery.fates.values()):
        raise Unavailable("The archive cannot store at the moment; nothing was stored, try again.")
    return _answer(delivery, root_of(request), media)


def _open(who: Callable[[], RequestContext], source: Source, study_uid: str) -> _Delivery:
    ctx = who()
    ctx.require("imaging.operate")
    kind: imaging.SharedWay = "upload" if source == "upload" else "dicomweb"
    with db.unit_of_work(ctx) as session:
        device_id = imaging.way_in(session, ctx, ctx.branch_id, kind)
    if device_id is None:
        wanted = {"branch_id": ctx.branch_id, "kind": kind}
        opened: Any = platform.run("imaging.open_way_in", ctx, wanted).result
        device_id = opened.id
    intake = imaging.Intake(object_storage(), object_inspector())
    return _Delivery(intake, imaging.delivery_context(ctx), device_id, source, study_uid)


async def _take_in(delivery: _Delivery, parts: AsyncIterator[IncomingPart]) -> None:
    """Inspect and keep parts while later ones come in; record them a few at a time."""
    running: set[asyncio.Task[None]] = set()
    number = 0
    try:
        async for part in parts:
            running.add(asyncio.create_task(_prepare(delivery, number, part)))
            number += 1
            if len(running) >= AT_ONCE:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.gather(*done)
            if len(delivery.waiting) >= RECORDED_TOGETHER:
                await off_the_loop(_record, delivery)
    finally:
        ended = await asyncio.gather(*running, return_exceptions=True)
        await off_the_loop(_record, delivery)
    for problem in ended:
        if isinstance(problem, BaseException):
            raise problem


async def _prepare(delivery: _Delivery, number: int, part: IncomingPart) -> None:
    try:
        fate = await off_the_loop(_prepared, delivery, part.media, part.content)
    finally:
        await off_the_loop(part.release)
    if isinstance(fate, _Fate):
        delivery.fates[number] = fate
    else:
        delivery.waiting.append((number, fate))


def _prepared(
    delivery: _Delivery, media: str, content: bytes | Path
) -> "_Fate | imaging.DeliveredObject":
    """Inspect a part and keep its bytes, or say why not."""
    if media not in {"", DICOM}:
        text = f"The part is {media[:80]}; only application/dicom is taken."
        return _Fate("rejected", "not_dicom", text, code=NOT_UNDERSTOOD)
    if not content:
        return _Fate("rejected", "empty", "The part is empty.", code=NOT_UNDERSTOOD)
    try:
        other = _other_study(delivery, content)
        return other or delivery.intake.prepare(delivery.ctx, content)
    except (Busy, Unavailable) as away:
        return _Fate("failed", away.code, away.message, code=OUT_OF_RESOURCES)


def _other_study(delivery: _Delivery, content: bytes | Path) -> _Fate | None:
    """Return the refusal of an object that is not of the study the address names."""
    finding = object_inspector().inspect(content) if delivery.study_uid else None
    if finding is None or isinstance(finding, imaging.RefusedObject):
        return None
    study = finding.study.study_uid if finding.study else ""
    if study == delivery.study_uid:
        return None
    return _Fate(
        status="rejected",
        reason="other_study",
        text=f"The object is of study {study or 'none'}, not of the study in the address.",
        sop_uid=finding.instance.sop_uid,
        sop_class=finding.instance.sop_class,
        study_uid=study,
        code=OTHER_STUDY,
    )


def _record(delivery: _Delivery) -> None:
    """Record what is prepared, in transactions of a few objects each."""
    while delivery.waiting:
        some = [
            delivery.waiting.pop() for _ in range(min(RECORDED_TOGETHER, len(delivery.waiting)))
        ]
        some.sort(key=lambda pair: pair[0])
        for number, fate in _recorded(delivery, some):
            delivery.fates[number] = fate


def _recorded(
    delivery: _Delivery, some: list[tuple[int, imaging.DeliveredObject]]
) -> list[tuple[int, _Fate]]:
    objects = [found for _, found in some]
    for attempt in range(TRIES):
        try:
            taken = delivery.intake.record(
                delivery.ctx, delivery.device_id, delivery.source, objects
            )
        except Busy as busy:
            problem = _Fate("failed", busy.code, busy.message, code=OUT_OF_RESOURCES)
            if attempt == TRIES - 1:
                return [(number, problem) for number, _ in some]
        except Unavailable as away:
            problem = _Fate("failed", away.code, away.message, code=OUT_OF_RESOURCES)
            return [(number, problem) for number, _ in some]
        else:
            return [(pair[0], _fate(one)) for pair, one in zip(some, taken, strict=True)]
    return []


def _fate(taken: imaging.TakenObject) -> _Fate:
    if taken.status in DONE:
        code = 0
    elif taken.status == "conflict":
        code = ANOTHER_OBJECT
    else:
        code = OTHER_STUDY if taken.reason == "uid_mismatch" else NOT_UNDERSTOOD
    return _Fate(
        status=taken.status,
        reason=taken.reason,
        text=_in_words(taken),
        sop_uid=taken.sop_uid,
        sop_class=taken.sop_class,
        series_uid=taken.series_uid,
        study_uid=taken.study_uid,
        session_id=taken.session_id,
        code=code,
    )


def _in_words(taken: imaging.TakenObject) -> str:
    if taken.status in DONE:
        return ""
    title, advice = imaging.held_in_words(taken.reason)
    return f"{title}. {taken.detail or advice}"


def _answer(delivery: _Delivery, root: str, media: str) -> Response:
    fates = [delivery.fates[number] for number in sorted(delivery.fates)]
    stored = [fate for fate in fates if not fate.code]
    failed = [fate for fate in fates if fate.code]
    answer: dict[str, Any] = {}
    if stored:
        studies = {fate.study_uid for fate in stored}
        if len(studies) == 1:
            answer["00081190"] = {"vr": "UR", "Value": [f"{root}/studies/{studies.pop()}"]}
        answer["00081199"] = {"vr": "SQ", "Value": [_stored_item(root, fate) for fate in stored]}
    named = [_failed_item(fate) for fate in failed if fate.sop_uid]
    others = [_failed_item(fate) for fate in failed if not fate.sop_uid]
    if named:
        answer["00081198"] = {"vr": "SQ", "Value": named}
    if others:
        answer["0008119A"] = {"vr": "SQ", "Value": others}
    status = 200 if not failed else 202 if stored else 409
    headers = dict(PRIVATE)
    if delivery.source == "upload":
        plainly = json.dumps({"objects": [_plainly(fate) for fate in fates]})
        return Response(plainly, 202 if failed else 200, headers, "application/json")
    return Response(json.dumps(answer, separators=(",", ":")), status, headers, media)


def _stored_item(root: str, fate: _Fate) -> dict[str, Any]:
    place = instance_address(root, fate.study_uid, fate.series_uid, fate.sop_uid)
    return {
        "00081150": {"vr": "UI", "Value": [fate.sop_class]},
        "00081155": {"vr": "UI", "Value": [fate.sop_uid]},
        "00081190": {"vr": "UR", "Value": [place]},
    }


def _failed_item(fate: _Fate) -> dict[str, Any]:
    item: dict[str, Any] = {
        "00081197": {"vr": "US", "Value": [fate.code]},
        "00000902": {"vr": "LO", "Value": [fate.text[:1024]]},
    }
    if fate.sop_uid:
        item["00081150"] = {"vr": "UI", "Value": [fate.sop_class] if fate.sop_class else []}
        item["00081155"] = {"vr": "UI", "Value": [fate.sop_uid]}
    return item


def _plainly(fate: _Fate) -> dict[str, Any]:
    """Return a fate as the upload page shows it."""
    return {
        "status": fate.status,
        "reason": fate.reason,
        "text": fate.text,
        "sop_uid": fate.sop_uid,
        "session_id": str(fate.session_id) if fate.session_id else "",
    }
