"""An object goes out piece by piece, whatever its size."""

import asyncio
from types import SimpleNamespace

from starlette.requests import Request

from erp.api import imaging
from erp.api.dicomweb import retrieving


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
