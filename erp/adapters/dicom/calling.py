"""Calling DICOM peers: associations that we open, and whether a peer answers at all."""

import hashlib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pynetdicom import AE, build_context, evt
from pynetdicom.association import Association
from pynetdicom.events import Event
from pynetdicom.presentation import PresentationContext

from erp.adapters.dicom.file_meta import IMPLEMENTATION_UID
from erp.core.settings import Settings, get_settings

CONNECT_SECONDS: Final = 10.0
VERIFICATION: Final = "1.2.840.10008.1.1"
ANSWER_SECONDS: Final = 60.0
ECHO_SECONDS: Final = 10.0
PDU_BYTES: Final = 128 * 1024
REFUSALS: Final = {
    (1, 3): "it does not know our AE title",
    (1, 7): "it is not called so",
    (3, 1): "it is busy",
    (3, 2): "it takes no more associations now",
}


class NoAnswer(Exception):
    """A peer could not be reached or did not let us in; the text says which."""


def new_entity(ae_title: str, answer_seconds: float = ANSWER_SECONDS) -> AE:
    """Return an application entity of ours with our limits."""
    entity = AE(ae_title=ae_title)
    entity.implementation_class_uid = IMPLEMENTATION_UID
    entity.implementation_version_name = "VANTAGE"
    entity.maximum_pdu_size = PDU_BYTES
    entity.connection_timeout = CONNECT_SECONDS
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = answer_seconds
    return entity


@dataclass(frozen=True, slots=True)
class Called:
    """A peer that we call.

    Attributes:
        certificate: SHA-256 of the one certificate it may show; empty where any will do that is
            signed by an authority we trust and names the host.
    """

    title: str
    host: str
    port: int
    uses_tls: bool = False
    certificate: str = ""


def call_peer(
    ae_title: str,
    peer: Called,
    contexts: Sequence[PresentationContext],
    *,
    roles: Sequence[Any] = (),
    answer_seconds: float = ANSWER_SECONDS,
) -> Association:
    """Open an association with a peer; the caller releases it.

    Nothing is said to a peer before it has shown what it must.

    Args:
        ae_title: What we call ourselves.
        roles: Negotiation of roles, where we are not the user of a service.

    Raises:
        NoAnswer: Nobody answers there, it is not the peer, or we are not let in.
    """
    if peer.certificate and not peer.uses_tls:
        raise NoAnswer("It is bound to a certificate, which it shows over TLS alone.")
    try:
        association = new_entity(ae_title, answer_seconds).associate(
            peer.host,
            peer.port,
            list(contexts),
            peer.title,
            max_pdu=PDU_BYTES,
            ext_neg=list(roles),
            tls_args=(_tls_to(peer), peer.host) if peer.uses_tls else None,
            evt_handlers=[(evt.EVT_CONN_OPEN, send_at_once)],
        )
    except OSError as error:
        raise NoAnswer(f"{peer.host}:{peer.port} is no address that can be reached.") from error
    if association.is_established:
        return association
    raise NoAnswer(_why_not(association, peer))


def echo(ae_title: str, peer: Called) -> str:
    """Return in words how a peer answered a C-ECHO.

    Raises:
        NoAnswer: It did not, with the reason.
    """
    verification = [build_context(VERIFICATION)]
    association = call_peer(ae_title, peer, verification, answer_seconds=ECHO_SECONDS)
    try:
        status = association.send_c_echo()
    except (RuntimeError, ValueError) as error:
        raise NoAnswer("It let us in, and offers no C-ECHO.") from error
    finally:
        association.release()
    if "Status" not in status:
        raise NoAnswer("It let us in, and did not answer the C-ECHO in time.")
    if status.Status:
        raise NoAnswer(f"It answered with status {status.Status:04X}.")
    return "It answered."


def send_at_once(event: Event) -> None:
    """Have a connection's small packets sent without waiting for more of them."""
    connection = event.assoc.dul.socket
    if connection is not None and connection.socket is not None:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def tls_to_peers(settings: Settings) -> ssl.SSLContext:
    """Return how we speak TLS to peers.

    Their certificates are checked against the authorities that are set, else against the
    machine's, and must name the host or address that is called: those who can show any other
    certificate of the same authority do not pass for the peer.
    """
    context = ssl.create_default_context(cafile=settings.dicom_tls_ca or None)
    if settings.dicom_tls_certificate:
        context.load_cert_chain(settings.dicom_tls_certificate, settings.dicom_tls_key or None)
    return context


def _tls_to(peer: Called) -> ssl.SSLContext:
    """Return how we speak TLS to one peer: a certificate other than its own ends the handshake."""
    context = tls_to_peers(get_settings())

    class Bound(ssl.SSLSocket):
        """A connection that goes on with the peer's own certificate only."""

        def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002  ssl's own
            super().do_handshake(block)
            if fingerprint_of(self) != peer.certificate:
                raise ssl.SSLCertVerificationError("This is not the peer's certificate.")

    if peer.certificate:
        context.sslsocket_class = Bound
    return context


def fingerprint_of(connection: object) -> str:
    """Return the SHA-256 of the certificate the other end showed; nothing where it showed none."""
    if not isinstance(connection, ssl.SSLSocket):
        return ""
    shown = connection.getpeercert(binary_form=True)
    return hashlib.sha256(shown).hexdigest() if shown else ""


def tls_of_ours(settings: Settings) -> ssl.SSLContext | None:
    """Return how peers speak TLS to us; nothing where no certificate is set."""
    if not settings.dicom_tls_certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.dicom_tls_certificate, settings.dicom_tls_key or None)
    if settings.dicom_tls_ca:
        context.load_verify_locations(settings.dicom_tls_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _why_not(association: Association, peer: Called) -> str:
    if not association.is_rejected and peer.uses_tls:
        bound = ", and is the one it is bound to" if peer.certificate else ""
        return (
            f"Nobody at {peer.host}:{peer.port} speaks TLS with a certificate that names"
            f" {peer.host}{bound}."
        )
    if not association.is_rejected:
        return f"Nobody answers at {peer.host}:{peer.port}, or not as a DICOM peer does."
    answer = association.acceptor.primitive
    source = int(getattr(answer, "result_source", 0) or 0)
    diagnostic = int(getattr(answer, "diagnostic", 0) or 0)
    reason = REFUSALS.get((source, diagnostic), f"reason {source}/{diagnostic}")
    return f"It does not let us in: {reason}."
