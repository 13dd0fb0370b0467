"""An object goes out piece by piece, whatever its size."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from erp.adapters.object_storage import object_storage
from erp.api import imaging
from erp.api.dicomweb import retrieving
from tests.dicom.objects import STUDY, good
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.test_deliveries import WayIn


def test_an_object_alone_is_not_read_before_it_is_sent(monkeypatch):
    read = []

    def pieces(_found):
        for number in range(5):
            read.append(number)
            yield b"x"

    found = SimpleNamespace(size=5, sop_uid="1.2.3", transfer_syntax="1.2.840.10008.1.2")
    monkeypatch.setattr(retrieving, "found_objects", lambda *_: [found])
    for module in (imaging, retrieving):
        monkeypatch.setattr(module, "object_pieces", pieces)
    headers = [(b"accept", b"application/dicom"), (b"authorization", b"Bearer vt_x")]
    names = {"study_uid": "1.2", "series_uid": "1.3", "sop_uid": "1.2.3"}
    request = Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "scheme": "http",
            "server": ("testserver", 80),
            "client": None,
            "headers": headers,
            "path_params": names,
        }
    )
    answer = asyncio.run(retrieving.send_objects(request))
    assert answer.headers["content-length"] == "5"
    assert read == [0]


@pytest.mark.usefixtures("environment", "engine")
def test_the_metadata_of_a_study_is_read_as_it_is_sent(monkeypatch):
    object_storage.cache_clear()
    way = WayIn(open_clinic())
    uids = [f"1.2.3.{number}" for number in range(1, 6)]
    for number, uid in enumerate(uids):
        assert way.deliver(good(SOPInstanceUID=uid, InstanceNumber=number)).status == "stored"
    asked = []
    read = retrieving.imaging.attrs_of

    def counted(session, ctx, ids):
        asked.append(len(ids))
        return read(session, ctx, ids)

    monkeypatch.setattr(retrieving, "AT_ONCE", 2)
    monkeypatch.setattr(retrieving.imaging, "attrs_of", counted)
    pieces = retrieving._metadata(lambda: way.owner, (STUDY, "", ""), "http://here")
    first = next(pieces)
    assert asked == [2]
    whole = json.loads(first + b"".join(pieces))
    assert asked == [2, 2, 1]
    assert [one["00080018"]["Value"] for one in whole] == [[uid] for uid in uids]
