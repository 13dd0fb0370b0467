"""Calling DICOM peers: associations that we open, and whether a peer answers at all."""

import socket
import ssl
from collections.abc import Sequence
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


def call_peer(  # noqa: PLR0913  each is a fact of the call
    ae_title: str,
    place: tuple[str, int],
    called: str,
    contexts: Sequence[PresentationContext],
    *,
    uses_tls: bool = False,
    roles: Sequence[Any] = (),
    answer_seconds: float = ANSWER_SECONDS,
) -> Association:
    """Open an association with a peer; the caller releases it.

    Args:
        ae_title: What we call ourselves. `called`: what the peer is called.
        place: Host and port.
        roles: Negotiation of roles, where we are not the user of a service.

    Raises:
        NoAnswer: Nobody answers there, or we are not let in.
    """
    host, port = place
    try:
        association = new_entity(ae_title, answer_seconds).associate(
            host,
            port,
            list(contexts),
            called,
            max_pdu=PDU_BYTES,
            ext_neg=list(roles),
            tls_args=(tls_to_peers(get_settings()), host) if uses_tls else None,
            evt_handlers=[(evt.EVT_CONN_OPEN, send_at_once)],
        )
    except OSError as error:
        raise NoAnswer(f"{host}:{port} is no address that can be reached.") from error
    if association.is_established:
        return association
    raise NoAnswer(_why_not(association, host, port, uses_tls=uses_tls))


def echo(ae_title: str, place: tuple[str, int], called: str, *, uses_tls: bool = False) -> str:
    """Return in words how a peer answered a C-ECHO.

    Raises:
        NoAnswer: It did not, with the reason.
    """
    association = call_peer(
        ae_title,
        place,
        called,
        [build_context(VERIFICATION)],
        uses_tls=uses_tls,
        answer_seconds=ECHO_SECONDS,
    )
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


def _why_not(association: Association, host: str, port: int, *, uses_tls: bool) -> str:
    if not association.is_rejected and uses_tls:
        return f"Nobody at {host}:{port} speaks TLS with a certificate that names {host}."
    if not association.is_rejected:
        return f"Nobody answers at {host}:{port}, or not as a DICOM peer does."
    answer = association.acceptor.primitive
    source = int(getattr(answer, "result_source", 0) or 0)
    diagnostic = int(getattr(answer, "diagnostic", 0) or 0)
    reason = REFUSALS.get((source, diagnostic), f"reason {source}/{diagnostic}")
    return f"It does not let us in: {reason}."
