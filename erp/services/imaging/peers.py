"""DICOM peers: what our branches are called, and who may speak to them. Nobody, until it is said here."""

import ipaddress
import re
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.devices import site_of, unknown_device
from erp.services.imaging.errors import NoPlaceToCall, UnknownEntity
from erp.services.imaging.events import DeviceChanged, DeviceRegistered, EchoAsked
from erp.services.platform import Command, Identified, ShortText, Text, command, emit

_SHA256: Final = re.compile("[0-9a-f]{64}")


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise ValueError(
            "is no address or network; write 10.0.0.5 or 10.0.0.0/24, or 0.0.0.0/0 for any"
        ) from None


def _fingerprint(text: str) -> str:
    bare = text.strip().replace(":", "").replace(" ", "").lower()
    if bare and not _SHA256.fullmatch(bare):
        raise ValueError(
            "is no SHA-256 fingerprint; write the 64 hexadecimal digits that"
            " openssl x509 -fingerprint -sha256 prints, or leave it empty"
        )
    return bare


AeTitle = Annotated[
    str,
    Field(
        max_length=16,
        pattern=r"^[\x21-\x5b\x5d-\x7e]([\x20-\x5b\x5d-\x7e]*[\x21-\x5b\x5d-\x7e])?$",
        description="1 to 16 printable characters without backslash.",
    ),
]
NetworkText = Annotated[str, Field(min_length=2, max_length=50), AfterValidator(_network)]
Fingerprint = Annotated[str, Field(max_length=120), AfterValidator(_fingerprint)]
HostName = Annotated[str, Field(max_length=253, pattern=r"^[A-Za-z0-9.:_-]*$")]


class AddEntity(Command):
    """An AE title a branch shall be called by; `branch_id` empty takes the actor's branch."""

    ae_title: AeTitle
    name: Text = ""
    branch_id: UUID | None = None


class RetireEntity(Command):
    """Answer no more to an AE title."""

    entity_id: UUID


class PeerTerms(Command):
    """What a peer may do and where it is.

    Attributes:
        address: Address or network its associations come from.
        host: Where we call it; with `port` left out, we never do.
        certificate: SHA-256 fingerprint of the certificate it must show, with colons or without;
            empty lets its title and address be enough.
    """

    name: ShortText
    address: NetworkText
    host: HostName = ""
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    uses_tls: bool = False
    certificate: Fingerprint = ""
    may_store: bool = False
    may_query: bool = False
    may_retrieve: bool = False
    may_worklist: bool = False
    modality: Annotated[str, Field(max_length=16)] = ""
    model: Text = ""
    serial: Text = ""

    @model_validator(mode="after")
    def _is_a_place(self) -> "PeerTerms":
        if bool(self.host) != bool(self.port):
            raise ValueError("Give both the host and the port we call the peer at, or neither.")
        if self.host and self.certificate and not self.uses_tls:
            raise ValueError("A peer that is bound to a certificate is called over TLS; say so.")
        return self


class AddPeer(PeerTerms):
    """A peer that shall be let in; `branch_id` empty takes the actor's branch."""

    ae_title: AeTitle
    branch_id: UUID | None = None


class ChangePeer(PeerTerms):
    """Other terms for a peer; they count from its next request."""

    device_id: UUID


class AskEcho(Command):
    """Have us call a peer and say what came of it."""

    device_id: UUID


@command("imaging.add_entity", permission="imaging.operate", rest="POST /imaging/entities")
def add_entity(session: Session, ctx: RequestContext, cmd: AddEntity) -> Identified:
    """Let a branch be called by an AE title; it decides whose archive a peer speaks to.

    Raises:
        InvalidInput: The branch is not known.
        EntityTaken: The title is in use, perhaps by another organisation of this server.
    """
    branch_id = cmd.branch_id or ctx.branch_id
    site_of(session, ctx, branch_id)
    entity_id = new_id()
    db.execute(
        session,
        "insert into dicom_entity (tenant_id, id, branch_id, ae_title, name, is_active)"
        " values (%s, %s, %s, %s, %s, true)",
        (ctx.tenant_id, entity_id, branch_id, cmd.ae_title, cmd.name),
    )
    return Identified(id=entity_id)


@command(
    "imaging.retire_entity",
    permission="imaging.operate",
    rest="POST /imaging/entities/{entity_id}/retire",
)
def retire_entity(session: Session, ctx: RequestContext, cmd: RetireEntity) -> Identified:
    """Answer no more to an AE title; new associations to it are refused within seconds.

    Raises:
        UnknownEntity: There is none.
    """
    row = db.fetch_one(
        session,
        "update dicom_entity set is_active = false"
        " where tenant_id = %s and id = %s and is_active returning id",
        (ctx.tenant_id, cmd.entity_id),
    )
    if row is None:
        raise UnknownEntity("There is no such AE title of ours, or it was retired.")
    return Identified(id=cmd.entity_id)


@command("imaging.add_peer", permission="imaging.operate", rest="POST /imaging/peers")
def add_peer(session: Session, ctx: RequestContext, cmd: AddPeer) -> Identified:
    """Let a peer in: from its address, under its AE title, to every title of its branch.

    Raises:
        InvalidInput: The branch is not known.
        PeerTaken: The branch has an active peer of this title.

    Emits:
        imaging.device_registered.v1.
    """
    branch_id = cmd.branch_id or ctx.branch_id
    site = site_of(session, ctx, branch_id)
    device_id = new_id()
    code = f"ae-{device_id.hex}"
    db.execute(
        session,
        "insert into imaging_device (tenant_id, id, branch_id, kind, ae_title, site, code, name,"
        " modality, model, serial, is_active, credential_version, state, birth_seq, firmware, backlog)"
        " values (%s, %s, %s, 'dicom', %s, %s, %s, %s, %s, %s, %s, true, 1, 'unseen', -1, '', 0)",
        (
            *(ctx.tenant_id, device_id, branch_id, cmd.ae_title, site, code, cmd.name),
            *(cmd.modality, cmd.model, cmd.serial),
        ),
    )
    db.execute(
        session,
        "insert into dicom_peer (tenant_id, id, device_id, address, host, port, uses_tls, certificate, may_store,"
        " may_query, may_retrieve, may_worklist, echo_result, echo_ok) values (%(tenant)s, %(id)s,"
        " %(device)s, %(address)s, %(host)s, %(port)s, %(uses_tls)s, %(certificate)s, %(may_store)s, %(may_query)s,"
        " %(may_retrieve)s, %(may_worklist)s, '', false)",
        {"tenant": ctx.tenant_id, "id": new_id(), "device": device_id} | _terms(cmd),
    )
    emit(session, ctx, device_id, DeviceRegistered(device_id=device_id, site=site, code=code))
    return Identified(id=device_id)


@command(
    "imaging.change_peer", permission="imaging.operate", rest="POST /imaging/peers/{device_id}"
)
def change_peer(session: Session, ctx: RequestContext, cmd: ChangePeer) -> Identified:
    """Change what a peer may do and where it is; its AE title stays.

    Raises:
        UnknownDevice: There is no such peer, or it was retired.

    Emits:
        imaging.device_changed.v1.
    """
    row = db.fetch_one(
        session,
        "update imaging_device set name = %s, modality = %s, model = %s, serial = %s"
        " where tenant_id = %s and id = %s and kind = 'dicom' and is_active returning state",
        (cmd.name, cmd.modality, cmd.model, cmd.serial, ctx.tenant_id, cmd.device_id),
    )
    if row is None:
        raise unknown_device()
    db.execute(
        session,
        "update dicom_peer set address = %(address)s, host = %(host)s, port = %(port)s,"
        " uses_tls = %(uses_tls)s, certificate = %(certificate)s,"
        " may_store = %(may_store)s, may_query = %(may_query)s, may_retrieve = %(may_retrieve)s,"
        " may_worklist = %(may_worklist)s where tenant_id = %(tenant)s and device_id = %(device)s",
        {"tenant": ctx.tenant_id, "device": cmd.device_id} | _terms(cmd),
    )
    changed = DeviceChanged(device_id=cmd.device_id, state=row["state"], is_active=True)
    emit(session, ctx, cmd.device_id, changed)
    return Identified(id=cmd.device_id)


@command(
    "imaging.ask_echo", permission="imaging.operate", rest="POST /imaging/peers/{device_id}/echo"
)
def ask_echo(session: Session, ctx: RequestContext, cmd: AskEcho) -> Identified:
    """Have a peer called by C-ECHO in the background; what came of it is shown with the peer.

    Raises:
        UnknownDevice: There is no such peer, or it was retired.
        NoPlaceToCall: The peer has no host and port.

    Emits:
        imaging.echo_asked.v1.
    """
    row = db.fetch_one(
        session,
        "update dicom_peer peer set echo_asked_at = %s, echo_result = '' from imaging_device device"
        " where peer.tenant_id = %s and peer.device_id = %s and device.tenant_id = peer.tenant_id"
        " and device.id = peer.device_id and device.is_active returning peer.host",
        (ctx.now, ctx.tenant_id, cmd.device_id),
    )
    if row is None:
        raise unknown_device()
    if not row["host"]:
        message = "Give the peer a host and a port first; then it can be called."
        raise NoPlaceToCall(message, fields={"host": message})
    emit(session, ctx, cmd.device_id, EchoAsked(device_id=cmd.device_id))
    return Identified(id=cmd.device_id)


def note_echo(
    session: Session, ctx: RequestContext, device_id: UUID, result: str, *, is_ok: bool
) -> None:
    """Write down what a C-ECHO to a peer came to.

    Emits:
        imaging.device_changed.v1.
    """
    db.execute(
        session,
        "update dicom_peer set echo_at = %s, echo_result = %s, echo_ok = %s"
        " where tenant_id = %s and device_id = %s",
        (ctx.now, result[:300], is_ok, ctx.tenant_id, device_id),
    )
    state = "online" if is_ok else "offline"
    db.execute(
        session,
        "update imaging_device set state = %s, last_seen_at = case when %s then %s else last_seen_at"
        " end where tenant_id = %s and id = %s and is_active",
        (state, is_ok, ctx.now, ctx.tenant_id, device_id),
    )
    emit(session, ctx, device_id, DeviceChanged(device_id=device_id, state=state, is_active=True))


def _terms(cmd: PeerTerms) -> dict[str, Any]:
    return {
        "address": cmd.address,
        "host": cmd.host,
        "port": cmd.port,
        "uses_tls": cmd.uses_tls,
        "certificate": cmd.certificate,
        "may_store": cmd.may_store,
        "may_query": cmd.may_query,
        "may_retrieve": cmd.may_retrieve,
        "may_worklist": cmd.may_worklist,
    }
