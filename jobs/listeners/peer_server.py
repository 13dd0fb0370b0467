"""The server side of DICOM associations: who is let in, with what, and how much they may send."""

import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import structlog
from pynetdicom import AE, build_context, evt
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_GET, C_MOVE
from pynetdicom.presentation import PresentationContext
from pynetdicom.transport import (
    AddressInformation,
    AssociationSocket,
    RequestHandler,
    ThreadedAssociationServer,
)

from erp.adapters.dicom.calling import fingerprint_of
from erp.core.errors import DomainError
from jobs.listeners.peer_contexts import syntaxes_for
from jobs.listeners.peer_directory import (
    CONGESTED,
    LIMIT_EXCEEDED,
    Admission,
    PeerDirectory,
    Rejection,
)
from jobs.listeners.peer_receiving import PeerProvider, Store
from jobs.listeners.peer_room import Room, Strangers
from jobs.listeners.peer_waking import LOOK_SECONDS, Bell, let_wait

LARGEST_PDU_BYTES: Final = 1024 * 1024
LARGEST_COMMAND_BYTES: Final = 64 * 1024
"""A request's command set; a real one has a few hundred bytes."""
WAITING_REQUESTS: Final = 4
_log = structlog.get_logger()
Retriever = Callable[["PeerAssociation", Any, PresentationContext], None]


class PeerSocket(AssociationSocket):
    """A connection that reads no more than its peer may send.

    Attributes:
        largest_object: The most bytes of one message's data set.
        bell: Rings when there is something to send.
    """

    largest_object: int = 0
    bell: Bell

    @property
    def ready(self) -> bool:
        """Tell whether there is something to read, after a moment's wait unless something is due."""
        connection = self.socket
        if connection is None or not self._is_connected:
            return False
        if isinstance(connection, ssl.SSLSocket) and connection.pending():
            return True
        try:
            is_idle = self.event_queue.empty()
            return self.bell.wait_for(connection, LOOK_SECONDS if is_idle else 0)
        except (OSError, ValueError):
            self.event_queue.put("Evt17")  # the connection is closed
            return False

    def recv(self, nr_bytes: int) -> bytearray:
        """Read so many bytes.

        Raises:
            OSError: The peer sends more than we take, or nothing for too long.
        """
        if nr_bytes > LARGEST_PDU_BYTES:
            raise OSError("A peer announced a PDU larger than any real one.")
        provider = self.assoc.dimse
        message = provider.message
        self._make_room(nr_bytes)
        told = message.encoded_command_set if message is not None else None
        if told is not None and told.tell() > LARGEST_COMMAND_BYTES:
            raise OSError("A peer's request does not come to an end.")
        if provider.msg_queue.qsize() > WAITING_REQUESTS:
            raise OSError("A peer asks without waiting for answers.")
        return self._read(nr_bytes)

    def _make_room(self, count: int) -> None:
        """See that so many bytes more may come."""
        own: Any = self.assoc
        waiting = own.waiting_bytes
        if max(own.dul.arrived_bytes, waiting) + count > self.largest_object:
            _log.warning("object_too_large", peer=own.requestor.ae_title)
            raise OSError("A peer sends a larger object than is taken.")
        if own.hold(own.dul.held_bytes + waiting + count) or own.dul.let_go():
            return
        _log.warning("memory_full", peer=own.requestor.ae_title)
        raise OSError("A peer sends more at once than there is memory for.")

    def _read(self, count: int) -> bytearray:
        buffer = bytearray(count)
        view, got = memoryview(buffer), 0
        connection = self.socket
        patience = connection.gettimeout() if connection is not None else None
        until = time.monotonic() + (patience or 0.0)
        while got < count and connection is not None:
            if patience and time.monotonic() > until:
                raise OSError("A peer sends a unit a little at a time.")
            read = connection.recv_into(view[got:])
            if read == 0:
                break
            got += read
        view.release()
        del buffer[got:]
        return buffer


class PeerAssociation(Association):
    """An association with a peer.

    Attributes:
        admission: Who it is with; None until it was let in.
        retriever: Serves C-MOVE and C-GET.
        bell: Ends the wait for its socket.
    """

    admission: Admission | None = None
    retriever: Retriever | None = None

    def __init__(self, entity: AE, server: "PeerServer") -> None:
        super().__init__(entity, "acceptor")
        self._server: Any = server
        self._served_bytes = 0
        self.dul = PeerProvider(self, server.store)
        self.acse_timeout, self.network_timeout = entity.acse_timeout, entity.network_timeout
        self.bell = let_wait(self)

    def run_reactor(self) -> None:
        """Serve the peer until the association ends."""
        connection: Any = self.dul.socket
        taken = connection.socket
        try:
            super().run_reactor()
        finally:
            self._server.strangers.go(taken)
            self._server.room.leave(self)
            self.bell.close()

    @property
    def waiting_bytes(self) -> int:
        """How many bytes of messages that go pynetdicom's way are in memory."""
        message, messages = self.dimse.message, self.dimse.msg_queue
        coming = 0 if message is None or message.data_set is None else message.data_set.tell()
        waiting = sum(_size_of(waits[1]) for waits in list(messages.queue))
        return coming + waiting + self._served_bytes

    @property
    def silent_seconds(self) -> float:
        """How long nothing has come of the peer that nobody is serving."""
        provider: Any = self.dul
        return float(provider.silent_seconds)

    def is_wanted(self) -> bool:
        """Tell whether a peer waits for the place of this association."""
        return bool(self._server.room.is_wanted(self))

    def hold(self, count: int) -> bool:
        """Say how many bytes of the peer's are in memory; tell whether there is room for them."""
        return bool(self._server.room.hold(self, count))

    def _serve_request(self, msg: Any, context_id: int) -> None:  # noqa: ANN401  any DIMSE request
        """Serve a request, and let objects be taken again."""
        self._served_bytes = _size_of(msg)
        try:
            self._serve(msg, context_id)
        finally:
            self._served_bytes = 0
            provider: Any = self.dul
            provider.wait_anew()
            messages: Any = self.dimse.msg_queue
            if threading.current_thread() is self:
                messages.is_taken = False

    def _serve(self, msg: Any, context_id: int) -> None:  # noqa: ANN401  any DIMSE request
        """Serve C-MOVE and C-GET ourselves, so that objects leave with the bytes they came with."""
        context = self._accepted_cx.get(context_id)
        is_ours = isinstance(msg, C_MOVE | C_GET) and msg.is_valid_request
        if not is_ours or context is None or self.retriever is None:
            super()._serve_request(msg, context_id)
            return
        self.dimse.cancel_req = {}
        self._is_paused = True
        try:
            self.retriever(self, msg, context)
        except Exception:  # noqa: BLE001  the peer is told by an abort
            _log.exception("retrieval_failed", peer=self.requestor.ae_title)
            self.abort()
        finally:
            self._is_paused = False


def _size_of(message: Any) -> int:  # noqa: ANN401  any DIMSE message, or none
    """Return how many bytes of data a message brings."""
    data = getattr(message, "DataSet", None)
    return data.getbuffer().nbytes if isinstance(data, BytesIO) else 0


class PeerServer(ThreadedAssociationServer):
    """Takes associations from a listening socket that several processes share.

    Attributes:
        room: What associations may have together. `strangers`: who is not let in yet.
    """

    def __init__(  # noqa: PLR0913  each is a part of the server
        self,
        entity: AE,
        listening: socket.socket,
        directory: PeerDirectory,
        *,
        places: int,
        largest_object: int,
        retriever: Retriever,
        store: Store,
        handlers: list[Any],
        tls: Any = None,  # noqa: ANN401  ssl's context or nothing
    ) -> None:
        self._listening = listening
        self._directory = directory
        self.largest_object = largest_object
        self.room = Room(places, largest_object)
        self.strangers = Strangers(2 * places + 2)
        self.retriever = retriever
        self.store = store
        own = [(evt.EVT_REQUESTED, self._admit)]
        super().__init__(
            entity,
            listening.getsockname()[:2],
            entity.ae_title,
            [],
            ssl_context=tls,
            evt_handlers=[*own, *handlers],
            request_handler=_PeerHandler,
        )

    def server_bind(self) -> None:
        """Take the shared socket instead of one of our own."""
        if self.socket is not None:
            self.socket.close()
        self.socket = self._listening
        self.server_address = self._listening.getsockname()

    def server_activate(self) -> None:
        """Do nothing: the shared socket listens already."""

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection, unless another process was faster.

        TLS begins with the first bytes that are read, in the connection's own thread, so that
        nobody holds up the others by beginning it and falling silent.
        """
        connection, address = self._listening.accept()
        connection.settimeout(self.ae.acse_timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.ssl_context:
            connection = self.ssl_context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ANN401  socketserver's
        """Let a connection wait to be let in, instead of an older one if too many do."""
        is_from_peer = self._directory.is_known(client_address[0])
        if self.strangers.come(request, is_from_peer=is_from_peer):
            _log.warning("too_many_connections", address=client_address[0])
        return True

    def shutdown(self) -> None:
        """Take no more associations; those there are go on."""
        socketserver.BaseServer.shutdown(self)

    def _admit(self, event: Any) -> None:  # noqa: ANN401  pynetdicom's
        """Let a peer in with what it may do, or refuse it with the reason DICOM has for that."""
        association = event.assoc
        asked = association.requestor.primitive
        called, calling = asked.called_ae_title.strip(), asked.calling_ae_title.strip()
        address = association.requestor.address_info.address
        connection = association.dul.socket.socket
        self.strangers.ask(connection)
        try:
            found = self._directory.admit(called, calling, address, fingerprint_of(connection))
        except DomainError as error:
            found = Rejection(CONGESTED, error.code)
        if isinstance(found, Admission):
            self.strangers.go(connection)
            if not self.room.enter(association, found.peer.device_id):
                found = Rejection(LIMIT_EXCEEDED, "too many associations")
        if isinstance(found, Rejection):
            _log.warning(
                "peer_refused", calling=calling, called=called, address=address, why=found.reason
            )
            association.acse.send_reject(*found.code)
            association.kill()
            return
        if connection is not None:
            connection.settimeout(self.ae.network_timeout)
        association.admission = found
        association.acceptor.ae_title = called
        association.acceptor.supported_contexts = _contexts(found, asked)


def _contexts(admission: Admission, asked: Any) -> list[PresentationContext]:  # noqa: ANN401  pynetdicom's
    """Return what we support of what a peer proposes, its preferences first."""
    wanted: dict[str, list[str]] = {}
    for proposed in asked.presentation_context_definition_list:
        allowed = syntaxes_for(admission.peer, str(proposed.abstract_syntax))
        known = wanted.setdefault(str(proposed.abstract_syntax), [])
        known += [str(s) for s in proposed.transfer_syntax if s in allowed and s not in known]
    found = []
    for abstract, syntaxes in wanted.items():
        if syntaxes:
            context = build_context(abstract, syntaxes)
            if admission.peer.may_retrieve:
                context.scu_role = context.scp_role = True
            found.append(context)
    return found


class _PeerHandler(RequestHandler):
    """Makes the association of a connection."""

    server: PeerServer

    def _create_association(self) -> PeerAssociation:
        server = self.server
        association = PeerAssociation(self.ae, server)
        association.retriever = server.retriever
        association.name = f"AcceptorThread@{datetime.now():%Y%m%d%H%M%S}"  # noqa: DTZ005  a name
        connection = PeerSocket(association, client_socket=self.request)
        connection.largest_object = server.largest_object
        connection.bell = association.bell
        association.set_socket(connection)
        own = association.acceptor
        own.maximum_length = self.ae.maximum_pdu_size
        own.ae_title = server.ae_title
        own.address_info = self.local
        own.implementation_class_uid = self.ae.implementation_class_uid
        own.implementation_version_name = self.ae.implementation_version_name
        own.supported_contexts = []
        association.requestor.address_info = AddressInformation.from_tuple(self.client_address)
        _bind(association, server)
        return association


def _bind(association: PeerAssociation, server: PeerServer) -> None:
    for event in server.get_events():
        bound: Any = server.get_handlers(event)
        if isinstance(event, evt.NotificationEvent):
            for handler, arguments in bound:
                association.bind(event, handler, arguments)
        elif bound and bound[0] is not None:
            association.bind(event, *bound)
