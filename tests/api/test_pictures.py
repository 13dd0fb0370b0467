"""Frames over REST: kept by the browser, and asked for each time with the right to see them."""

import json

import numpy as np
import pytest

from erp.adapters.object_storage import object_storage
from tests.dicom.objects import good
from tests.services.imaging.line import make_line


@pytest.fixture
def picture(asha):
    """The id of a delivered picture."""
    object_storage.cache_clear()
    line = make_line(asha.system)
    line.start()
    assert line.deliver(good())["status"] in {"stored", "duplicate"}
    return line.rows("select id from dicom_instance order by id desc limit 1")[0]["id"]


@pytest.mark.parametrize("what", ["frames/1", "rendered?frame=1", "rendered?frame=1&edge=16"])
def test_a_kept_picture_is_asked_for_again(rest, asha, bodhi, picture, what):
    address = f"/api/erp/imaging/instances/{picture}/{what}"
    owner = asha["owner"].headers
    first = rest.get(address, headers=owner)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"
    kept = {"if-none-match": first.headers["etag"]}
    again = rest.get(address, headers=owner | kept)
    assert (again.status_code, again.content) == (304, b"")
    assert rest.get(address, headers=asha["cashier"].headers | kept).status_code == 403
    assert rest.get(address, headers=bodhi["owner"].headers | kept).status_code == 404
    assert rest.get(address, headers=kept).status_code == 401
    other = rest.get(address.replace("frame=1", "frame=1&invert=true"), headers=owner)
    assert (other.headers["etag"] == first.headers["etag"]) == ("frame=1" not in what)


def test_a_frame_says_what_its_values_count(rest, asha, picture):
    address = f"/api/erp/imaging/instances/{picture}/frames/1"
    answer = rest.get(address, headers=asha["owner"].headers)
    said = json.loads(answer.headers["pixel-description"])
    assert (said["unit"], said["rescale"]) == ("HU", {"slope": 1, "intercept": -1024, "unit": ""})
    assert np.frombuffer(answer.content, "<u2").tolist() == list(range(256))
