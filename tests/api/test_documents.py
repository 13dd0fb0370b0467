"""Stored documents over REST: to those who may read them, as downloads that run nothing."""

import pytest

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.ids import new_id
from erp.services import documents


@pytest.fixture
def keep(asha, s3):
    assert s3

    def one(content=b"%PDF-1.7 probe", name="Bill 7.pdf", media="application/pdf", origin="probe"):
        new = documents.NewDocument(origin, new_id(), "a4", name, media)
        with db.unit_of_work(asha.system) as session:
            storage = object_storage()
            return documents.store_bytes(session, asha.system, storage, new, content)

    return one


def test_the_bytes_come_back_as_a_download(rest, asha, keep):
    kept = keep(b"%PDF-" + b"x" * 3_000_000)
    answer = rest.get(f"/api/erp/documents/{kept.id}", headers=asha["owner"].headers)
    assert answer.status_code == 200
    assert len(answer.content) == 3_000_005
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith('attachment; filename="Bill 7.pdf"')
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("media", "place"),
    [("application/pdf", "inline"), ("text/html", "attachment"), ("image/svg+xml", "attachment")],
)
def test_only_harmless_kinds_are_shown_in_the_browser(rest, asha, keep, media, place):
    kept = keep(b"<script>alert(1)</script>", media=media)
    path = f"/api/erp/documents/{kept.id}?inline=true"
    answer = rest.get(path, headers=asha["owner"].headers)
    assert answer.headers["content-disposition"].startswith(place)
    if place == "attachment":
        assert "sandbox" in answer.headers["content-security-policy"]


def test_a_name_cannot_break_the_header(rest, asha, keep):
    kept = keep(name='a"; filename="evil.exe\r\nX: y ₹.pdf')
    answer = rest.get(f"/api/erp/documents/{kept.id}", headers=asha["owner"].headers)
    assert answer.status_code == 200
    assert "x" not in answer.headers
    assert answer.headers["content-disposition"].count('"') == 2


def test_foreign_forbidden_and_absent_look_the_same(rest, asha, bodhi, keep):
    kept = keep()
    answers = [
        rest.get(f"/api/erp/documents/{kept.id}", headers=bodhi["owner"].headers),
        rest.get(f"/api/erp/documents/{kept.id}", headers=asha["cashier"].headers),
        rest.get(f"/api/erp/documents/{new_id()}", headers=asha["owner"].headers),
        rest.get("/api/erp/documents/not-an-id", headers=asha["owner"].headers),
    ]
    bodies = [{k: v for k, v in a.json().items() if k != "request_id"} for a in answers]
    assert {a.status_code for a in answers} == {404}
    assert all(body == bodies[0] for body in bodies)


def test_storage_that_is_away_is_a_503_with_a_remedy(rest, asha, keep, monkeypatch):
    kept = keep()

    class Away:
        def stream(self, _key):
            raise documents.StorageUnavailable("The object store is away. Try again shortly.")

    monkeypatch.setattr("erp.api.documents.object_storage", Away)
    answer = rest.get(f"/api/erp/documents/{kept.id}", headers=asha["owner"].headers)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["code"] == "storage_unavailable"


def test_a_strangers_request_gets_nothing(rest, keep):
    assert rest.get(f"/api/erp/documents/{keep().id}").status_code == 401
