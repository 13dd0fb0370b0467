from dataclasses import replace

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from tests.factories import make_shop

PEOPLE = (
    {"name": "Asha Zedkar", "kind": "patient", "phone": "+91 98765 43210", "city": "Pune"},
    {"name": "Zeenat Asha Khan", "kind": "patient", "phone": "9811111111", "city": "Nagpur"},
    {
        "name": "Zenith Homoeo Clinic",
        "kind": "clinic",
        "gst_category": "regular",
        "gstin": "27ZZZFZ0101Z1ZT",
        "code": "ZEN-1",
        "city": "Nashik",
    },
)


@pytest.fixture(scope="module")
def shop(environment):
    assert environment
    shop = make_shop("finder", products=0)
    for person in PEOPLE:
        shop.run("party.create_party", person | {"state_code": "27"})
    supplier = {"name": "Demo Labs", "kind": "manufacturer", "roles": ["supplier", "manufacturer"]}
    shop.run("party.create_party", supplier | {"state_code": "27"})
    return shop


def names(shop, name, **wanted):
    return [row.name for row in shop.run(name, wanted).rows]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("zed", ["Asha Zedkar"]),
        ("asha", ["Asha Zedkar", "Zeenat Asha Khan"]),
        ("khan zee", ["Zeenat Asha Khan"]),
        ("98765", ["Asha Zedkar"]),
        ("9876543210", ["Asha Zedkar"]),
        ("98765 43210", ["Asha Zedkar"]),
        ("+91-98765", ["Asha Zedkar"]),
        ("27zzzfz0101", ["Zenith Homoeo Clinic"]),
        ("ZEN-1", ["Zenith Homoeo Clinic"]),
        ("nashik", ["Zenith Homoeo Clinic"]),
        ("P00002", ["Zeenat Asha Khan"]),
        ("zzz", []),
        ("", []),
        ("&|!:*", []),
    ],
)
def test_a_party_is_found_by_name_phone_code_gstin_or_city(shop, search, found):
    assert names(shop, "party.find_parties", search=search) == found


def test_the_list_filters_by_role_kind_and_words(shop):
    assert names(shop, "party.list_parties", role="supplier") == ["Demo Labs"]
    assert names(shop, "party.list_parties", kind="clinic") == ["Zenith Homoeo Clinic"]
    assert names(shop, "party.list_parties", search="asha", kind="patient") == [
        "Asha Zedkar",
        "Zeenat Asha Khan",
    ]
    assert names(shop, "party.list_parties", search="asha", role="supplier") == []


def test_the_list_is_paged_by_key(shop):
    seen, cursor = [], ""
    while True:
        page = shop.run("party.list_parties", {"limit": 2, "cursor": cursor})
        seen += [row.name for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break

    assert seen == sorted(seen)
    assert len(seen) == 5


def test_closed_parties_are_shown_only_on_request(shop):
    made = shop.run("party.create_party", {"name": "Gone", "kind": "other", "state_code": "27"})
    shop.run("party.set_party_status", {"party_id": made.id, "is_active": False})

    assert "Gone" not in names(shop, "party.list_parties")
    assert "Gone" in names(shop, "party.list_parties", including_inactive=True)
    assert names(shop, "party.find_parties", search="gone") == []


def test_another_tenant_finds_nothing(shop, stranger):
    assert names(stranger, "party.find_parties", search="asha") == []
    assert names(stranger, "party.list_parties") == ["Walk-in customer"]
    assert names(shop, "party.find_parties", search="walk") == ["Walk-in customer"]


def test_finding_needs_the_permission_and_a_cursor_of_the_list(shop):
    with pytest.raises(InvalidInput):
        shop.run("party.list_parties", {"cursor": "nonsense"})
    nobody = replace(shop.ctx, permissions=frozenset())
    with pytest.raises(PermissionDenied):
        shop.run("party.find_parties", {"search": "zed"}, by=nobody)
