"""C-STORE from dcmtk's storescu, next to Orthanc from the same sender in the same run (W18)."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from bench.loading import tenant
from bench.measuring import Figure
from erp.core.settings import Settings
from erp.embedded.credentials import free_port
from erp.embedded.programs import Program, ProgramProcess
from erp.services import platform

SENDER: Final = "/usr/bin/storescu"
ORTHANC: Final = shutil.which("Orthanc") or ""
TITLE: Final = "VANTAGE"
ASSOCIATIONS: Final = (1, 4)
WARM_UP: Final = 24


def peer_figures(settings: Settings, count_512: int, count_128: int) -> Iterator[Figure]:
    """Send sets of 512 x 512 and 128 x 128 objects over one and four associations."""
    ctx = tenant("peers", "27ZZZFZ0002Z1ZU")
    platform.run("imaging.add_entity", ctx, {"ae_title": TITLE})
    modality = {"ae_title": "BENCH", "name": "Bench", "address": "127.0.0.1", "may_store": True}
    platform.run("imaging.add_peer", ctx, modality)
    sizes = ((512, count_512), (128, count_128))
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        home = Path(folder)
        with _product(settings) as port:
            _send_set(home, 64, WARM_UP, 2, port, TITLE)
            yield from _measured(home, sizes, port, TITLE, "W18 C-STORE")
        if ORTHANC:
            with _orthanc(home) as port:
                _send_set(home, 64, WARM_UP, 2, port, "ORTHANC")
                yield from _measured(home, sizes, port, "ORTHANC", "W18 C-STORE to Orthanc")


def _measured(
    home: Path, sizes: tuple[tuple[int, int], ...], port: int, title: str, label: str
) -> Iterator[Figure]:
    for side, count in sizes:
        for associations in ASSOCIATIONS:
            seconds, sent, bytes_sent = _send_set(home, side, count, associations, port, title)
            name = f"{label}, {side}x{side}x16, {associations} associations"
            each = seconds * 1000 * associations / sent
            yield Figure(name, sent, each, each, sent / seconds, bytes_sent / seconds / 1e6)


def _send_set(
    home: Path, side: int, count: int, associations: int, port: int, title: str
) -> tuple[float, int, int]:
    """Send a fresh set, a study per association; return seconds, objects and bytes.

    Raises:
        RuntimeError: An object was not acknowledged.
    """
    folders = [_make_study(home, side, count // associations) for _ in range(associations)]
    size = sum(path.stat().st_size for folder in folders for path in folder.iterdir())
    line = (SENDER, "-aet", "BENCH", "-aec", title, "-pdu", "131072", "+sd", "127.0.0.1")
    started = time.perf_counter()
    running = [
        subprocess.Popen(  # noqa: S603  dcmtk's own sender
            (*line, str(port), str(folder)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ | {"TCP_NODELAY": "1"},
        )
        for folder in folders
    ]
    failed = [sender.communicate()[1] for sender in running if sender.wait()]
    seconds = time.perf_counter() - started
    for folder in folders:
        shutil.rmtree(folder)
    if failed:
        raise RuntimeError(failed[0].decode(errors="replace")[:400])
    return seconds, count // associations * associations, size


def _make_study(home: Path, side: int, count: int) -> Path:
    """Write a study of one series of CT-like objects."""
    folder = Path(tempfile.mkdtemp(dir=home))
    noise = np.random.default_rng(7).integers(0, 4096, (side, side), dtype="<u2")
    study, series, patient = generate_uid(), generate_uid(), generate_uid()[-12:]
    for number in range(count):
        made = _object(study, series, patient, number, np.roll(noise, number, axis=1))
        written = BytesIO()
        made.save_as(written, enforce_file_format=True)
        (folder / f"{number:05d}.dcm").write_bytes(written.getvalue())
    return folder


def _object(study: str, series: str, patient: str, number: int, pixels: np.ndarray) -> Dataset:
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
    return made


@contextmanager
def _product(settings: Settings) -> Iterator[int]:
    """Run the DICOM listener and yield its port."""
    port = free_port()
    program = Program("dicom", ("-m", "jobs.listeners.dicom"), {"DICOM_PORT": str(port)})
    process = ProgramProcess(settings.data_dir, program)
    process.start()
    try:
        _wait_for_echo(port, TITLE)
        yield port
    finally:
        process.stop()


@contextmanager
def _orthanc(home: Path) -> Iterator[int]:
    """Run Orthanc as it is packaged, with TCP_NODELAY, and yield its DICOM port."""
    port, web = free_port(), free_port()
    place = home / "orthanc"
    place.mkdir()
    settings = {
        "StorageDirectory": str(place),
        "IndexDirectory": str(place),
        "HttpPort": web,
        "DicomPort": port,
        "DicomAet": "ORTHANC",
        "DicomAlwaysAllowStore": True,
        "AuthenticationEnabled": False,
    }
    (place / "orthanc.json").write_text(json.dumps(settings))
    process = subprocess.Popen(  # noqa: S603  Orthanc, as found
        (ORTHANC, str(place / "orthanc.json")),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TCP_NODELAY": "1"},
    )
    try:
        for _ in range(100):
            try:
                urlopen(f"http://127.0.0.1:{web}/system", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for_echo(port: int, title: str) -> None:
    line = ("/usr/bin/echoscu", "-aet", "BENCH", "-aec", title, "127.0.0.1", str(port))
    for _ in range(100):
        if subprocess.run(line, capture_output=True, check=False).returncode == 0:  # noqa: S603  as above
            return
        time.sleep(0.2)
    raise RuntimeError("The DICOM listener does not answer.")
