"""A small suite at the other end: it answers devices as the contract says, in memory."""

import hashlib
import json
import tempfile
import threading
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from struct import unpack
from uuid import UUID, uuid4

from erp.adapters.dicom.inspecting import DicomInspector
from erp.adapters.mqtt import Broker, connect, disconnect, new_client
from erp.adapters.object_storage import S3ObjectStorage
from erp.services.documents.ports import blob_key, staging_key
from erp.services.imaging.crc32c import crc32c
from erp.services.imaging.messages import (
    BadMessage,
    DeviceState,
    ObjectDone,
    ObjectOffer,
    ObjectReceipt,
    ReceiptStatus,
    SessionEvent,
    manifest_sha256,
    read_message,
)
from erp.services.imaging.topics import Channel, Topic, read_topic, topic_for

TENANT = UUID(int=7)


class Suite:
    """Grants, stores, inspects, receipts and settles; every message is read by the contract."""

    def __init__(self, url: str, storage: S3ObjectStorage, site: str) -> None:
        self.storage = storage
        self.site = site
        self.inspector = DicomInspector()
        self.events: list[SessionEvent] = []
        self.states: list[DeviceState] = []
        self.bad: list[BadMessage] = []
        self.offers: dict[str, ObjectOffer] = {}
        self.stored: dict[str, str] = {}
        self.quarantined: dict[str, str] = {}
        self.receipts: list[ObjectReceipt] = []
        self.chunks: dict[str, dict[int, bytes]] = defaultdict(dict)
        self.errors: list[Exception] = []
        self.uploads = 0
        self._lock = threading.Lock()
        self._broker = Broker.from_url(url)
        self._client = new_client(self._broker, f"suite-{uuid4().hex}", manual_ack=True)
        self._client.on_message = self._on_message
        self._client.on_connect = lambda client, *_: client.subscribe(f"vis/v1/{site}/+/#", 1)

    def __enter__(self):
        connect(self._client, self._broker)
        self.be_online(online=True)
        return self

    def __exit__(self, *_):
        self.be_online(online=False)
        disconnect(self._client)
        self.inspector.close()

    def be_online(self, *, online: bool) -> None:
        body = json.dumps({"online": online, "ts": datetime.now(UTC).isoformat()})
        topic = f"vis/v1/{self.site}/host/state"
        self._client.publish(topic, body, qos=1, retain=True).wait_for_publish(10)

    def _on_message(self, client, _data, message):
        try:
            with self._lock:
                self._take(message)
        except BadMessage as bad:
            self.bad.append(bad)
        except Exception as error:  # noqa: BLE001  shown by the test that waits
            self.errors.append(error)
        client.ack(message.mid, message.qos)

    def _take(self, message):
        if message.topic.endswith("/host/state"):
            return
        topic = read_topic(message.topic)
        if topic.channel is Channel.STATE:
            self.states.append(read_message(message.payload, DeviceState))
        elif topic.channel is Channel.EVENT:
            self._event(topic, read_message(message.payload, SessionEvent))
        elif topic.channel is Channel.OFFER:
            self._offer(topic, read_message(message.payload, ObjectOffer))
        elif topic.channel is Channel.CHUNK:
            body, trailer = message.payload[:-4], message.payload[-4:]
            assert unpack(">L", trailer)[0] == crc32c(body)
            self.chunks[topic.subject][topic.index or 0] = body
        elif topic.channel is Channel.DONE:
            self._done(topic, read_message(message.payload, ObjectDone))

    def _event(self, topic: Topic, event: SessionEvent):
        if any(known.event_id == event.event_id for known in self.events):
            return
        self.events.append(event)
        self._settle(topic)

    def _settle(self, topic: Topic):
        done = [event.complete for event in self.events if event.complete]
        if not done:
            return
        listed = [(entry.sop_uid, entry.sha256) for entry in done[-1].manifest]
        assert manifest_sha256(listed) == done[-1].manifest_sha256
        uids = {uid for uid, _ in listed}
        held = uids & {*self.stored, *self.quarantined}
        session = self.events[0].session_id
        settlement: dict[str, object] = {
            "expected": len(uids),
            "stored": len(uids & {*self.stored}),
            "missing": sorted(uids - held),
            "quarantined": sorted(uids & {*self.quarantined}),
        }
        self._answer(topic, Channel.SETTLE, session, settlement, retain=True)

    def _offer(self, topic: Topic, offer: ObjectOffer):
        self.offers[offer.transfer_id] = offer
        if self.stored.get(offer.sop_uid) == offer.sha256:
            self._answer(topic, Channel.GRANT, offer.transfer_id, {"have": True})
            self._receipt(topic, offer, ReceiptStatus.DUPLICATE)
        elif "put" in offer.modes:
            grant = self.storage.grant_upload(
                staging_key(TENANT, offer.transfer_id),
                size=offer.size,
                sha256=offer.sha256,
                media=offer.media,
                seconds=60,
            )
            body = {
                "put_url": grant.url,
                "headers": grant.headers,
                "expires_at": grant.expires_at.isoformat(),
            }
            self._answer(topic, Channel.GRANT, offer.transfer_id, body)
        else:
            self._answer(
                topic, Channel.GRANT, offer.transfer_id, {"mode": "chunk", "chunk_bytes": 65536}
            )

    def _done(self, topic: Topic, done: ObjectDone):
        offer = self.offers[topic.subject]
        if self.stored.get(offer.sop_uid) == offer.sha256:
            self._receipt(topic, offer, ReceiptStatus.DUPLICATE)
            return
        content = self._received(topic.subject)
        self.uploads += 1
        if hashlib.sha256(content).hexdigest() != offer.sha256 or done.sha256 != offer.sha256:
            self._receipt(topic, offer, ReceiptStatus.REJECTED, "digest_mismatch")
            return
        if offer.sop_uid in self.stored:
            self._receipt(topic, offer, ReceiptStatus.CONFLICT, "uid_conflict")
            return
        finding = self.inspector.inspect(content)
        if finding.kind == "quarantine":
            self.quarantined[offer.sop_uid] = finding.reason_code
            self._receipt(topic, offer, ReceiptStatus.QUARANTINED, finding.reason_code)
            return
        key = blob_key(TENANT, offer.sha256)
        self.storage.put(key, content, sha256=offer.sha256, media=offer.media)
        self.stored[offer.sop_uid] = offer.sha256
        self._receipt(topic, offer, ReceiptStatus.STORED)
        self._settle(topic)

    def _received(self, transfer_id: str) -> bytes:
        if transfer_id in self.chunks:
            pieces = self.chunks[transfer_id]
            return b"".join(pieces[index] for index in sorted(pieces))
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "object"
            self.storage.download(staging_key(TENANT, transfer_id), path)
            return path.read_bytes()

    def _receipt(self, topic: Topic, offer: ObjectOffer, status: ReceiptStatus, reason=None):
        receipt = ObjectReceipt(
            transfer_id=offer.transfer_id,
            sop_uid=offer.sop_uid,
            sha256=offer.sha256,
            status=status,
            at=datetime.now(UTC),
            reason=reason,
        )
        self.receipts.append(receipt)
        body = json.loads(receipt.model_dump_json())
        self._answer(topic, Channel.RECEIPT, offer.transfer_id, body)

    def _answer(self, topic: Topic, channel: Channel, subject: str, body, *, retain=False):
        address = topic_for(topic.site, topic.device, channel, subject)
        self._client.publish(address, json.dumps(body), qos=1, retain=retain)
