"""Webhooks in: another program says, signed, that a study was sent in full."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, cast
from uuid import UUID

from pydantic import Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, DomainError
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import identity, platform
from erp.services.imaging.completing import CompleteSession, ManifestLine, SessionEnded
from erp.services.imaging.devices import unknown_device
from erp.services.imaging.errors import EndedByDevice, UnknownHook
from erp.services.imaging.locking import unknown_session
from erp.services.platform import (
    Closed,
    Command,
    Identified,
    Query,
    Result,
    ShownOnce,
    Text,
    command,
    query,
)

PREFIX: Final = "whsec_"


class CallReused(Conflict):
    """The call's id already stands for another body."""

    code = "webhook_id_reused"


class OneDevice(Command):
    """Act on the webhook of a device."""

    device_id: UUID


class GetHook(Query):
    """The webhook of a device."""

    device_id: UUID


class HookCallRow(Result):
    """A call that was taken; `reason` says why it was refused."""

    id: UUID
    subject: str
    status: str
    reason: str
    received_at: datetime
    session_id: UUID | None


class HookDetail(Result):
    """A device's webhook; `id` is None where it never had one. The latest 20 calls, newest first."""

    id: UUID | None
    is_open: bool
    secret_version: int
    calls: list[HookCallRow]


class HookSecret(ShownOnce):
    """The hook's id, which stands in its address, and its signing secret, shown once."""

    id: UUID
    secret: SecretStr


class Completion(Closed):
    """What a call says: what belongs to the study; nothing, where it is what has come so far."""

    manifest: Annotated[tuple[ManifestLine, ...], Field(max_length=10_000)] = ()
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class HookAccount:
    """A hook that may be called, of which tenant, and the secret its calls are signed with."""

    hook_id: UUID
    tenant_id: UUID
    company_id: UUID
    branch_id: UUID
    device_id: UUID
    device: str
    time_zone: str
    secret: str


@dataclass(frozen=True, slots=True)
class HookCall:
    """A call whose signature is right; `kind` is what it asks for."""

    webhook_id: str
    subject: str
    body: bytes
    kind: str = "complete"


Act = Callable[[RequestContext, UUID, str], dict[str, Any]]
"""What a call does about a session, under a key of its own; returns the call's answer."""


@command(
    "imaging.open_hook", permission="imaging.operate", rest="POST /imaging/devices/{device_id}/hook"
)
def open_hook(session: Session, ctx: RequestContext, cmd: OneDevice) -> HookSecret:
    """Let a program say that studies of a device were sent in full; again, the old secret ends.

    Raises:
        UnknownDevice: There is none, or it was retired.
        EndedByDevice: It speaks over the broker, and tells itself when it is complete.
    """
    kind = _require_device(session, ctx, cmd.device_id)
    if kind == "mqtt":
        raise EndedByDevice("This device says itself when a session is complete; it needs no call.")
    opened = db.fetch_one(
        session,
        "insert into imaging_hook (tenant_id, id, device_id, secret_version, is_active)"
        " values (%s, %s, %s, 1, true) on conflict (tenant_id, device_id) do update"
        " set secret_version = imaging_hook.secret_version + 1, is_active = true"
        " returning id, secret_version",
        (ctx.tenant_id, new_id(), cmd.device_id),
    )
    assert opened is not None  # noqa: S101  an insert or update of one row returns it
    secret = _secret(opened["id"], opened["secret_version"])
    return HookSecret(id=opened["id"], secret=SecretStr(secret))


@command(
    "imaging.close_hook",
    permission="imaging.operate",
    rest="DELETE /imaging/devices/{device_id}/hook",
)
def close_hook(session: Session, ctx: RequestContext, cmd: OneDevice) -> Identified:
    """Take no calls about a device's studies any more.

    Raises:
        UnknownDevice: There is none.
        UnknownHook: It has no webhook.
    """
    _require_device(session, ctx, cmd.device_id)
    closed = db.fetch_one(
        session,
        "update imaging_hook set is_active = false where tenant_id = %s and device_id = %s"
        " returning id",
        (ctx.tenant_id, cmd.device_id),
    )
    if closed is None:
        raise UnknownHook("This device has no webhook.")
    return Identified(id=closed["id"])


@query("imaging.get_hook", permission="imaging.view", rest="GET /imaging/devices/{device_id}/hook")
def get_hook(session: Session, ctx: RequestContext, wanted: GetHook) -> HookDetail:
    """Return a device's webhook and what came by it; never its secret.

    Raises:
        UnknownDevice: There is no such device.
    """
    row = db.fetch_one(
        session,
        "select hook.id, hook.secret_version, coalesce(hook.is_active and device.is_active, false)"
        " as is_open from imaging_device device left join imaging_hook hook"
        " on (hook.tenant_id, hook.device_id) = (device.tenant_id, device.id)"
        " where device.tenant_id = %s and device.id = %s",
        (ctx.tenant_id, wanted.device_id),
    )
    if row is None:
        raise unknown_device()
    calls = db.fetch_all(
        session,
        "select id, subject, status, reason, received_at, session_id from imaging_hook_call"
        " where tenant_id = %s and hook_id = %s order by id desc limit 20",
        (ctx.tenant_id, row["id"]),
    )
    return HookDetail(
        id=row["id"],
        is_open=row["is_open"],
        secret_version=row["secret_version"] or 0,
        calls=[HookCallRow(**call) for call in calls],
    )


def find_hook(session: Session, hook_id: UUID) -> HookAccount | None:
    """Return a hook that may be called, of whatever tenant; needs the operators' role."""
    row = db.fetch_one(
        session,
        """
        select hook.id as hook_id, hook.tenant_id, branch.company_id, device.branch_id,
               device.id as device_id, device.name as device, tenant.time_zone, hook.secret_version
          from imaging_hook hook
          join imaging_device device
            on (device.tenant_id, device.id) = (hook.tenant_id, hook.device_id)
          join branch on (branch.tenant_id, branch.id) = (device.tenant_id, device.branch_id)
          join tenant on tenant.id = hook.tenant_id
         where hook.id = %s and hook.is_active and device.is_active and not tenant.is_suspended
        """,
        (hook_id,),
    )
    if row is None:
        return None
    version = row.pop("secret_version")
    return HookAccount(**row, secret=_secret(hook_id, version))


def hook_context(account: HookAccount, now: datetime, request_id: str) -> RequestContext:
    """Return the context in which a hook's call is taken."""
    return RequestContext(
        tenant_id=account.tenant_id,
        company_id=account.company_id,
        branch_id=account.branch_id,
        user_id=identity.NOBODY,
        user_name=f"Webhook of {account.device}",
        permissions=frozenset({"imaging.operate"}),
        now=now,
        request_id=request_id,
        source="device",
        time_zone=account.time_zone,
    )


def take_call(
    ctx: RequestContext, account: HookAccount, call: HookCall, act: Act
) -> dict[str, Any]:
    """Keep a call, act on the session it names, and return what is answered.

    The call is committed before anything is done about it. One that was done gets the same answer
    again; one that was refused is tried again under its id, since the study may have come meanwhile.

    Raises:
        CallReused: Its id stands for another body.
        UnknownSession: The device has no session of this study.
        DomainError: What `act` refuses.
    """
    kept = _keep(ctx, account, call)
    if kept["status"] == "done":
        return cast("dict[str, Any]", json.loads(kept["answer"]))
    try:
        session_id = _session_of(ctx, account, call)
        key = hashlib.sha256(f"{account.hook_id}:{call.webhook_id}".encode()).hexdigest()
        answer = act(ctx, session_id, key)
    except DomainError as refusal:
        _note(ctx, kept["id"], "refused", reason=refusal.message)
        raise
    _note(ctx, kept["id"], "done", answer=json.dumps(answer), session_id=session_id)
    return answer


def end_by_call(said: Completion) -> Act:
    """Return what ends a session by a call, and answers what it still lacks."""

    def end(ctx: RequestContext, session_id: UUID, key: str) -> dict[str, Any]:
        wanted = CompleteSession(
            session_id=session_id, manifest=said.manifest, reason=said.reason, idempotency_key=key
        )
        ended = cast("SessionEnded", platform.run("imaging.complete_session", ctx, wanted).result)
        return ended.model_dump(mode="json")

    return end


def _session_of(ctx: RequestContext, account: HookAccount, call: HookCall) -> UUID:
    with db.unit_of_work(ctx) as session:
        found = db.fetch_one(
            session,
            "select id from imaging_session where tenant_id = %s and device_id = %s"
            " and (study_uid = %s or external_id = %s) order by id desc limit 1",
            (ctx.tenant_id, account.device_id, call.subject, call.subject),
        )
    if found is None:
        raise unknown_session()
    return cast("UUID", found["id"])


def _keep(ctx: RequestContext, account: HookAccount, call: HookCall) -> db.Row:
    kind = "" if call.kind == "complete" else f"{call.kind}\0"
    told = f"{kind}{call.subject}\0".encode() + call.body
    digest = hashlib.sha256(told).hexdigest()
    with db.unit_of_work(ctx) as session:
        db.execute(
            session,
            "insert into imaging_hook_call (tenant_id, id, hook_id, webhook_id, subject, body,"
            " sha256, status, reason, answer, received_at)"
            " values (%s, %s, %s, %s, %s, %s, %s, 'received', '', '', %s)"
            " on conflict (tenant_id, hook_id, webhook_id) do nothing",
            (
                *(ctx.tenant_id, new_id(), account.hook_id, call.webhook_id, call.subject),
                *(call.body.decode("utf-8", "replace").replace("\0", ""), digest, ctx.now),
            ),
        )
        kept = db.fetch_one(
            session,
            "select id, sha256, status, answer from imaging_hook_call"
            " where tenant_id = %s and hook_id = %s and webhook_id = %s",
            (ctx.tenant_id, account.hook_id, call.webhook_id),
        )
    assert kept is not None  # noqa: S101  it was written, or stood there before
    if kept["sha256"] != digest:
        raise CallReused("This webhook-id already stands for another call. Use a new one.")
    return kept


def _note(
    ctx: RequestContext,
    call_id: UUID,
    status: str,
    *,
    reason: str = "",
    answer: str = "",
    session_id: UUID | None = None,
) -> None:
    with db.unit_of_work(ctx) as session:
        db.execute(
            session,
            "update imaging_hook_call set status = %s, reason = %s, answer = %s, session_id = %s"
            " where tenant_id = %s and id = %s and status <> 'done'",
            (status, reason[:500], answer, session_id, ctx.tenant_id, call_id),
        )


def _require_device(session: Session, ctx: RequestContext, device_id: UUID) -> str:
    """Return by which way a device brings objects in."""
    found = db.fetch_one(
        session,
        "select kind from imaging_device where tenant_id = %s and id = %s and is_active",
        (ctx.tenant_id, device_id),
    )
    if found is None:
        raise unknown_device()
    return str(found["kind"])


def _secret(hook_id: UUID, version: int) -> str:
    derived = bytes.fromhex(get_settings().derived_secret(f"imaging-hook-{hook_id}-{version}"))
    return PREFIX + base64.b64encode(derived).decode()
