"""Lists of peers and of our own AE titles, and both as the DICOM listener must know them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import identity
from erp.services.platform import Nothing, Page, Result, Rows, query


class ListPeers(Page):
    """Active peers; they are few, so one page holds them."""


class PeerRow(Result):
    """A peer in the list; `may` says in words what it may do, `place` where we call it."""

    id: UUID
    name: str
    ae_title: str
    branch: str
    branch_id: UUID
    address: str
    host: str
    port: int
    place: str
    may: str
    uses_tls: bool
    certificate: str
    may_store: bool
    may_query: bool
    may_retrieve: bool
    may_worklist: bool
    modality: str
    model: str
    serial: str
    state: str
    echo: str
    echo_ok: bool
    echo_at: datetime | None
    last_seen_at: datetime | None
    last_object_at: datetime | None


class PeerList(Rows):
    """Peers by branch and AE title."""

    rows: list[PeerRow]


class EntityRow(Result):
    """An AE title of ours."""

    id: UUID
    ae_title: str
    name: str
    branch: str
    branch_id: UUID


class EntityList(Rows):
    """Our AE titles."""

    rows: list[EntityRow]


class EntityAccount(BaseModel):
    """An AE title of ours as the listener must know it: it decides tenant and branch."""

    model_config = ConfigDict(frozen=True)

    tenant_id: UUID
    entity_id: UUID
    branch_id: UUID
    company_id: UUID
    time_zone: str
    ae_title: str


class PeerAccount(BaseModel):
    """A peer as the listener must know it."""

    model_config = ConfigDict(frozen=True)

    tenant_id: UUID
    branch_id: UUID
    device_id: UUID
    ae_title: str
    address: str
    host: str
    port: int
    uses_tls: bool
    certificate: str
    may_store: bool
    may_query: bool
    may_retrieve: bool
    may_worklist: bool


@query("imaging.list_peers", permission="imaging.view", rest="GET /imaging/peers")
def list_peers(session: Session, ctx: RequestContext, wanted: ListPeers) -> PeerList:
    """List the active peers with what they may do and what the last echo came to."""
    rows = db.fetch_all(
        session,
        """
        select device.id, device.name, device.ae_title, branch.code as branch, device.branch_id,
               peer.address, peer.host, peer.port, peer.uses_tls, peer.certificate, peer.may_store, peer.may_query,
               peer.may_retrieve, peer.may_worklist, device.modality, device.model, device.serial,
               device.state, peer.echo_asked_at, peer.echo_at, peer.echo_result, peer.echo_ok,
               device.last_seen_at, device.last_object_at
          from imaging_device device
          join dicom_peer peer
            on (peer.tenant_id, peer.device_id) = (device.tenant_id, device.id)
          join branch on (branch.tenant_id, branch.id) = (device.tenant_id, device.branch_id)
         where device.tenant_id = %(tenant)s and device.is_active
           and (%(search)s = '' or concat_ws(' ', device.name, device.ae_title, peer.address,
                peer.host) ilike '%%' || %(search)s || '%%')
         order by branch.code, device.ae_title limit 500
        """,
        {"tenant": ctx.tenant_id, "search": wanted.search.replace("%", "").replace("_", "\\_")},
    )
    return PeerList(rows=[_peer_row(row) for row in rows])


def _peer_row(row: db.Row) -> PeerRow:
    rights = {
        "send": row["may_store"],
        "search": row["may_query"],
        "fetch": row["may_retrieve"],
        "worklist": row["may_worklist"],
    }
    return PeerRow(
        may=", ".join(word for word, allowed in rights.items() if allowed) or "nothing",
        place=f"{row['host']}:{row['port']}" if row["host"] else "",
        echo=_echo_text(row),
        **{name: row[name] for name in PeerRow.model_fields if name in row},
    )


def _echo_text(row: db.Row) -> str:
    if row["echo_asked_at"] is not None and not row["echo_result"]:
        return "Calling…"
    text: str = row["echo_result"]
    return text


@query("imaging.list_entities", permission="imaging.view", rest="GET /imaging/entities")
def list_entities(session: Session, ctx: RequestContext, _wanted: Nothing) -> EntityList:
    """List the AE titles our branches are called by."""
    rows = db.fetch_all(
        session,
        "select entity.id, entity.ae_title, entity.name, branch.code as branch, entity.branch_id"
        " from dicom_entity entity"
        " join branch on (branch.tenant_id, branch.id) = (entity.tenant_id, entity.branch_id)"
        " where entity.tenant_id = %s and entity.is_active order by entity.ae_title limit 500",
        (ctx.tenant_id,),
    )
    return EntityList(rows=[EntityRow(**row) for row in rows])


def list_entity_accounts(session: Session) -> list[EntityAccount]:
    """Return every active AE title with its tenant; needs the operators' role."""
    rows = db.fetch_all(
        session,
        """
        select entity.tenant_id, entity.id as entity_id, entity.branch_id, branch.company_id,
               tenant.time_zone, entity.ae_title
          from dicom_entity entity
          join branch on (branch.tenant_id, branch.id) = (entity.tenant_id, entity.branch_id)
          join tenant on tenant.id = entity.tenant_id
         where entity.is_active and not tenant.is_suspended
        """,
    )
    return [EntityAccount(**row) for row in rows]


def list_peer_accounts(session: Session) -> list[PeerAccount]:
    """Return every active peer with its tenant and branch; needs the operators' role."""
    rows = db.fetch_all(
        session,
        """
        select device.tenant_id, device.branch_id, device.id as device_id, device.ae_title,
               peer.address, peer.host, peer.port, peer.uses_tls, peer.certificate, peer.may_store, peer.may_query,
               peer.may_retrieve, peer.may_worklist
          from imaging_device device
          join dicom_peer peer
            on (peer.tenant_id, peer.device_id) = (device.tenant_id, device.id)
         where device.is_active
        """,
    )
    return [PeerAccount(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class PeerPlace:
    """Where a peer is called, what it and we are called, and what it must show."""

    own_title: str
    title: str
    host: str
    port: int
    uses_tls: bool
    certificate: str


def place_of_peer(session: Session, ctx: RequestContext, device_id: UUID) -> PeerPlace | None:
    """Return where an active peer is called; nothing where it or our title is gone.

    We call under the first active title of its branch.
    """
    row = db.fetch_one(
        session,
        """
        select device.ae_title as title, peer.host, peer.port, peer.uses_tls, peer.certificate,
               (select own.ae_title from dicom_entity own
                 where (own.tenant_id, own.branch_id) = (device.tenant_id, device.branch_id)
                   and own.is_active order by own.created_at, own.id limit 1) as own_title
          from imaging_device device
          join dicom_peer peer
            on (peer.tenant_id, peer.device_id) = (device.tenant_id, device.id)
         where device.tenant_id = %s and device.id = %s and device.is_active and peer.host <> ''
        """,
        (ctx.tenant_id, device_id),
    )
    if row is None:
        return None
    return PeerPlace(**row | {"own_title": row["own_title"] or "VANTAGE"})


def peer_context(
    entity: EntityAccount, peer: PeerAccount, now: datetime, request_id: str
) -> RequestContext:
    """Return the context in which what a peer asks is done: its own rights and no more."""
    reading = (
        {"imaging.view"} if peer.may_query or peer.may_retrieve or peer.may_worklist else set()
    )
    return RequestContext(
        tenant_id=entity.tenant_id,
        company_id=entity.company_id,
        branch_id=entity.branch_id,
        user_id=identity.NOBODY,
        user_name=f"{peer.ae_title} to {entity.ae_title}",
        permissions=frozenset({"imaging.ingest", *reading}),
        now=now,
        request_id=request_id,
        source="device",
        time_zone=entity.time_zone,
    )
