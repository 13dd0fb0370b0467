"""The object storage port over servers that fail."""

import socket
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import pytest

from erp.adapters.object_storage import s3 as adapter
from erp.services.documents.ports import StorageUnavailable
from erp.simulate import background
from tests.adapters.test_object_storage import BODY, MEDIA, SHA256, connect


@pytest.fixture
def key():
    return f"test/{uuid4()}"


def test_a_store_that_is_away_is_one_error(key, monkeypatch):
    monkeypatch.setattr(adapter, "ATTEMPTS", 1)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    storage = connect(f"http://127.0.0.1:{port}")

    for act in (
        lambda: storage.put(key, BODY, sha256=SHA256, media=MEDIA),
        lambda: storage.read(key),
        lambda: storage.find(key),
        lambda: list(storage.list_older("a", datetime.now(UTC))),
        lambda: storage.remove(key),
    ):
        with pytest.raises(StorageUnavailable) as caught:
            act()
        assert caught.value.code == "storage_unavailable"


class Broken(BaseHTTPRequestHandler):
    """Answers everything as a store in trouble does."""

    status = 503

    def answer(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("status", [403, 500, 503, 507])
def test_a_store_in_trouble_is_one_error(status, key, monkeypatch):
    monkeypatch.setattr(adapter, "ATTEMPTS", 1)
    answers = dict.fromkeys(("do_GET", "do_HEAD", "do_PUT"), Broken.answer)
    handler = type("Handler", (Broken,), {"status": status, **answers})
    server = HTTPServer(("127.0.0.1", 0), handler)
    background.begin(server)
    storage = connect(f"http://127.0.0.1:{server.server_port}")
    try:
        with pytest.raises(StorageUnavailable):
            storage.put(key, BODY, sha256=SHA256, media=MEDIA)
        with pytest.raises(StorageUnavailable):
            storage.find(key)
    finally:
        background.end(server)
