"""Kill -9 of everything in turn while objects come in: nothing is lost, nothing is doubled.

`make crash` brings 2,000 and says what happens; `CRASH_SEED` repeats the kills of an earlier run.
"""

import hashlib
import logging
import os
import random
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import LiteralString

import pytest

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.embedded.process import Service
from erp.embedded.programs import Program, ProgramProcess
from erp.services.documents import blob_key
from tests.crash.places import eventually, own_servers
from tests.crash.ward import TITLE, Device, Modality, Sender, Ward
from tests.factories import broken_promises
from tests.fixtures.clinics import open_clinic
from tests.peers.conftest import dataset_of, free_port

_log = logging.getLogger(__name__)
OBJECTS = int(os.environ.get("CRASH_OBJECTS", "800"))
PATIENCE_SECONDS = 300 + OBJECTS * 3 // 4
"""Two minutes do for 800 on two free cores."""
DEVICES, MODALITIES = 4, 4
EACH = OBJECTS // (DEVICES + MODALITIES)
PROGRAMS = ("relay", "worker", "listener", "dicom")
TWICE = ("listener", "dicom", "worker", "postgres", "mqtt")
"""Killed once in each half: what takes objects, works on them and keeps them."""
LEFT: tuple[LiteralString, ...] = (
    "select 1 from event_queue limit 1",
    "select 1 from event_delivery where status <> 'done' limit 1",
    "select 1 from device_message where sent_at is null limit 1",
)
MODULES = {"listener": "jobs.listeners.mqtt", "dicom": "jobs.listeners.dicom"}


@dataclass
class Scene:
    """The ward, who sends to it, and everything that can be killed."""

    ward: Ward
    senders: list[Sender]
    mortals: dict[str, Service]

    @property
    def devices(self) -> list[Device]:
        return [sender for sender in self.senders if isinstance(sender, Device)]

    @property
    def modalities(self) -> list[Modality]:
        return [sender for sender in self.senders if isinstance(sender, Modality)]


@pytest.fixture
def scene(environment, tmp_path) -> Iterator[Scene]:
    port = free_port()
    with own_servers(environment, durable=True) as (stack, found):
        object_storage().ensure_bucket()
        ward = Ward(open_clinic("ward"))
        devices = [make_device(ward, stack, tmp_path, number) for number in range(DEVICES)]
        modalities = [make_modality(tmp_path, port, number) for number in range(MODALITIES)]
        ward.run("imaging.add_entity", ae_title=TITLE, name="Archive")
        ward.run("imaging.add_peer", ae_title="CT", name="CT", address="127.0.0.1", may_store=True)
        own = {"DICOM_HOST": "127.0.0.1", "DICOM_PORT": str(port), "DATA_DIR": str(stack.data_dir)}
        programs = [
            Program(name, ("-m", MODULES.get(name, f"jobs.{name}")), own) for name in PROGRAMS
        ]
        processes = [ProgramProcess(tmp_path, program, found) for program in programs]
        servers = (stack.postgres, stack.objects, stack.mqtt, stack.redis)
        try:
            for process in processes:
                process.start()
            yield Scene(
                ward,
                [*devices, *modalities],
                {service.name: service for service in (*servers, *processes)},
            )
        finally:
            for process in processes:
                process.stop()


def make_device(ward: Ward, stack, home: Path, number: int) -> Device:
    made = ward.run("imaging.register_device", code=f"CAM{number}", name="Camera")
    password = made.password.get_secret_value()
    stack.mqtt.set_password(made.user, password)
    site, _, code = made.user.partition("/")
    address = stack.mqtt.url().rpartition("@")[2]
    return Device(
        name=code,
        url=f"mqtt://{site}%2F{code}:{password}@{address}",
        spool=home / "spool",
        site=site,
        code=code,
        count=EACH,
    )


def make_modality(home: Path, port: int, number: int) -> Modality:
    made = Modality(name=f"CT-{number}", folder=home / f"study-{number}", port=port)
    made.fill(number, EACH)
    return made


@pytest.mark.timeout(PATIENCE_SECONDS)
def test_killing_anything_while_objects_come_in_loses_and_doubles_nothing(scene):
    seed = int(os.environ.get("CRASH_SEED") or secrets.randbelow(10**6))
    _log.warning(f"CRASH_SEED={seed}")
    began = time.monotonic()
    sending = [sender.start() for sender in scene.senders]
    kill_in_turn(scene, random.Random(seed))  # noqa: S311  a schedule, not a secret
    for thread in sending:
        thread.join(PATIENCE_SECONDS * 2 / 3)
        _log.warning(f"{thread.name} ended after {time.monotonic() - began:.0f} s")
    _log.warning(
        f"{OBJECTS} objects, {len(scene.mortals) + len(TWICE)} kills: {time.monotonic() - began:.0f} s"
    )
    assert [sender.failure for sender in scene.senders if sender.failure] == []
    assert sum(len(sender.ends) > 1 for sender in scene.senders), "nobody was interrupted"

    assert_all_is_there_once(scene)
    assert_bytes_are_those_sent(scene)
    assert_sessions_are_whole(scene)
    assert_nothing_is_left_over(scene.ward)
    assert broken_promises() == []


def kill_in_turn(scene: Scene, chance: random.Random) -> None:
    """Kill each server and program at any time while objects arrive, what matters most in each half.

    Mosquitto writes a tenth of a second after it acknowledged; what that loses is asked for, or said again, when a
    session ends.
    """
    halves = [list(TWICE), list(TWICE)]
    for name in sorted(scene.mortals.keys() - TWICE):
        chance.choice(halves).append(name)
    for half in halves:
        chance.shuffle(half)
    turns = [
        (start + (place + chance.uniform(0.1, 0.9)) / len(half)) * OBJECTS * 0.95 / 2
        for start, half in enumerate(halves)
        for place in range(len(half))
    ]
    for name, wanted in zip([*halves[0], *halves[1]], turns, strict=True):
        eventually(partial(scene.ward.has_stored, wanted), 120)
        time.sleep(chance.uniform(0, 0.2))
        _log.warning(f"{name} is killed at {scene.ward.stored()}")
        scene.mortals[name].kill()
        time.sleep(chance.uniform(0, 1.0))
        scene.mortals[name].start()


def assert_all_is_there_once(scene: Scene) -> None:
    ward = scene.ward
    told = [device.outcome.receipts for device in scene.devices if device.outcome]
    assert sum(sum(one.values()) for one in told) == DEVICES * EACH, told
    assert {status for one in told for status in one} <= {"stored", "duplicate"}
    assert ward.stored() == OBJECTS
    assert (
        ward.count("select count(*) as n from imaging_transfer where status = 'stored'") == OBJECTS
    )
    assert (
        ward.count("select count(*) as n from ingest_attempt where outcome = 'stored'") == OBJECTS
    )
    assert (
        ward.count("select count(*) as n from blob where media_type = 'application/dicom'")
        == OBJECTS
    )
    [told] = ward.rows(
        "select count(*) as events, count(distinct payload ->> 'instance_id') as objects"
        " from event where name = 'imaging.object_stored.v1'"
    )
    assert told == {"events": OBJECTS, "objects": OBJECTS}


def assert_bytes_are_those_sent(scene: Scene) -> None:
    kept = {
        row["sop_uid"]: row["sha256"]
        for row in scene.ward.rows("select sop_uid, sha256 from dicom_instance")
    }
    storage, tenant = object_storage(), scene.ward.ctx.tenant_id
    with ThreadPoolExecutor(4) as readers:
        found = dict(
            zip(
                kept,
                readers.map(lambda digest: storage.read(blob_key(tenant, digest)), kept.values()),
                strict=True,
            )
        )
    for device in scene.devices:
        for sop_uid, digest in device.digests().items():
            assert kept[sop_uid] == hashlib.sha256(found[sop_uid]).hexdigest() == digest
    for modality in scene.modalities:
        sent = modality.sent()
        assert len(sent) == EACH
        for sop_uid, content in sent.items():
            assert dataset_of(found[sop_uid]) == dataset_of(content)


def assert_sessions_are_whole(scene: Scene) -> None:
    ward = scene.ward
    for row in ward.rows("select id from imaging_session where study_uid like '1.2.3.%%'"):
        ward.run("imaging.complete_session", session_id=row["id"])
    found = ward.rows("select * from imaging_session")
    assert len(found) == DEVICES + MODALITIES
    for one in found:
        told = (one["state"], one["expected"], one["stored"], one["quarantined"])
        assert told == ("complete", EACH, EACH, 0), one
        assert one["settled_at"] is not None
        assert one["last_seq"] + 1 == one["events"]
    assert ward.count(
        "select count(*) as n from event where name = 'imaging.session_completed.v1'"
    ) == len(found)


def assert_nothing_is_left_over(ward: Ward) -> None:
    """No row stands for nothing, nothing is held, and what was due is done."""
    assert ward.count("select count(*) as n from quarantine") == 0
    assert (
        ward.count(
            "select count(*) as n from imaging_transfer where status in ('granted', 'rejected', 'conflict')"
        )
        == 0
    )
    assert ward.rows(
        "select (select count(*) from dicom_patient) as patients,"
        " (select count(*) from dicom_study) as studies, (select count(*) from dicom_series) as series"
    ) == [dict.fromkeys(("patients", "studies", "series"), DEVICES + MODALITIES)]
    for left in LEFT:
        eventually(partial(is_nothing, left))


def is_nothing(sql: LiteralString) -> bool:
    with db.ops_session() as session:
        return db.fetch_all(session, sql) == []
