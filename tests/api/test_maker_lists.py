"""A price list over REST: the file is sent as it is, kept as it is, and told if it comes again."""

import pytest

from erp.core.ids import new_id

FILE = {"content-type": "application/octet-stream"}
LIST = b"SKU,MRP\nX-1,105.00\n"


@pytest.fixture
def send(rest, s3):
    assert s3

    def one(who, content=LIST, headers=FILE, name="yearly.csv"):
        path = f"/api/erp/maker-lists?file_name={name}"
        return rest.post(path, content=content, headers=who.headers | headers)

    return one


def test_a_list_is_kept_with_its_file_and_told_again(rest, asha, send):
    content = LIST + str(new_id()).encode()
    first, again = send(asha["storekeeper"], content), send(asha["owner"], content)

    assert (first.status_code, first.json()["is_known"]) == (201, False)
    assert again.json() == {"id": first.json()["id"], "is_known": True}
    query = f"?origin_type=maker_list&origin_id={first.json()['id']}"
    [kept] = rest.get(f"/api/erp/documents{query}", headers=asha["owner"].headers).json()["rows"]
    file = rest.get(f"/api/erp/documents/{kept['id']}", headers=asha["owner"].headers)
    assert (file.content, kept["file_name"]) == (content, "yearly.csv")
    preview = rest.post(
        f"/api/erp/maker-lists/{first.json()['id']}/preview", headers=asha["owner"].headers, json={}
    ).json()
    assert preview["counts"]["error"] == 2


@pytest.mark.parametrize(
    ("attempt", "status"),
    [
        (("cashier", LIST, FILE), 403),
        (("owner", LIST, {"content-type": "text/plain"}), 415),
        (("owner", LIST, {"content-type": "multipart/form-data"}), 415),
        (("owner", b"PK\x03\x04 no workbook", FILE), 422),
        (("owner", b"x," * 2_500_001, FILE), 413),
    ],
    ids=["who may not", "text", "form", "no workbook", "too large"],
)
def test_what_is_no_list_or_not_allowed_is_refused(rest, asha, send, attempt, status):
    who, *sent = attempt

    def known():
        path = "/api/erp/maker-lists"
        return len(rest.get(path, headers=asha["owner"].headers).json()["rows"])

    before = known()
    assert send(asha[who], *sent).status_code == status
    assert known() == before


def test_another_organisation_sees_neither_list_nor_file(rest, asha, bodhi, send):
    made = send(asha["owner"], LIST + str(new_id()).encode()).json()["id"]

    path = f"/api/erp/maker-lists/{made}/preview"
    assert rest.post(path, headers=bodhi["owner"].headers, json={}).status_code == 404
    query = f"?origin_type=maker_list&origin_id={made}"
    answer = rest.get(f"/api/erp/documents{query}", headers=bodhi["owner"].headers)
    assert answer.json()["rows"] == []
