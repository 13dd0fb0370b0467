"""Real clients: dicomweb-client, and the calls that OHIF makes."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread, dcmwrite
from pydicom.data import get_testdata_file
from pydicom.uid import UID

from tests.dicom.objects import dataset, encode
from tests.dicomweb.bodies import parts_of, stow, study_of

OHIF_FRAMES = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


def bytes_of(data) -> bytes:
    out = BytesIO()
    dcmwrite(out, data)
    return out.getvalue()


@pytest.fixture
def study(hospital, client):
    """A study of three objects, stored by dicomweb-client."""
    uid, objects = study_of(3, StudyDescription="Macula", AccessionNumber="A-17")
    client(hospital["technician"]).store_instances([dcmread(BytesIO(one)) for one in objects])
    return uid, objects


def test_dicomweb_client_stores_and_finds_what_it_stored(hospital, client, study):
    uid, objects = study
    found = client(hospital["technician"]).search_for_studies(
        search_filters={"PatientID": "P-100"}, fields=["StudyDescription"]
    )
    assert [one["0020000D"]["Value"] for one in found] == [[uid]]
    assert found[0]["00201208"]["Value"] == [len(objects)]
    assert found[0]["00081030"]["Value"] == ["Macula"]
    [series] = client(hospital["technician"]).search_for_series(uid)
    assert series["00201209"]["Value"] == [3]
    instances = client(hospital["technician"]).search_for_instances(uid)
    assert [one["00200013"]["Value"] for one in instances] == [[1], [2], [3]]


def test_dicomweb_client_gets_every_object_back_byte_by_byte(hospital, client, web):
    uid, objects = study_of(3)
    assert stow(web, hospital["technician"], objects).status_code == 200
    came = client(hospital["auditor"]).retrieve_study(uid)
    assert sorted(bytes_of(one) for one in came) == sorted(
        bytes_of(dcmread(BytesIO(one))) for one in objects
    )
    answer = web.get(f"/studies/{uid}", headers=hospital["auditor"].headers)
    assert sorted(content for _, content in parts_of(answer)) == sorted(objects)


def test_dicomweb_client_reads_metadata_frames_and_pictures(hospital, client, study):
    uid, objects = study
    reader = client(hospital["technician"])
    first = dcmread(BytesIO(objects[0]))
    place = (uid, str(first.SeriesInstanceUID), str(first.SOPInstanceUID))
    metadata = reader.retrieve_instance_metadata(*place)
    assert metadata["00100010"]["Value"] == [{"Alphabetic": "Rao^Asha"}]
    assert len(reader.retrieve_study_metadata(uid)) == 3
    [frame] = reader.retrieve_instance_frames(*place, frame_numbers=[1])
    assert frame == first.PixelData
    shown = reader.retrieve_instance_rendered(*place, media_types=("image/png",))
    assert Image.open(BytesIO(shown)).size == (16, 16)


def test_the_calls_of_ohif_work_in_their_order(hospital, web, study):
    uid, _ = study
    headers = hospital["technician"].headers

    def ask(path: str, accept: str = "application/dicom+json"):
        answer = web.get(path, headers=headers | {"accept": accept})
        assert answer.status_code == 200, answer.text
        return answer

    listed = "limit=101&offset=0&fuzzymatching=false&includefield=00081030,00080060"
    assert len(ask(f"/studies?{listed}").json()) == 1
    [found] = ask(f"/studies?{listed}&StudyInstanceUID={uid}").json()
    assert ask(f"/studies?00100020={found['00100020']['Value'][0]}&limit=101").json() == list(
        ask("/studies").json()
    )
    [series] = ask(f"/studies/{uid}/series?includefield=00080021,00080031,0008103E,00200011").json()
    series_uid = series["0020000E"]["Value"][0]
    metadata = ask(f"/studies/{uid}/series/{series_uid}/metadata").json()
    assert len(metadata) == 3
    sop = metadata[0]["00080018"]["Value"][0]
    frame = ask(f"/studies/{uid}/series/{series_uid}/instances/{sop}/frames/1", OHIF_FRAMES)
    [(kind, content)] = parts_of(frame)
    assert kind == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
    assert np.array_equal(np.frombuffer(content, "<u2"), np.arange(256))
    assert "content-encoding" not in frame.headers


def test_a_compressed_frame_goes_as_it_is_or_as_plain_samples(hospital, web, compressed):
    name, uid, place, stored = compressed
    headers = hospital["technician"].headers
    address = f"/studies/{place[0]}/series/{place[1]}/instances/{place[2]}/frames/1"
    as_stored = web.get(address, headers=headers | {"accept": OHIF_FRAMES})
    [(kind, content)] = parts_of(as_stored)
    assert kind == f"application/octet-stream; transfer-syntax={uid}", name
    assert content in stored
    plain = web.get(
        address, headers=headers | {"accept": 'multipart/related; type="application/octet-stream"'}
    )
    [(kind, samples)] = parts_of(plain)
    assert kind == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
    data = dcmread(BytesIO(stored))
    assert len(samples) == data.Rows * data.Columns * data.SamplesPerPixel * data.BitsAllocated // 8


COMPRESSED = {
    "RLE": "MR_small_RLE.dcm",
    "JPEG baseline": "SC_rgb_jpeg_dcmtk.dcm",
    "JPEG lossless": "SC_rgb_jpeg_gdcm.dcm",
    "JPEG-LS": "MR_small_jpeg_ls_lossless.dcm",
    "JPEG 2000 lossless": "MR_small_jp2klossless.dcm",
    "JPEG 2000": "JPEG2000.dcm",
}


@pytest.fixture(params=COMPRESSED.items(), ids=COMPRESSED)
def compressed(request, hospital, web):
    """An object of pydicom's in one transfer syntax, stored."""
    name, file = request.param
    path = get_testdata_file(file, download=False)
    if path is None:
        pytest.fail(f"{file} is not among pydicom's")
    content = Path(path).read_bytes()
    answer = stow(web, hospital["technician"], [content])
    assert answer.status_code == 200, answer.text
    data = dcmread(BytesIO(content))
    place = (data.StudyInstanceUID, data.SeriesInstanceUID, data.SOPInstanceUID)
    return name, UID(data.file_meta.TransferSyntaxUID), place, content


def test_every_transfer_syntax_comes_back_as_it_was(hospital, web, compressed):
    name, uid, place, stored = compressed
    answer = web.get(
        f"/studies/{place[0]}",
        headers=hospital["technician"].headers
        | {"accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'},
    )
    [(kind, content)] = parts_of(answer)
    assert kind == f"application/dicom; transfer-syntax={uid}", name
    assert content == bytes(128) + stored[128:], "all but a preamble, which is blanked"
    refused = web.get(
        f"/studies/{place[0]}",
        headers=hospital["technician"].headers
        | {
            "accept": 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2'
        },
    )
    assert refused.status_code == 406


@pytest.mark.parametrize(
    "syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"]
)
def test_uncompressed_frames_are_plain_little_endian(hospital, web, syntax):
    data = dataset()
    if syntax == "1.2.840.10008.1.2.2":
        data.PixelData = np.arange(256, dtype=">u2").tobytes()
    content = encode(data, syntax)
    assert stow(web, hospital["technician"], [content]).status_code == 200
    place = f"/studies/{data.StudyInstanceUID}/series/{data.SeriesInstanceUID}/instances"
    answer = web.get(
        f"{place}/{data.SOPInstanceUID}/frames/1",
        headers=hospital["technician"].headers
        | {"accept": 'multipart/related; type="application/octet-stream"'},
    )
    [(_, samples)] = parts_of(answer)
    assert np.array_equal(np.frombuffer(samples, "<u2"), np.arange(256))
