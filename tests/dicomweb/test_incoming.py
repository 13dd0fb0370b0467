"""Bodies of several parts as they are read: what breaks off leaves nothing on the disk."""

import asyncio

import pytest
from starlette.requests import Request

from erp.api.dicomweb import incoming
from tests.dicomweb.bodies import BOUNDARY, body_of

KIND = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'


def read(body, end):
    """Read a body that ends by an error after these bytes."""
    pieces = iter([body])

    async def receive():
        piece = next(pieces, None)
        if piece is None:
            raise end
        return {"type": "http.request", "body": piece, "more_body": True}

    headers = [(b"content-type", KIND.encode())]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)

    async def take():
        return [part async for part in incoming.incoming_parts(request)]

    return asyncio.run(take())


@pytest.mark.parametrize("end", [OSError("No space left"), asyncio.CancelledError()])
def test_a_large_part_that_fails_leaves_no_file(tmp_path, monkeypatch, end):
    monkeypatch.setattr(incoming.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(incoming, "IN_MEMORY_BYTES", 1000)
    whole = body_of([bytes(100_000)])
    with pytest.raises(type(end)):
        read(whole[:50_000], end)
    assert list(tmp_path.iterdir()) == []
