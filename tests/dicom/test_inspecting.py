"""Every object a stranger can send is accepted with its facts or refused with a reason."""

import os
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import psutil
import pytest
from pydicom.data import get_charset_files, get_testdata_files

from erp.adapters.dicom.facts import Inspected, Quarantine, Reason
from erp.adapters.dicom.file_meta import zeroed_preamble
from erp.adapters.dicom.inspecting import DicomInspector
from erp.adapters.dicom.sandbox import Limits, Sandbox, SandboxUnavailable
from tests.dicom import objects

BUNDLED = sorted(
    path for path in {*get_testdata_files(), *get_charset_files()} if Path(path).is_file()
)


@pytest.mark.parametrize(("case", "make", "reason"), objects.REFUSED, ids=objects.case_id)
def test_bad_object_is_refused_for_its_reason(inspector, case, make, reason):
    finding = inspector.inspect(make())

    assert isinstance(finding, Quarantine), case
    assert finding.reason_code == reason
    assert finding.detail
    assert "Traceback" not in finding.detail
    assert finding.detail.isprintable()


@pytest.mark.parametrize(("case", "make", "facts"), objects.ACCEPTED, ids=objects.case_id)
def test_odd_object_is_kept_and_its_oddity_is_said(inspector, case, make, facts):
    finding = inspector.inspect(make())

    assert isinstance(finding, Inspected), (case, finding)
    for path, expected in facts.items():
        value = finding
        for name in path.split("."):
            value = getattr(value, name)
        assert value == expected, path
    assert (finding.not_renderable_because is None) == finding.is_renderable


def test_rejected_bytes_are_not_kept(inspector):
    for rejected in (b"", b' {"a": 1}', b"[1, 2]"):
        assert inspector.inspect(rejected).keep_bytes is False
    assert inspector.inspect(b"\x00" * 400).keep_bytes is True


def test_facts_are_read(inspector):
    finding = inspector.inspect(objects.good(IssuerOfPatientID="CLINIC"))

    assert finding.patient.model_dump(mode="json") == {
        "patient_id": "P-100",
        "issuer": "CLINIC",
        "name": "Rao^Asha",
        "birth_date": "1980-02-29",
        "sex": "F",
    }
    assert str(finding.study.started_at) == "2024-01-31 10:11:12.500000"
    assert finding.instance.spacing_mm == (0.5, 0.25)
    assert finding.instance.windows[0].model_dump() == {"center": 40, "width": 400, "label": ""}
    assert finding.pixels.frame_bytes == 512
    assert finding.attrs["00100020"] == {"vr": "LO", "Value": ["P-100"]}
    assert "7FE00010" not in finding.attrs


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("+0530", "2024-01-31 10:11:12.500000+05:30"),
        ("-0330", "2024-01-31 10:11:12.500000-03:30"),
        ("+0000", "2024-01-31 10:11:12.500000+00:00"),
        ("+1500", "2024-01-31 10:11:12.500000"),
        ("IST", "2024-01-31 10:11:12.500000"),
    ],
)
def test_a_clock_that_says_how_far_it_is_from_utc_is_believed(inspector, told, read):
    finding = inspector.inspect(objects.good(TimezoneOffsetFromUTC=told))
    assert str(finding.study.started_at) == read
    is_odd = "timezone_offset_from_utc_invalid" in finding.flags
    assert is_odd == (read[-6] not in "+-")


@pytest.mark.parametrize(
    ("changes", "spacing", "source"),
    [
        ({}, (0.5, 0.25), "pixel_spacing"),
        ({"PixelSpacing": None}, None, "none"),
        ({"PixelSpacing": None, "ImagerPixelSpacing": [1, 1]}, (1, 1), "imager_pixel_spacing"),
        ({"ImagerPixelSpacing": [0.5, 0.25]}, (0.5, 0.25), "imager_pixel_spacing"),
        (
            {"ImagerPixelSpacing": [1, 1], "PixelSpacingCalibrationType": "GEOMETRY"},
            (0.5, 0.25),
            "pixel_spacing_calibrated",
        ),
        ({"PixelSpacing": [-1, 1]}, None, "invalid"),
        (
            {"PixelSpacing": None, "NominalScannedPixelSpacing": [2, 2]},
            (2, 2),
            "nominal_scanned_pixel_spacing",
        ),
    ],
)
def test_a_millimetre_has_a_source(inspector, changes, spacing, source):
    instance = inspector.inspect(objects.good(**changes)).instance

    assert (instance.spacing_mm, instance.spacing_source) == (spacing, source)


def test_an_ultrasound_spacing_holds_in_its_region_only(inspector):
    [palette] = [path for path in BUNDLED if path.endswith("examples_palette.dcm")]

    instance = inspector.inspect(Path(palette)).instance

    assert instance.spacing_source == "ultrasound_region"
    assert instance.spacing_region == (120, 60, 800, 518)


@pytest.mark.parametrize("path", BUNDLED, ids=lambda p: Path(p).name)
def test_every_bundled_file_gets_an_answer(inspector, path):
    finding = inspector.inspect(Path(path))

    if isinstance(finding, Quarantine):
        assert finding.reason_code not in {Reason.UNREADABLE, Reason.RESOURCE_LIMIT}
    else:
        assert finding.size == os.path.getsize(path)  # noqa: PTH202


def test_most_bundled_files_are_accepted(inspector):
    kinds = [inspector.inspect(Path(path)).kind for path in BUNDLED]

    assert kinds.count("inspected") >= 0.8 * len(BUNDLED)


def test_memory_stays_bounded_over_the_bombs():
    inspector = DicomInspector(Sandbox("inspect", size=1))
    bombs = [make() for _, make, _ in objects.REFUSED]
    others = set(psutil.Process().children())
    inspector.inspect(objects.good())
    [child] = set(psutil.Process().children()) - others
    for bomb in bombs:
        inspector.inspect(bomb)

    assert child.is_running()
    assert child.memory_info().rss < 400 * 1024 * 1024
    inspector.close()


def test_a_large_object_is_streamed(inspector, tmp_path):
    """Two gigabytes of pixels behind a small head, as a sparse file."""
    small = objects.good(Rows=32768, Columns=32767, PixelData=b"\0\0", NumberOfFrames=1)
    head, size = small[:-6], 32768 * 32767 * 2
    path = tmp_path / "large.dcm"
    with path.open("wb") as file:
        file.write(head + size.to_bytes(4, "little"))
        file.truncate(len(head) + 4 + size)

    finding = inspector.inspect(path)

    assert isinstance(finding, Inspected), finding
    assert finding.size > 2**31 - 70_000
    assert finding.not_renderable_because == "One frame is larger than the renderer's memory."


def test_a_dead_child_loses_only_its_object():
    inspector = DicomInspector(Sandbox("inspect", size=1))
    before = set(psutil.Process().children())
    assert inspector.inspect(objects.good()).kind == "inspected"
    [child] = set(psutil.Process().children()) - before
    child.suspend()
    child.kill()

    lost = inspector.inspect(objects.good())
    following = inspector.inspect(objects.good())

    assert isinstance(lost, Quarantine)
    assert lost.reason_code == Reason.UNREADABLE
    assert following.kind == "inspected"
    inspector.close()


def test_too_slow_an_object_is_given_up():
    sandbox = Sandbox("inspect", size=1, limits=Limits(wall_seconds=0.2))
    before = set(psutil.Process().children())
    inspector = DicomInspector(sandbox)
    assert inspector.inspect(objects.good()).kind == "inspected"
    [child] = set(psutil.Process().children()) - before
    child.suspend()

    lost = inspector.inspect(objects.good())

    assert isinstance(lost, Quarantine)
    assert lost.reason_code == Reason.RESOURCE_LIMIT
    assert not child.is_running()
    inspector.close()


def test_a_child_that_cannot_start_is_not_the_objects_fault(monkeypatch):
    monkeypatch.setattr("erp.adapters.dicom.sandbox._BOOT", "raise SystemExit(1)")

    with pytest.raises(SandboxUnavailable):
        DicomInspector(Sandbox("inspect")).inspect(objects.good())


CONFINED = """
import socket, os, subprocess, sys
from erp.adapters.dicom.sandbox_child import _confine, _allow_cpu
_confine(64 << 20)
def refused(act):
    try:
        act()
    except (OSError, MemoryError, RuntimeError):
        return True
    return False
print(refused(lambda: socket.socket().connect(("127.0.0.1", int(sys.argv[1])))))
print(refused(lambda: bytearray(256 << 20)))
print(refused(lambda: subprocess.run(["/bin/true"])))
print(refused(lambda: os.write(os.open(sys.argv[2], os.O_WRONLY), b"x")))
print(os.geteuid() != 0)
sys.stdout.flush()
_allow_cpu(1)
while True:
    pass
"""


def test_the_reader_has_no_decoder_loaded(inspector):
    """What it does not need, a hostile file cannot reach."""
    assert isinstance(inspector.inspect(objects.good()), Inspected)
    child = inspector._sandbox._idle[0].process.pid
    loaded = Path(f"/proc/{child}/maps").read_text()
    assert "pydantic_core" in loaded
    for library in ("gdcm", "openjpeg", "PIL/", "numpy"):
        assert library not in loaded, library


def test_the_child_is_confined(tmp_path):
    """No network, no memory, no process, no file, no root, no endless loop."""
    import socket  # noqa: PLC0415  only here

    target = tmp_path / "target"
    target.write_bytes(b"")
    target.chmod(0o666)
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = subprocess.run(
            [sys.executable, "-c", CONFINED, str(server.getsockname()[1]), str(target)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert done.stdout.split() == ["True"] * 5, done.stderr
    assert done.returncode == -24  # SIGXCPU
    assert target.read_bytes() == b""


def test_the_child_inherits_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-leak")
    inspector = DicomInspector(Sandbox("inspect", size=1))
    before = set(psutil.Process().children())
    inspector.inspect(objects.good())
    [child] = set(psutil.Process().children()) - before

    assert "SECRET_KEY" not in child.environ()
    inspector.close()


def test_a_preamble_is_never_served_as_sent():
    hostile = b"MZ" + b"\x90" * 126 + objects.good()[128:]

    served = zeroed_preamble(hostile)

    assert served[:128] == bytes(128)
    assert served[128:] == hostile[128:]
    assert zeroed_preamble(b"MZ not dicom") == b"MZ not dicom"


GIANT = 2 * 1024**3
"""Bytes of pixels: 32,768 x 32,768 of 16 bit."""


def giant(folder, *, is_whole):
    """Return a file whose header promises two gigabytes of pixels; holes of the disk stand for them."""
    head = objects.encode(objects.dataset(Rows=32768, Columns=32768, PixelData=None))
    pixels = struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OW", 0, GIANT)
    path = folder / "giant.dcm"
    path.write_bytes(head + pixels)
    if is_whole:
        os.truncate(path, len(head) + len(pixels) + GIANT)
    return path


@pytest.mark.parametrize(("is_whole", "ending"), [(True, "inspected"), (False, "truncated")])
def test_two_gigabytes_are_read_with_flat_memory(tmp_path, is_whole, ending):
    sandbox = Sandbox("inspect", size=1, limits=Limits(memory_bytes=256 * 1024 * 1024))
    inspector = DicomInspector(sandbox)
    path = giant(tmp_path, is_whole=is_whole)
    tracemalloc.start()
    finding = inspector.inspect(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    [reader] = [
        child
        for child in psutil.Process().children()
        if "sandbox_child" in " ".join(child.cmdline())
    ][-1:]
    held = reader.memory_info().rss
    inspector.close()
    assert ending in (finding.kind, getattr(finding, "reason_code", ""))
    assert peak < 8 * 1024**2
    assert held < 128 * 1024**2
    assert path.stat().st_blocks * 512 < 1024**2, "nothing was written into the holes"


def test_a_reader_nobody_needs_gives_its_memory_back_and_starts_again():
    sandbox = Sandbox("inspect", size=1)
    sandbox.idle_seconds = 0.2
    inspector = DicomInspector(sandbox)
    before = set(psutil.Process().children())
    inspector.inspect(objects.good())
    [idle] = set(psutil.Process().children()) - before
    idle.wait(timeout=10)
    assert inspector.inspect(objects.good()).kind == "inspected"
    inspector.close()
