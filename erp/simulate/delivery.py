"""Delivering objects: offer, wait for the grant, upload, say done, wait for the receipt."""

import queue
import time
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from struct import pack
from typing import Any, Final

import httpx

from erp.services.imaging.crc32c import crc32c
from erp.simulate.faults import Fault
from erp.simulate.line import Heard, Line
from erp.simulate.spool import Spool, SpooledObject, SpooledSession, new_transfer_id

WINDOW: Final = 8
STEP_SECONDS: Final = 10.0
ATTEMPTS: Final = 12
UPLOADS_AT_ONCE: Final = 4


class GaveUp(Exception):
    """The suite did not answer; everything is still spooled and a later run resumes."""


@dataclass
class _Transfer:
    entry: SpooledObject
    deadline: float
    attempts: int = 1


class Delivery:
    """Delivers the objects of one session until each has its receipt.

    Args:
        line: Connection of the device.
        spool: Where the bytes are kept until the receipt.
        session: Whose objects.
        faults: What goes wrong on purpose.
        modes: Ways of sending that the device offers, the preferred one first.
        report: Receives a line of text per receipt.

    Attributes:
        step_seconds: How long it waits for an answer before it asks again.
    """

    def __init__(
        self,
        line: Line,
        spool: Spool,
        session: SpooledSession,
        *,
        faults: frozenset[Fault] = frozenset(),
        modes: tuple[str, ...] = ("put", "chunk"),
        report: Callable[[str], None] = print,
    ) -> None:
        self._line = line
        self._spool = spool
        self._session = session
        self._faults = faults
        self._modes = modes
        self._report = report
        self._active: dict[str, _Transfer] = {}
        self._waiting: deque[SpooledObject] = deque()
        self._dropped: set[str] = set()
        self._damaged: set[str] = set()
        self.settlement: dict[str, Any] | None = None
        self.step_seconds = STEP_SECONDS

    def run(self, stop_after: int | None = None) -> None:
        """Deliver every object that has no receipt; stop early after so many receipts.

        Raises:
            GaveUp: No answer after twelve attempts, or the suite is offline.
        """
        self._waiting.extend(self._spool.held(self._session))
        received = 0
        with (
            httpx.Client(timeout=30) as http,
            ThreadPoolExecutor(UPLOADS_AT_ONCE) as uploads,
        ):
            while self._waiting or self._active:
                self._offer_next()
                heard = self._hear()
                if heard is not None:
                    received += self._handle(heard, http, uploads)
                if stop_after is not None and received >= stop_after:
                    return
                self._repeat_late()

    def await_settlement(self, seconds: float) -> dict[str, Any] | None:
        """Return the settlement of this session, or None when it does not come in time."""
        deadline = time.monotonic() + seconds
        while self.settlement is None and time.monotonic() < deadline:
            heard = self._hear()
            if heard is not None and heard.channel in {"settle", "cmd"}:
                self._note(heard)
        return self.settlement

    def _offer_next(self) -> None:
        while self._waiting and len(self._active) < WINDOW and self._line.is_host_online:
            entry = self._waiting.popleft()
            self._active[entry.transfer_id] = _Transfer(entry, time.monotonic() + self.step_seconds)
            self._offer(entry)

    def _offer(self, entry: SpooledObject) -> None:
        offer = {
            "schema": "vis.object-offer.v1",
            "transfer_id": entry.transfer_id,
            "session_id": self._session.session_id,
            "sop_uid": entry.sop_uid,
            "series_uid": entry.series_uid,
            "study_uid": self._session.study_uid,
            "sop_class": entry.sop_class,
            "transfer_syntax": entry.transfer_syntax,
            "size": entry.size,
            "sha256": entry.sha256,
            "media": "application/dicom",
            "modes": list(self._modes),
        }
        for _ in range(2 if Fault.DUPLICATE in self._faults else 1):
            self._line.say(f"offer/{entry.transfer_id}", offer)

    def _hear(self) -> Heard | None:
        try:
            return self._line.heard.get(timeout=0.25)
        except queue.Empty:
            return None

    def _handle(self, heard: Heard, http: httpx.Client, uploads: ThreadPoolExecutor) -> int:
        """Act on one message; return 1 when it finished a transfer."""
        transfer = self._active.get(heard.subject)
        if heard.channel == "grant" and transfer is not None:
            transfer.deadline = time.monotonic() + self.step_seconds
            uploads.submit(self._send, transfer.entry, heard.body, http)
        elif heard.channel == "receipt" and transfer is not None:
            return self._receive(transfer, heard.body)
        else:
            self._note(heard)
        return 0

    def _note(self, heard: Heard) -> None:
        if heard.channel == "settle" and heard.subject == self._session.session_id:
            self.settlement = heard.body
        elif heard.channel == "cmd":
            self._report(f"command {heard.subject}: {heard.body}")
            if heard.body.get("command") == "send_events":
                self.tell_again(heard.body["seqs"])
            self._line.say(f"res/{heard.subject}", {"status": "received"})

    def tell_again(self, seqs: Collection[int]) -> None:
        """Publish events again by their numbers; the suite takes each once."""
        for event in self._session.told:
            if event["seq"] in seqs:
                self._line.say(f"event/{self._session.session_id}", event)

    def _send(self, entry: SpooledObject, grant: dict[str, Any], http: httpx.Client) -> None:
        """Send the bytes as granted; a failure is repeated by the deadline of its step."""
        if grant.get("have"):
            return
        content = self._on_the_wire(entry)
        if grant.get("mode") == "chunk":
            self._send_chunks(entry, content, int(grant["chunk_bytes"]))
        else:
            try:
                answer = http.put(grant["put_url"], content=content, headers=grant["headers"])
            except httpx.HTTPError as error:
                self._report(f"upload of object {entry.number} failed: {type(error).__name__}")
                return
            if answer.is_error:
                self._report(f"upload of object {entry.number}: HTTP {answer.status_code}")
                return
        done = {"sha256": entry.sha256, "size": entry.size}
        self._line.say(f"done/{entry.transfer_id}", done)

    def _send_chunks(self, entry: SpooledObject, content: bytes, size: int) -> None:
        for index, at in enumerate(range(0, len(content), size)):
            chunk = content[at : at + size]
            trailer = pack(">L", crc32c(chunk))
            self._line.publish(f"chunk/{entry.transfer_id}/{index}", chunk + trailer)

    def _on_the_wire(self, entry: SpooledObject) -> bytes:
        content = self._spool.path(self._session, entry).read_bytes()
        if Fault.CORRUPT in self._faults and not self._damaged:
            self._damaged.add(entry.transfer_id)
            return content[:-1] + bytes([content[-1] ^ 0xFF])
        return content

    def _receive(self, transfer: _Transfer, receipt: dict[str, Any]) -> int:
        entry = transfer.entry
        if receipt.get("sha256") != entry.sha256 or receipt.get("sop_uid") != entry.sop_uid:
            self._report(f"object {entry.number}: a receipt for something else is ignored")
            return 0
        if Fault.DROP_ACK in self._faults and entry.sop_uid not in self._dropped:
            self._dropped.add(entry.sop_uid)
            transfer.deadline = 0
            return 0
        del self._active[entry.transfer_id]
        self._report(f"object {entry.number}: {receipt['status']} {receipt.get('reason') or ''}")
        if receipt["status"] == "rejected" and entry.transfer_id in self._damaged:
            entry.transfer_id = new_transfer_id()
            self._waiting.append(entry)
            self._spool.save(self._session)
            return 0
        entry.receipt = receipt
        self._spool.note_receipt(self._session, entry)
        if receipt["status"] in {"stored", "duplicate"}:
            self._spool.forget(self._session, entry)
        return 1

    def _repeat_late(self) -> None:
        now = time.monotonic()
        for transfer in [t for t in self._active.values() if t.deadline < now]:
            transfer.attempts += 1
            if transfer.attempts > ATTEMPTS:
                raise GaveUp(f"No receipt for object {transfer.entry.number}; it is kept.")
            transfer.deadline = now + self.step_seconds
            if self._line.is_host_online:
                self._offer(transfer.entry)
