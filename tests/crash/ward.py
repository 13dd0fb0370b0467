"""Devices and modalities that send until everything is acknowledged, and what they send to."""

import json
import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from erp.adapters.mqtt import Broker
from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Busy, Unavailable
from erp.services import platform
from erp.simulate.delivery import GaveUp
from erp.simulate.device import DeviceOptions, Outcome, SimulatedDevice, open_spool
from tests.dicom.objects import good

STORESCU = "/usr/bin/storescu"
TITLE = "WARD"
EDGE = 16
BATCHES = 40
PATIENCE_SECONDS = 580.0


@dataclass
class Sender:
    """Sends one study until all of it was acknowledged; `ends` has the end of each attempt."""

    name: str
    ends: list[str] = field(default_factory=list)
    failure: BaseException | None = None
    pause_seconds: float = 0.3

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        try:
            while not self.send():
                assert time.monotonic() < until, f"{self.name} was not heard: {self.ends[-5:]}"
                time.sleep(self.pause_seconds)
        except BaseException as error:  # noqa: BLE001  the test asks for it
            self.failure = error

    def send(self) -> bool:
        """Send what is not acknowledged yet; tell whether that was everything."""
        raise NotImplementedError


@dataclass
class Modality(Sender):
    """dcmtk's storescu over a folder, some files at a time; it renames what was acknowledged.

    As slow as devices are, so that its objects arrive as long as theirs.
    """

    folder: Path = Path()
    port: int = 0
    count: int = 0
    pause_seconds: float = 1.0

    def fill(self, number: int, count: int) -> None:
        """Write a study of so many objects."""
        self.count = count
        self.folder.mkdir(parents=True)
        for place in range(count):
            content = good(
                SOPInstanceUID=f"1.2.3.{number}.{place}",
                StudyInstanceUID=f"1.2.3.{number}",
                SeriesInstanceUID=f"1.2.3.{number}.0",
                PatientID=f"P-{number}",
                InstanceNumber=place + 1,
            )
            (self.folder / f"{place:04d}.dcm").write_bytes(content)

    def send(self) -> bool:
        files = sorted(file.name for file in self.folder.glob("*.dcm"))
        left, now = len(files), files[: max(2, self.count // BATCHES)]
        options = ("+rn", "-to", "20", "-ta", "30", "-td", "30")
        done = subprocess.run(
            [STORESCU, "-aet", "CT", "-aec", TITLE, *options, "127.0.0.1", str(self.port), *now],
            cwd=self.folder,
            env=os.environ | {"TCP_NODELAY": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or left == len(now):
            self.ends.append((done.stderr.splitlines() or [str(done.returncode)])[-1])
        for refused in self.folder.glob("*.bad"):
            refused.rename(refused.with_suffix(""))
        return not any(self.folder.glob("*.dcm"))

    def sent(self) -> dict[str, bytes]:
        """Return what was acknowledged, by identity."""
        study = self.folder.name.rpartition("-")[2]
        files = self.folder.glob("*.dcm.done")
        return {f"1.2.3.{study}.{int(file.name[:4])}": file.read_bytes() for file in files}


@dataclass
class Device(Sender):
    """A simulated device of the broker, started again with its disk whenever it gave up."""

    url: str = ""
    spool: Path = Path()
    site: str = ""
    code: str = ""
    count: int = 0
    outcome: Outcome | None = None

    def send(self) -> bool:
        options = DeviceOptions(
            site=self.site,
            device=self.code,
            patient_id=f"D-{self.code}",
            count=self.count,
            edge=EDGE,
            settle_seconds=15,
            step_seconds=4,
        )
        disk = open_spool(self.spool, self.site, self.code)
        try:
            device = SimulatedDevice(Broker.from_url(self.url), disk, options, lambda _: None)
            self.outcome = device.run()
        except (GaveUp, OSError) as error:
            self.ends.append(f"{type(error).__name__}: {error}")
            return False
        self.ends.append("settled" if self.outcome.is_settled else "not settled")
        return self.outcome.is_settled

    def digests(self) -> dict[str, str]:
        """Return the digest of what it made, by identity."""
        [path] = (self.spool / self.site / self.code).glob("*/session.json")
        kept = json.loads(path.read_text())["objects"]
        return {entry["sop_uid"]: entry["sha256"] for entry in kept}


@dataclass
class Ward:
    """A tenant that objects are sent to."""

    ctx: RequestContext

    def run(self, action: str, /, **given: Any) -> Any:
        return platform.run(action, self.ctx, given).result

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        with db.unit_of_work(self.ctx) as session:
            return db.fetch_all(session, sql, params)

    def count(self, sql: str) -> int:
        """Return the one number that a statement selects as `n`."""
        [row] = self.rows(sql)
        return int(row["n"])

    def stored(self) -> int:
        """Return how many objects are in the archive; fewer than any while nobody can say."""
        try:
            return self.count("select count(*) as n from dicom_instance")
        except (Busy, Unavailable):
            return -1

    def has_stored(self, count: float) -> bool:
        """Tell whether so many objects are in the archive."""
        return self.stored() >= count
