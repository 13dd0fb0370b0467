"""Pictures of products: opened by content, drawn anew, kept apart by organisation, cached by version."""

import io

import pytest
from PIL import Image

from erp.adapters.pictures import BadPicture, draw_pictures
from tests.api.conftest import RestClient

FILE = {"content-type": "application/octet-stream"}


def picture(kind="PNG", size=(900, 600), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def place():
    exif = Image.Exif()
    exif[0x010F] = "A camera that tells"
    exif[0x0112] = 6
    return exif


def test_a_picture_is_drawn_anew_in_two_sizes_without_what_the_camera_wrote():
    drawn = draw_pictures(picture("JPEG", (3000, 2000), exif=place()))

    sizes = [Image.open(io.BytesIO(one)).size for one in (drawn.large, drawn.small)]
    assert sizes == [(800, 1200), (107, 160)]
    assert b"camera" not in drawn.large + drawn.small


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\x89PNG\r\n\x1a\n broken",
        picture("GIF", (9, 9)),
        picture("PNG", (7000, 6000)),
    ],
    ids=["nothing", "svg", "broken", "gif", "too many pixels"],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(BadPicture):
        draw_pictures(content)


@pytest.fixture
def product(rest: RestClient, asha, s3):
    assert s3
    key = {"idempotency-key": "picture-product"}
    tax = {
        "code": "PIC5",
        "name": "Five",
        "treatment": "taxable",
        "rates": [{"valid_from": "2020-01-01", "rate": "5"}],
    }
    headers = asha["owner"].headers
    rest.post(
        "/api/erp/tax-classes", headers=headers | {"idempotency-key": "picture-tax"}, json=tax
    )
    given = {
        "name": "Pictured",
        "form": "drops",
        "brand": "Own",
        "hsn": "30049014",
        "tax_class": "PIC5",
    }
    return rest.post("/api/erp/products", headers=headers | key, json=given).json()["id"]


def shown(rest, who, product):
    return rest.get(f"/api/erp/products/{product}", headers=who.headers).json()["picture_url"]


def send(rest, who, product, content):
    path = f"/api/erp/products/{product}/picture"
    return rest.post(path, headers=who.headers | FILE, content=content)


def test_a_picture_is_kept_shown_and_cached_and_another_is_another_address(
    rest, asha, bodhi, product
):
    assert send(rest, asha["owner"], product, picture()).status_code == 201
    first = shown(rest, asha["cashier"], product)
    small = rest.get(first, headers=asha["cashier"].headers)
    large = rest.get(f"{first}&size=large", headers=asha["cashier"].headers)

    assert (small.headers["content-type"], large.status_code) == ("image/jpeg", 200)
    assert Image.open(io.BytesIO(small.content)).size == (160, 107)
    assert Image.open(io.BytesIO(large.content)).size == (900, 600)
    assert small.headers["cache-control"] == "private, max-age=31536000, immutable"

    send(rest, asha["owner"], product, picture(size=(300, 300)))
    assert shown(rest, asha["owner"], product) != first
    assert rest.get(first, headers=asha["owner"].headers).content == small.content
    assert rest.get(first, headers=bodhi["owner"].headers).status_code == 404
    assert rest.get(first).status_code == 401


def test_who_may_not_edit_changes_no_picture_and_nothing_else_is_taken(rest, asha, bodhi, product):
    before = shown(rest, asha["owner"], product)
    answers = [
        send(rest, asha["cashier"], product, picture()),
        send(rest, bodhi["owner"], product, picture()),
        send(rest, asha["owner"], product, b"<svg/>"),
        rest.post(
            f"/api/erp/products/{product}/picture-version",
            headers=asha["owner"].headers | {"idempotency-key": f"no-{product}"},
            json={"version": 99},
        ),
    ]
    assert [answer.status_code for answer in answers] == [403, 404, 422, 404]
    assert shown(rest, asha["owner"], product) == before


def test_a_picture_is_taken_away(rest, asha, product):
    send(rest, asha["owner"], product, picture(size=(50, 50)))
    key = {"idempotency-key": f"away-{product}"}
    path = f"/api/erp/products/{product}/picture-version"
    assert rest.post(path, headers=asha["owner"].headers | key, json={}).status_code == 200
    assert shown(rest, asha["owner"], product) is None
