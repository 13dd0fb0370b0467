"""Orthanc as a peer: it sends to us, is sent to, asks us to vouch, and finds every byte as it was."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from tests.dicom.objects import SOP, STUDY, good
from tests.ingest.conftest import until
from tests.peers.conftest import connect, dataset_of, end, free_port, sender

MOVE = "1.2.840.10008.5.1.4.1.2.2.2"


@dataclass
class Orthanc:
    """A running Orthanc with one peer: us."""

    web: int
    port: int
    process: subprocess.Popen[bytes]

    def ask(self, path: str, body: Any = None, *, raw: bytes | None = None) -> Any:
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = Request(f"http://127.0.0.1:{self.web}{path}", data)
        with urlopen(request, timeout=30) as answer:  # noqa: S310  our own Orthanc
            content = answer.read()
        return content if path.endswith("/file") else json.loads(content)

    def forget(self, instance: str) -> None:
        """Delete an object."""
        address = f"http://127.0.0.1:{self.web}/instances/{instance}"
        urlopen(Request(address, method="DELETE"), timeout=30).close()


@pytest.fixture
def orthanc(scp, hospital, tmp_path):
    found = shutil.which("Orthanc")
    assert found, "Orthanc is needed: apt-get install orthanc"
    web, port = free_port(), free_port()
    place = tmp_path / "orthanc"
    place.mkdir()
    settings = {
        "StorageDirectory": str(place),
        "IndexDirectory": str(place),
        "HttpPort": web,
        "DicomPort": port,
        "DicomAet": "ORTHANC",
        "AuthenticationEnabled": False,
        "DicomModalities": {"us": [hospital.title, "127.0.0.1", scp.port]},
        "DicomCheckCalledAet": True,
        "DicomAlwaysAllowStore": True,
    }
    (place / "orthanc.json").write_text(json.dumps(settings))
    process = subprocess.Popen(
        [found, str(place / "orthanc.json")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    made = Orthanc(web, port, process)

    def answers() -> bool:
        try:
            return bool(made.ask("/system"))
        except OSError:
            return False

    until(answers, 30)
    yield made
    process.terminate()
    process.wait(20)


def test_orthanc_echoes_stores_and_is_vouched_to(orthanc, hospital):
    hospital.peer("ORTHANC", host="127.0.0.1", port=orthanc.port)
    assert orthanc.ask("/modalities/us/echo", {}) == {}
    stored = orthanc.ask("/instances", raw=good())
    orthanc.ask("/modalities/us/store", [stored["ID"]])
    asked = orthanc.ask(
        "/modalities/us/storage-commitment", {"DicomInstances": [_named(SOP)], "Timeout": 30}
    )
    until(lambda: orthanc.ask(f"/storage-commitment/{asked['ID']}")["Status"] == "Success")

    assert dataset_of(hospital.kept(SOP)) == dataset_of(good())
    session = hospital.one("select state, stored, settled_at from imaging_session")
    assert (session["state"], session["stored"]) == ("complete", 1)
    assert session["settled_at"]


def test_what_is_moved_to_orthanc_is_what_came(scp, orthanc, hospital):
    hospital.peer("ORTHANC", host="127.0.0.1", port=orthanc.port)
    stored = orthanc.ask("/instances", raw=good())
    orthanc.ask("/modalities/us/store", [stored["ID"]])
    orthanc.forget(stored["ID"])
    assert orthanc.ask("/instances") == []

    association = connect(sender(hospital.peer(), (MOVE, ExplicitVRLittleEndian)), scp, hospital)
    wanted = Dataset()
    wanted.QueryRetrieveLevel, wanted.StudyInstanceUID = "STUDY", STUDY
    *_, (status, _) = association.send_c_move(wanted, "ORTHANC", MOVE)
    end(association)

    assert status.Status == 0
    [back] = orthanc.ask("/instances")
    assert dataset_of(orthanc.ask(f"/instances/{back}/file")) == dataset_of(good())


def _named(sop_uid: str) -> dict[str, str]:
    return {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2", "SOPInstanceUID": sop_uid}
