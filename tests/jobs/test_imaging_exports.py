"""A copy of a study without identity: nothing of the person leaves, and the pictures do."""

import hashlib
import re
import subprocess
import zipfile
from collections import Counter
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.fileset import FileSet
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.services import imaging, platform
from erp.services.imaging.errors import BurnedInText, ExportRunning
from jobs import imaging_exports as jobs
from tests.dicom.objects import dataset, encode
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.line import intake, open_way_in
from tests.services.imaging.test_quarantine import delivery

SECRETS = (b"Rao", b"Asha", b"P-100", b"19800229", b"A-17", b"Dr^Ref", b"+91 98", b"INTERNAL")


def identified(number, **changes):
    """Return an object full of identity, in plain sight and nested."""
    inner = Dataset()
    inner.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    inner.ReferencedSOPInstanceUID = "1.2.826.5.1"
    inner.PatientName = "Rao^Asha"
    data = dataset(
        SOPInstanceUID=f"1.2.826.5.{number}",
        StudyInstanceUID="1.2.826.5.99",
        SeriesInstanceUID="1.2.826.5.98",
        InstanceNumber=number,
        AccessionNumber="A-17",
        ReferringPhysicianName="Dr^Ref",
        PatientTelephoneNumbers="+91 98",
        ReferencedImageSequence=Sequence([inner]),
        FrameOfReferenceUID="1.2.826.5.97",
    )
    data.add_new(0x60000010, "US", 16)
    data.add_new(0x60003000, "OW", b"INTERNAL" * 4)
    block = data.private_block(0x0009, "VENDOR", create=True)
    block.add_new(1, "LO", "INTERNAL Rao")
    for key, value in changes.items():
        setattr(data, key, value)
    return encode(data)


@pytest.fixture
def archive(redis, engine):
    """An archive of one study of two pictures and a report."""
    assert redis
    assert engine
    object_storage.cache_clear()
    object_storage().ensure_bucket()
    owner = open_clinic()
    way = open_way_in(owner)

    def put(*contents):
        for content in contents:
            taken = intake().deliver(imaging.delivery_context(owner), way, "upload", content)
            assert taken.status == "stored", taken
        return owner

    put(identified(1), identified(2))
    return put


def rows(owner, sql):
    with db.unit_of_work(owner) as session:
        return db.fetch_all(session, sql)


def asked_for(owner, **given):
    """Ask for a copy and make it."""
    [study] = rows(owner, "select id from dicom_study")
    asked = {"study_id": study["id"], "purpose": "research"} | given
    confirm = ("burned_in_text",) if given.pop("confirm", False) else ()
    asked.pop("confirm", None)
    made = platform.run("imaging.request_export", owner, asked, confirm=confirm).result
    job = replace(owner, permissions=frozenset({"imaging.keep"}), source="job")
    with db.unit_of_work(job) as session:
        jobs.make_export(session, job, delivery("asked", export_id=made.id))
    return made


def export(owner, **given):
    """Ask for a copy, make it, and return the row and what is in the file."""
    asked_for(owner, **given)
    [row] = rows(owner, "select * from imaging_export order by id desc limit 1")
    [kept] = rows(
        owner,
        "select storage_key from blob join stored_document document using (tenant_id, sha256)"
        " join imaging_export made on made.document_id = document.id order by made.id desc limit 1",
    )
    content = object_storage().read(kept["storage_key"])
    return row, zipfile.ZipFile(BytesIO(content))


def pictures(packed):
    names = [name for name in packed.namelist() if name not in {"README.TXT", "DICOMDIR"}]
    return [dcmread(BytesIO(packed.read(name))) for name in names]


def test_nothing_of_the_person_leaves_and_the_pictures_do(archive):
    owner = archive()
    row, packed = export(owner)
    assert (row["status"], row["objects"], row["left_out"]) == ("done", 2, 0)
    everything = b"".join(packed.read(name) for name in packed.namelist())
    assert [secret for secret in SECRETS if secret in everything] == []
    assert b"1.2.826.5." not in everything, "identifiers are others"
    for data in pictures(packed):
        assert data.PatientIdentityRemoved == "YES"
        assert data.LongitudinalTemporalInformationModified == "REMOVED"
        assert [code.CodeValue for code in data.DeidentificationMethodCodeSequence] == ["113100"]
        assert data.StudyDate == ""
        assert data.PatientName == data.PatientID
        assert str(data.PatientName).startswith("ANON-")
        assert not [one for one in data.iterall() if one.tag.is_private or one.tag.group == 0x6000]
        assert np.array_equal(np.frombuffer(data.PixelData, "<u2"), np.arange(256))


def test_references_still_lead_where_they_led(archive):
    _, packed = export(archive())
    first, second = sorted(pictures(packed), key=lambda data: data.InstanceNumber)
    assert second.ReferencedImageSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert first.StudyInstanceUID == second.StudyInstanceUID
    assert first.SOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert first.file_meta.MediaStorageSOPInstanceUID == first.SOPInstanceUID


def test_two_copies_cannot_be_joined(archive):
    owner = archive()
    _, one = export(owner)
    _, other = export(owner)
    uids = [{str(data.SOPInstanceUID) for data in pictures(packed)} for packed in (one, other)]
    assert not uids[0] & uids[1]


def test_the_directory_lists_every_picture_where_it_lies(archive, tmp_path):
    _, packed = export(archive())
    packed.extractall(tmp_path)
    listed = FileSet(tmp_path / "DICOMDIR")
    assert len(listed) == 2
    for one in listed:
        assert one.load().SOPInstanceUID == one.SOPInstanceUID
    listed._stage["t"].cleanup()


@pytest.mark.parametrize(
    ("dates", "state", "code"), [("keep", "UNMODIFIED", "113106"), ("shift", "MODIFIED", "113107")]
)
def test_dates_stay_or_move_together_where_that_is_asked(archive, dates, state, code):
    _, packed = export(archive(), dates=dates)
    found = pictures(packed)
    days = {data.StudyDate for data in found}
    assert len(days) == 1
    assert (days == {"20240131"}) is (dates == "keep")
    for data in found:
        assert data.LongitudinalTemporalInformationModified == state
        assert data.DeidentificationMethodCodeSequence[1].CodeValue == code
        assert not data.PatientBirthDate


@pytest.mark.parametrize(
    "changes",
    [
        {"BurnedInAnnotation": "YES"},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7", "SeriesInstanceUID": generate_uid()},
        {"Modality": "US", "SeriesInstanceUID": generate_uid()},
    ],
)
def test_text_in_pictures_has_to_be_looked_for_first(archive, changes):
    owner = archive(identified(3, **changes))
    with pytest.raises(BurnedInText) as refused:
        export(owner)
    assert "1 pictures" in refused.value.message
    row, _ = export(owner, confirm=True)
    assert (row["burned_in_confirmed"], row["objects"]) == (True, 3)


def test_reports_and_documents_are_left_out(archive):
    report = identified(
        4,
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11",
        SeriesInstanceUID=generate_uid(),
        Modality="SR",
    )
    data = dcmread(BytesIO(report))
    del data.PixelData
    row, packed = export(archive(encode(data)))
    assert (row["objects"], row["left_out"]) == (2, 1)
    assert b"Left out: 1" in packed.read("README.TXT")


def test_who_asked_and_what_for_stays_on_record_and_one_is_made_at_a_time(archive):
    owner = archive()
    [study] = rows(owner, "select id from dicom_study")
    given = {"study_id": study["id"], "purpose": "teaching"}
    platform.run("imaging.request_export", owner, given)
    with pytest.raises(ExportRunning):
        platform.run("imaging.request_export", owner, given)
    [row] = rows(owner, "select * from imaging_export")
    assert (row["requested_by"], row["purpose"], row["status"]) == (
        owner.user_id,
        "teaching",
        "queued",
    )


@pytest.fixture
def spoil():
    """Put other bytes where an object lies, or none; what was found of it is forgotten afterwards."""
    owners = []

    def put(owner, sop_uid, content):
        owners.append(owner)
        put_other_bytes(owner, sop_uid, content)

    yield put
    for owner in owners:
        with db.unit_of_work(owner) as session:
            db.execute(session, "update blob_state set fault = ''", ())


def test_damaged_and_lost_objects_are_said_and_never_silently_missing(archive, spoil):
    owner = archive(identified(3))
    spoil(owner, "1.2.826.5.1", b"rotten")
    spoil(owner, "1.2.826.5.2", None)
    row, packed = export(owner)
    assert (row["status"], row["objects"], row["left_out"]) == ("done", 1, 2)
    assert [data.InstanceNumber for data in pictures(packed)] == [3]
    note = packed.read("README.TXT").decode()
    for said in ("1 damaged in the archive", "1 gone from the archive"):
        assert said in note
        assert said in row["step"]
    faults = rows(owner, "select fault from blob_state where fault <> '' order by fault")
    assert [one["fault"] for one in faults] == ["damaged", "missing"]


def test_a_study_of_which_nothing_is_whole_gives_no_empty_copy(archive, spoil):
    owner = archive()
    for number in (1, 2):
        spoil(owner, f"1.2.826.5.{number}", b"rotten")
    made = asked_for(owner)
    [row] = rows(owner, "select * from imaging_export")
    assert (row["id"], row["status"], row["document_id"]) == (made.id, "failed", None)
    assert row["problem"] == "Nothing could be copied: 2 damaged in the archive."


def put_other_bytes(owner, sop_uid, content):
    kept = next(
        row
        for row in rows(
            owner,
            "select storage_key, sop_uid from blob join dicom_instance using (tenant_id, sha256)",
        )
        if row["sop_uid"] == sop_uid
    )
    store = object_storage()
    if content is None:
        store.remove(kept["storage_key"])
    else:
        digest = hashlib.sha256(content).hexdigest()
        store.put(kept["storage_key"], content, sha256=digest, media="application/dicom")


def dcmtk(name, *arguments):
    """Run one of dcmtk's tools, told by its full path; return what it said."""
    done = subprocess.run(
        [f"/usr/bin/{name}", *arguments],
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return (done.stdout + done.stderr).decode(errors="replace")


def directory_of(folder):
    """Return what dcmtk reads of a DICOMDIR: kinds of records, and files with their objects."""
    said = dcmtk("dcmdump", "+L", "+E", folder / "DICOMDIR")
    kinds = Counter(re.findall(r"\(0004,1430\) CS \[(\w+)", said))
    files = re.findall(r"\(0004,1500\) CS \[([^\]]+)\]", said)
    objects = re.findall(r"\(0004,1511\) UI \[([^\]]+)\]", said)
    return kinds, set(zip(files, objects, strict=True))


def test_dcmtk_reads_the_copy_and_finds_nobody_in_it(archive, tmp_path):
    """Another reader lists the same pictures, makes the same directory anew and decodes every value."""
    _, packed = export(archive())
    packed.extractall(tmp_path)
    kinds, listed = directory_of(tmp_path)
    assert kinds == {"PATIENT": 1, "STUDY": 1, "SERIES": 1, "IMAGE": 2}
    files = [name for name in packed.namelist() if name not in {"README.TXT", "DICOMDIR"}]
    assert {file.replace("\\", "/") for file, _ in listed} == set(files)
    for name in files:
        assert dcmtk("dcmftest", tmp_path / name).startswith("yes:")
    said = "".join(
        dcmtk(*tool, tmp_path / name)
        for tool in (("dcmdump", "+L", "+E"), ("dcm2json",))
        for name in ("DICOMDIR", *files)
    )
    assert said.count("PatientIdentityRemoved") >= len(files)
    assert [secret for secret in SECRETS if secret.decode() in said] == []
    (tmp_path / "DICOMDIR").unlink()
    dcmtk("dcmmkdir", "+I", "+D", tmp_path / "DICOMDIR", "+id", tmp_path, *files)
    assert directory_of(tmp_path) == (kinds, listed)
