"""What a device remembers on its own disk, so that a power cut loses nothing."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

RECEIPTS: Final = "receipts.jsonl"


@dataclass
class SpooledObject:
    """One object that is kept until its receipt arrives."""

    number: int
    transfer_id: str
    sop_uid: str
    series_uid: str
    sop_class: str
    transfer_syntax: str
    size: int
    sha256: str
    is_in_manifest: bool = True
    receipt: dict[str, Any] | None = None


@dataclass
class SpooledSession:
    """One session: who, what, how far.

    Attributes:
        seq: Number of the next event.
        unsent: Events that the broker has not acknowledged; sent again after a restart
            with the same number and identity.
        told: Every event, so that one that never arrived can be told again.
        done_steps: Announcements that were made, so that a restart does not repeat them.
    """

    session_id: str
    study_uid: str
    patient_id: str
    patient_name: str
    started: str
    seq: int = 0
    is_settled: bool = False
    objects: list[SpooledObject] = field(default_factory=list)
    unsent: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    done_steps: list[str] = field(default_factory=list)


class Spool:
    """A directory with the device's counters and its unfinished sessions.

    Every change is written to a new file that replaces the old one, so a kill leaves the
    state before or after it.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def next_birth(self) -> int:
        """Count one more start of the device and return its number."""
        path = self.directory / "device.json"
        births = json.loads(path.read_text())["births"] + 1 if path.exists() else 1
        _replace(path, json.dumps({"births": births}).encode())
        return int(births)

    def unfinished(self) -> Iterator[SpooledSession]:
        """Yield sessions that were not settled, oldest first."""
        for path in sorted(self.directory.glob("*/session.json")):
            session = self._read(path)
            if not session.is_settled:
                yield session

    def save(self, session: SpooledSession) -> None:
        """Write down how far a session has come."""
        path = self.directory / session.session_id / "session.json"
        path.parent.mkdir(exist_ok=True)
        objects = [vars(entry) for entry in session.objects]
        _replace(path, json.dumps(vars(session) | {"objects": objects}).encode())

    def note_receipt(self, session: SpooledSession, entry: SpooledObject) -> None:
        """Write down the receipt of an object, a line for each: a session may have thousands."""
        line = json.dumps({"transfer_id": entry.transfer_id, "receipt": entry.receipt})
        with (self.directory / session.session_id / RECEIPTS).open("a") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())

    def keep(self, session: SpooledSession, entry: SpooledObject, content: bytes) -> None:
        """Put an object's bytes on disk and its entry into the session."""
        path = self.path(session, entry)
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
        session.objects.append(entry)

    def path(self, session: SpooledSession, entry: SpooledObject) -> Path:
        """Return where an object's bytes are."""
        return self.directory / session.session_id / f"{entry.number:05d}.dcm"

    def forget(self, session: SpooledSession, entry: SpooledObject) -> None:
        """Delete an object's bytes; only after its receipt."""
        self.path(session, entry).unlink(missing_ok=True)

    def held(self, session: SpooledSession) -> list[SpooledObject]:
        """Return the objects of a session without a receipt."""
        return [entry for entry in session.objects if entry.receipt is None]

    def _read(self, path: Path) -> SpooledSession:
        data = json.loads(path.read_text())
        data["objects"] = [SpooledObject(**entry) for entry in data["objects"]]
        session = SpooledSession(**data)
        noted = _receipts(path.with_name(RECEIPTS))
        for entry in session.objects:
            entry.receipt = entry.receipt or noted.get(entry.transfer_id)
        return session


def _receipts(path: Path) -> dict[str, dict[str, Any]]:
    """Return the receipts that were noted, by transfer; a line that a kill cut short is none."""
    found = {}
    for line in path.read_text().split("\n")[:-1] if path.exists() else ():
        with suppress(ValueError):
            noted = json.loads(line)
            found[noted["transfer_id"]] = noted["receipt"]
    return found


def new_transfer_id() -> str:
    """Return an identifier for one transfer."""
    return uuid4().hex


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes in hex."""
    return hashlib.sha256(content).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(path.suffix + ".new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
