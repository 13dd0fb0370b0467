"""Objects, metadata, bulk, frames and pictures, and refusals of what there is none of."""

import hashlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

from erp.adapters.object_storage import object_storage
from erp.core import db
from tests.dicom.objects import dataset, encapsulated, encode
from tests.dicomweb.bodies import parts_of, stow

LUT = np.arange(4096, dtype="<u2").tobytes()


@pytest.fixture
def one(hospital, web):
    """Store one object; answers its address and a way to ask for what is below it."""

    def store(content: bytes | None = None, **changes: object):
        data = dataset(SOPInstanceUID=generate_uid(), **changes)
        content = content or encode(data)
        answer = stow(web, hospital["technician"], [content])
        assert answer.status_code == 200, answer.text
        place = answer.json()["00081199"]["Value"][0]["00081190"]["Value"][0]

        def ask(below: str = "", accept: str = "*/*", **params: str):
            headers = hospital["technician"].headers | {"accept": accept}
            return web.get(place + below, headers=headers, params=params)

        return ask

    return store


def test_an_object_goes_alone_where_it_is_asked_for_alone(one):
    ask = one()
    answer = ask(accept="application/dicom")
    assert answer.headers["content-type"] == "application/dicom"
    assert answer.content[128:132] == b"DICM"
    assert answer.headers["cache-control"] == "private, no-store"
    assert ask(accept="image/png").status_code == 406
    assert ask(accept="application/dicom; transfer-syntax=1.2.3").status_code == 406


def test_a_hostile_preamble_does_not_leave(one):
    ask = one(b"MZ<script>".ljust(128, b"\x90") + encode(dataset())[128:])
    assert ask(accept="application/dicom").content[:128] == bytes(128)


def test_metadata_names_where_bulk_is_and_bulk_is_there(one):
    ask = one(
        RedPaletteColorLookupTableDescriptor=[4096, 0, 16],
        RedPaletteColorLookupTableData=LUT,
    )
    [metadata] = ask("/metadata", "application/dicom+json").json()
    where = metadata["00281201"]["BulkDataURI"]
    tag = where.rpartition("/")[2]
    assert "Value" not in metadata["00281201"]
    assert "InlineBinary" not in metadata["00281201"]
    [(_, value)] = parts_of(ask(f"/bulkdata/{tag}"))
    assert value == LUT
    assert ask(f"/bulkdata/{tag}", "application/octet-stream").content == LUT
    assert ask("/bulkdata/00281203").status_code == 404
    assert ask("/bulkdata/nonsense").status_code == 404


def test_metadata_of_an_object_with_much_to_say_is_whole(one):
    words = [f"{n:04}" + "x" * 1000 for n in range(60)]
    data = dataset(SOPInstanceUID=generate_uid())
    items = []
    for text in words:
        item = Dataset()
        item.CodeMeaning = text[:60]
        item.LongCodeValue = text
        items.append(item)
    data.AcquisitionContextSequence = Sequence(items)
    ask = one(encode(data))
    [metadata] = ask("/metadata", "application/dicom+json").json()
    assert len(metadata["00400555"]["Value"]) == 60
    assert metadata["00400555"]["Value"][59]["00080119"]["Value"] == [words[59]]


def test_frames_are_read_by_range_in_the_order_asked_for(one):
    frames = np.arange(3 * 256, dtype="<u2").reshape(3, 16, 16)
    ask = one(NumberOfFrames=3, PixelData=frames.tobytes())
    accept = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
    parts = parts_of(ask("/frames/3,1", accept))
    assert [content for _, content in parts] == [frames[2].tobytes(), frames[0].tobytes()]
    alone = ask("/frames/2", "application/octet-stream")
    assert alone.content == frames[1].tobytes()
    for wrong in ("4", "0", "99999999"):
        assert ask(f"/frames/{wrong}", accept).status_code == 404
    for wrong in ("x", "1,", "-1", "1;2"):
        assert ask(f"/frames/{wrong}", accept).status_code == 422
    assert ask("/frames/1", "image/jp2").status_code == 406


def test_a_frame_that_cannot_be_decoded_is_still_sent_as_it_is_stored(one):
    ask = one(encapsulated([b"\x00" * 64], SOPInstanceUID=generate_uid()))
    accept = 'multipart/related; type="application/octet-stream"'
    [(_, content)] = parts_of(ask("/frames/1", f"{accept}; transfer-syntax=*"))
    assert content == b"\x00" * 64
    refused = ask("/frames/1", accept)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_renderable")


def test_pictures_follow_window_viewport_and_quality(one):
    ask = one()
    plain = Image.open(BytesIO(ask("/rendered", "image/png").content))
    assert plain.size == (16, 16)
    dark = Image.open(BytesIO(ask("/rendered", "image/png", window="4000,10,LINEAR").content))
    assert np.asarray(dark).max() == 0
    large = Image.open(BytesIO(ask("/rendered", "image/png", viewport="64,32").content))
    assert large.size == (32, 32)
    part = Image.open(BytesIO(ask("/rendered", "image/png", viewport="8,8,4,4,8,8").content))
    assert part.size == (8, 8)
    assert len(ask("/rendered", "image/jpeg", quality="10").content) < len(
        ask("/rendered", "image/jpeg", quality="95").content
    )
    assert ask("/frames/1/rendered", "image/jpeg").headers["content-type"] == "image/jpeg"
    assert ask("/thumbnail").headers["content-type"] == "image/jpeg"
    for wrong in (
        {"window": "1"},
        {"window": "1,0"},
        {"window": "nan,5"},
        {"window": "1,2,sigmoid"},
        {"quality": "0"},
        {"viewport": "10"},
        {"viewport": "0,5"},
        {"viewport": "9999999,5"},
        {"viewport": "8,8,99,99,2,2"},
    ):
        assert ask("/rendered", "image/png", **wrong).status_code == 422, wrong
    assert ask("/rendered", "image/gif").status_code == 406


def test_the_first_picture_of_a_look_is_kept(one):
    ask = one()
    assert ask("/rendered", "image/png").content == ask("/rendered", "image/png").content


@pytest.mark.parametrize(
    "path",
    [
        "/studies/1.2.3.4.5",
        "/studies/1.2.3.4.5/metadata",
        "/studies/1.2.3.4.5/series/1.2/instances/1.3/frames/1",
        "/studies/..%2F..",
        "/studies/abc/metadata",
        "/studies/1.2.3.4.5/thumbnail",
    ],
)
def test_what_there_is_none_of_is_not_found(hospital, web, path):
    assert web.get(path, headers=hospital["owner"].headers).status_code == 404


def damage_all(ctx):
    """Change the last byte of everything an organisation keeps, behind the product's back."""
    storage = object_storage()
    with db.unit_of_work(ctx) as session:
        keys = [row["storage_key"] for row in db.fetch_all(session, "select storage_key from blob")]
    for key in keys:
        whole = storage.read(key)
        other = whole[:-1] + bytes([whole[-1] ^ 1])
        storage.put(key, other, sha256=hashlib.sha256(other).hexdigest(), media="application/dicom")


def test_damaged_bytes_are_never_sent_as_the_object_or_its_frames(one, hospital):
    ask = one()
    damage_all(hospital["technician"].ctx)
    assert ask("/frames/1", "application/octet-stream").json()["code"] == "object_damaged"
    assert ask("/rendered").json()["code"] == "object_damaged"
    assert ask(accept="application/dicom").status_code == 404
