"""Objects by C-STORE, read, kept and answered in the one thread that has the connection.

pynetdicom takes a message apart with pydicom, hands it to a second thread and has the answer
handed back: a third of what an object cost. What is not plainly an object of ours to take goes
pynetdicom's way, with everything else.

Source: PS3.7 9.3.1 and annex E for the commands, PS3.8 9.3.5 for the units they travel in.
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import structlog
from pynetdicom.dul import DULServiceProvider
from pynetdicom.pdu_primitives import P_DATA

from erp.adapters.dicom.file_meta import file_head
from jobs.listeners.peer_contexts import STORAGE

P_DATA_TF: Final = 4
KINDS: Final = range(1, 8)
COMMAND: Final = 1
LAST: Final = 2
C_STORE_RQ: Final = 0x0001
C_STORE_RSP: Final = 0x8001
NO_DATA_SET: Final = 0x0101
COMMAND_FIELD, MESSAGE_ID, DATA_SET_TYPE = 0x0100, 0x0110, 0x0800
ANSWERED_ID, STATUS, COMMENT = 0x0120, 0x0900, 0x0902
SOP_CLASS, SOP_UID = 0x0002, 0x1000
VALUE_HEAD_BYTES: Final = 6
_log = structlog.get_logger()
_PDU: Final = struct.Struct(">BBL")
_VALUE: Final = struct.Struct(">LBB")
_ELEMENT: Final = struct.Struct("<HHL")
_SHORT: Final = struct.Struct("<H")
_LONG: Final = struct.Struct("<L")
_UID: Final = re.compile(r"[0-9.]{1,64}", re.ASCII)


@dataclass(slots=True)
class Arriving:
    """An object on its way in.

    Attributes:
        content: The file it becomes: a header of ours, then the data set as far as it came.
            Nothing once there was no memory for it.
        size: How many bytes of it came.
    """

    context_id: int
    message_id: int
    sop_class: str
    sop_uid: str
    content: BytesIO | None
    size: int = 0

    def add(self, value: memoryview) -> None:
        """Take the next bytes."""
        self.size += len(value)
        if self.content is not None:
            self.content.write(value)


Store = Callable[[Any, Arriving], tuple[int, str]]
"""Keeps an object that came over an association; returns status and comment."""


class PeerProvider(DULServiceProvider):
    """The upper layer of an association, which takes the objects of a peer itself.

    Attributes:
        is_storing: An object is being kept; the peer waits for us and is not silent.
    """

    def __init__(self, association: Any, store: Store | None = None) -> None:  # noqa: ANN401  pynetdicom's
        super().__init__(association)
        self.store = store
        self.is_storing = False
        self._arriving: Arriving | None = None

    @property
    def arrived_bytes(self) -> int:
        """How many bytes came of the object that is on its way in."""
        return 0 if self._arriving is None else self._arriving.size

    @property
    def held_bytes(self) -> int:
        """How many of them are in memory."""
        is_kept = self._arriving is not None and self._arriving.content is not None
        return self.arrived_bytes if is_kept else 0

    def let_go(self) -> bool:
        """Give up an object for which there is no memory; tell whether there was one.

        The rest of it is read and thrown away, then the peer is told to send it again.
        """
        if self._arriving is None:
            return False
        self._arriving.content = None
        return True

    @property
    def silent_seconds(self) -> float:
        """How long a peer that is not waiting for us, nor within an object, has said nothing."""
        if self.is_storing or self._arriving is not None or self._is_busy():
            return 0.0
        timer = self._idle_timer
        return max(0.0, (timer.timeout or 0.0) - timer.remaining)

    def wait_anew(self) -> None:
        """Count the silence of the peer from now on: until now it waited for us."""
        self._idle_timer.restart()

    def idle_timer_expired(self) -> bool:
        """Tell whether a peer that is not waiting for us has been silent for too long.

        That is the case as soon as another peer waits for its place.
        """
        if self.is_storing:
            return False
        association: Any = self.assoc
        if association.is_wanted():
            _log.info("place_given_up", peer=association.requestor.ae_title)
            return True
        return super().idle_timer_expired()

    def kill_dul(self) -> None:
        """End, and let the association not wait for a request that will not come."""
        super().kill_dul()
        waited_for: Any = self.to_user_queue
        waited_for.put(None)

    def _read_pdu_data(self) -> None:
        """Read what a peer sent; of an object all that is left of it."""
        while self._read_one() and not self._kill_thread:
            self._idle_timer.restart()

    def _read_one(self) -> bool:
        """Read one PDU; tell whether an object goes on with the next."""
        connection: Any = self.socket
        try:
            head = connection.recv(_PDU.size)
            kind, _, length = _PDU.unpack(head)
            if kind not in KINDS:
                self.event_queue.put("Evt19")  # a PDU of no known kind
                return False
            body = connection.recv(length)
        except (OSError, struct.error):
            self.event_queue.put("Evt17")  # the connection is closed
            return False
        if len(body) < length:
            self.event_queue.put("Evt17")
            return False
        if kind == P_DATA_TF and self.state_machine.current_state == "Sta6":
            return self._take(memoryview(body))
        self._hand_over(head + body)
        return False

    def _hand_over(self, pdu: bytearray) -> None:
        """Give pynetdicom's state machine a PDU."""
        self._arriving = None
        try:
            read, event = self._decode_pdu(pdu)
        except Exception:  # noqa: BLE001  whatever a stranger sent
            self.event_queue.put("Evt19")
            return
        self.event_queue.put(event)
        self._recv_pdu.put(read)

    def _take(self, body: memoryview) -> bool:
        """Take the values of a P-DATA-TF; tell whether an object goes on with the next PDU."""
        for context_id, control, value in _values(body):
            if context_id < 0:
                self._arriving = None
                self.event_queue.put("Evt19")
                return False
            self._take_value(context_id, control, value)
        return self._arriving is not None

    def _take_value(self, context_id: int, control: int, value: memoryview) -> None:
        arriving = self._arriving
        if arriving is not None and not control & COMMAND:
            arriving.add(value)
            if control & LAST:
                self._arriving = None
                self._keep(arriving)
            return
        if arriving is None and control & (COMMAND | LAST) == COMMAND | LAST:
            self._arriving = self._announced(context_id, bytes(value))
        if arriving is not None or self._arriving is None:
            self._arriving = None
            part: Any = P_DATA()
            part.presentation_data_value_list = [[context_id, bytes([control]) + bytes(value)]]
            self.assoc.dimse.receive_primitive(part)

    def _announced(self, context_id: int, command: bytes) -> Arriving | None:
        """Return the object that a command announces, if it is one for us to take here and now."""
        context = self.assoc._accepted_cx.get(context_id)  # noqa: SLF001  it has no other name
        if self.store is None or context is None or self._is_busy():
            return None
        abstract, syntax = str(context.abstract_syntax), str(context.transfer_syntax[0])
        told = _elements(command)
        sop_class, sop_uid = _uid(told, SOP_CLASS), _uid(told, SOP_UID)
        message_id = _number(told, MESSAGE_ID)
        is_store = (
            _number(told, COMMAND_FIELD) == C_STORE_RQ
            and _number(told, DATA_SET_TYPE) not in {None, NO_DATA_SET}
            and sop_class == abstract
            and abstract in STORAGE
        )
        if not is_store or not sop_uid or message_id is None:
            return None
        head = file_head(sop_class, sop_uid, syntax)
        arriving = Arriving(context_id, message_id, sop_class, sop_uid, BytesIO())
        arriving.add(memoryview(head))
        return arriving

    def _is_busy(self) -> bool:
        """Tell whether another message is being received, waits or is being served."""
        messages: Any = self.assoc.dimse.msg_queue
        is_waiting = self.assoc.dimse.message is not None or not messages.empty()
        return is_waiting or messages.is_taken

    def _keep(self, arriving: Arriving) -> None:
        """Keep an object that came whole, and answer."""
        if self.store is None:
            return
        self.is_storing = True
        try:
            status, comment = self.store(self.assoc, arriving)
        finally:
            arriving.content = None
            association: Any = self.assoc
            association.hold(0)
            self._idle_timer.restart()
            self.is_storing = False
        if self.assoc.is_established:
            connection: Any = self.socket
            most = self.assoc.dimse.maximum_pdu_size
            connection.send(b"".join(answer_units(arriving, status, comment, most)))


def answer_units(arriving: Arriving, status: int, comment: str, most: int) -> Iterator[bytes]:
    """Yield the PDUs of an answer, none with more than `most` bytes of values; 0 is any number."""
    elements = [
        (SOP_CLASS, _padded(arriving.sop_class)),
        (COMMAND_FIELD, _SHORT.pack(C_STORE_RSP)),
        (ANSWERED_ID, _SHORT.pack(arriving.message_id)),
        (DATA_SET_TYPE, _SHORT.pack(NO_DATA_SET)),
        (STATUS, _SHORT.pack(status)),
        *([(COMMENT, _padded(comment, " "))] if comment else []),
        (SOP_UID, _padded(arriving.sop_uid)),
    ]
    body = b"".join(_ELEMENT.pack(0, tag, len(value)) + value for tag, value in elements)
    command = _ELEMENT.pack(0, 0, 4) + _LONG.pack(len(body)) + body
    step = max(1, most - VALUE_HEAD_BYTES) if most else len(command)
    for at in range(0, len(command), step):
        part = command[at : at + step]
        control = COMMAND | LAST if at + step >= len(command) else COMMAND
        value = _VALUE.pack(len(part) + 2, arriving.context_id, control) + part
        yield _PDU.pack(P_DATA_TF, 0, len(value)) + value


def _values(body: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Yield context, control byte and content of each value; a context of -1 where it is none."""
    at = 0
    while at < len(body):
        if len(body) - at < VALUE_HEAD_BYTES:
            yield -1, 0, body[:0]
            return
        length, context_id, control = _VALUE.unpack_from(body, at)
        end = at + 4 + length
        if length < 2 or end > len(body):  # noqa: PLR2004  context and control byte
            yield -1, 0, body[:0]
            return
        yield context_id, control, body[at + VALUE_HEAD_BYTES : end]
        at = end


def _elements(command: bytes) -> dict[int, bytes]:
    """Return the elements of a command; none where it is not what a command is."""
    found, at = {}, 0
    while at + _ELEMENT.size <= len(command):
        group, element, length = _ELEMENT.unpack_from(command, at)
        at += _ELEMENT.size
        if group or at + length > len(command):
            return {}
        found[element] = command[at : at + length]
        at += length
    return found if at == len(command) else {}


def _number(told: dict[int, bytes], element: int) -> int | None:
    value = told.get(element, b"")
    return int.from_bytes(value, "little") if len(value) == _SHORT.size else None


def _uid(told: dict[int, bytes], element: int) -> str:
    """Return an identifier; empty where it is none, which pynetdicom then says."""
    text = told.get(element, b"").rstrip(b"\0 ").decode("ascii", "replace")
    return text if _UID.fullmatch(text) else ""


def _padded(text: str, by: str = "\0") -> bytes:
    value = text.encode("ascii", "replace")
    return value + by.encode() * (len(value) % 2)
