"""DICOMweb: storing, searching, frames and pictures, next to Orthanc in the same run (W19)."""

import http.client
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from bench.loading import api_token, tenant
from bench.measuring import Figure
from erp.embedded.credentials import free_port

ORTHANC: Final = shutil.which("Orthanc") or ""
PLUGIN: Final = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
STUDIES: Final = 52
TOGETHER: Final = 10
TIMES: Final = 60
BOUNDARY: Final = "bench-boundary"
LOGIN: Final = "web@bench.example"
FRAME: Final = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


@dataclass(slots=True)
class Archive:
    """A DICOMweb service and one kept-alive connection to it."""

    address: str
    root: str
    headers: dict[str, str]
    label: str
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def get(self, path: str, accept: str = "application/dicom+json") -> bytes:
        """Return the answer of a GET, which must be 200."""
        return self._send("GET", path, None, {"Accept": accept})

    def store(self, objects: list[bytes]) -> None:
        """Hand objects in, all at once."""
        head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        body = b"".join(head + one + b"\r\n" for one in objects) + f"--{BOUNDARY}--\r\n".encode()
        kind = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
        said = {"Content-Type": kind, "Accept": "application/dicom+json"}
        self._send("POST", "/studies", body, said)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        plain = {"Accept-Encoding": "identity"}
        try:
            response, answer = self._asked(method, path, body, self.headers | plain | headers)
        except (ConnectionError, http.client.HTTPException):  # it was kept alive for too long
            self._connection.close()
            response, answer = self._asked(method, path, body, self.headers | plain | headers)
        if response.status != 200:  # noqa: PLR2004  OK
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:300]!r}")
        return answer

    def _asked(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method, self.root + path, body, headers)
        response = self._connection.getresponse()
        return response, response.read()


def dicomweb_figures(address: str, count_512: int, count_128: int) -> Iterator[Figure]:
    """Measure our archive and then Orthanc's, each holding the same objects."""
    ctx = tenant("dicomweb", "27ZZZFZ0003Z1ZT")
    token = {"Authorization": f"Bearer {api_token(ctx, LOGIN)}"}
    yield from _measured(Archive(address, "/api/dicom-web", token, "W19"), count_512, count_128)
    if ORTHANC and PLUGIN.exists():
        with _orthanc() as other:
            archive = Archive(other, "/dicom-web", {}, "W19 Orthanc")
            yield from _measured(archive, count_512, count_128)


def _measured(archive: Archive, count_512: int, count_128: int) -> Iterator[Figure]:
    archive.store(made_study(64, 4))
    large = made_study(512, count_512)
    yield _stored(archive, "STOW 512x512x16, 10 a request", large)
    yield _stored(archive, "STOW 128x128x16, 10 a request", made_study(128, count_128))
    for number in range(STUDIES - 3):
        archive.store(made_study(64, 2, f"P-{number:03}"))
    yield from _searched(archive)
    yield from _read(archive, large)


def _stored(archive: Archive, what: str, objects: list[bytes]) -> Figure:
    took = []
    for at in range(0, len(objects), TOGETHER):
        started = time.perf_counter()
        archive.store(objects[at : at + TOGETHER])
        took.append((time.perf_counter() - started) * 1000)
    seconds = sum(took) / 1000
    return _figure(
        f"{archive.label} {what}", took, len(objects) / seconds, sum(map(len, objects)) / seconds
    )


def _searched(archive: Archive) -> Iterator[Figure]:
    asked = {
        f"QIDO all {STUDIES} studies": "/studies?limit=101",
        "QIDO 20 studies": "/studies?limit=20",
        "QIDO by patient": "/studies?PatientID=P-017",
        "QIDO by name, 20": "/studies?PatientName=Bench*&limit=20",
    }
    for what, path in asked.items():
        found = json.loads(archive.get(path))
        assert found, what
        yield _asked(f"{archive.label} {what}", partial(archive.get, path))


def _read(archive: Archive, objects: list[bytes]) -> Iterator[Figure]:
    study, series, sops = _uids(objects)
    below = f"/studies/{study}/series/{series}"
    yield _asked(f"{archive.label} QIDO series", lambda: archive.get(f"/studies/{study}/series"))
    metadata = f"{archive.label} series metadata, {len(objects)} objects"
    yield _asked(metadata, lambda: archive.get(f"{below}/metadata"), 20)
    frames = iter([sop for sop in sops for _ in range(4)])
    yield _asked(
        f"{archive.label} frame 512x512x16",
        lambda: archive.get(f"{below}/instances/{next(frames)}/frames/1", FRAME),
        len(sops) * 4,
    )
    for kind in ("jpeg", "png"):
        once = iter([f"{below}/instances/{sop}/rendered" for sop in sops])
        yield _asked(
            f"{archive.label} rendered {kind}, first",
            partial(_get_next, archive, once, f"image/{kind}"),
            len(sops),
        )
        yield _asked(
            f"{archive.label} rendered {kind}, again",
            partial(archive.get, f"{below}/instances/{sops[-1]}/rendered", f"image/{kind}"),
        )


def _get_next(archive: Archive, paths: Iterator[str], accept: str) -> bytes:
    return archive.get(next(paths), accept)


def _asked(label: str, ask: Callable[[], Any], times: int = TIMES) -> Figure:
    took = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        took.append((time.perf_counter() - started) * 1000)
    return _figure(label, took, 1000 * len(took) / sum(took), 0.0)


def _figure(label: str, took: list[float], rate: float, bytes_a_second: float) -> Figure:
    """Return a figure; the last column is megabytes a second where bytes were sent."""
    p95 = sorted(took)[min(len(took) - 1, int(len(took) * 0.95))]
    return Figure(label, len(took), statistics.median(took), p95, rate, bytes_a_second / 1e6)


def made_study(side: int, count: int, patient: str = "P-X") -> list[bytes]:
    """Return a study of one series of CT-like objects."""
    noise = np.random.default_rng(7).integers(0, 4096, (side, side), dtype="<u2")
    study, series = generate_uid(), generate_uid()
    return [
        _object(study, series, patient, number, np.roll(noise, number, axis=1))
        for number in range(count)
    ]


def _object(study: str, series: str, patient: str, number: int, pixels: Any) -> bytes:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, generate_uid()
    made.file_meta.MediaStorageSOPClassUID = CTImageStorage
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.StudyInstanceUID, made.SeriesInstanceUID = study, series
    made.PatientID, made.PatientName, made.PatientSex = patient, "Bench^Patient", "O"
    made.StudyDate, made.StudyTime, made.Modality = "20260115", "101500", "CT"
    made.SeriesNumber, made.InstanceNumber, made.PixelSpacing = 1, number + 1, [0.7, 0.7]
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows = made.Columns = len(pixels)
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.WindowCenter, made.WindowWidth = 40, 400
    made.add_new("PixelData", "OW", pixels.tobytes())
    written = BytesIO()
    made.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _uids(objects: list[bytes]) -> tuple[str, str, list[str]]:
    heads = [dcmread(BytesIO(one), stop_before_pixels=True) for one in objects]
    return (
        str(heads[0].StudyInstanceUID),
        str(heads[0].SeriesInstanceUID),
        [str(head.SOPInstanceUID) for head in heads],
    )


@contextmanager
def _orthanc() -> Iterator[str]:
    """Run Orthanc as it is packaged, with its DICOMweb plugin, and yield its address."""
    web, dicom = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="orthanc-") as folder:
        settings = {
            "StorageDirectory": folder,
            "IndexDirectory": folder,
            "HttpPort": web,
            "DicomPort": dicom,
            "AuthenticationEnabled": False,
            "RemoteAccessAllowed": False,
            "Plugins": [str(PLUGIN)],
            "DicomWeb": {
                "Enable": True,
                "Root": "/dicom-web/",
                "StudiesMetadata": "MainDicomTags",
                "SeriesMetadata": "Full",
            },
        }
        path = Path(folder) / "orthanc.json"
        path.write_text(json.dumps(settings))
        process = subprocess.Popen(  # noqa: S603  Orthanc, as found
            (ORTHANC, str(path)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"TCP_NODELAY": "1"},
        )
        try:
            _wait_for(f"127.0.0.1:{web}")
            yield f"http://127.0.0.1:{web}"
        finally:
            process.terminate()
            process.wait()


def _wait_for(address: str) -> None:
    for _ in range(150):
        try:
            connection = http.client.HTTPConnection(address, timeout=2)
            connection.request("GET", "/system")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("Orthanc does not answer.")
