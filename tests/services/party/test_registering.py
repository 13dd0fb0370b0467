from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import ValidationError

from erp.core import db
from erp.core.errors import Conflict, InvalidInput, PermissionDenied
from erp.services import party
from erp.services.party import (
    GstinMissing,
    GstinStateDiffers,
    GstinUnexpected,
    InactiveParty,
    InvalidGstin,
    UnknownParty,
    WalkInProtected,
)
from tests.factories import broken_promises
from tests.services.unchanged import fingerprint, refused

ASHA = {"name": "Asha Zedkar", "kind": "patient", "state_code": "27", "phone": "+91 98765 43210"}
CLINIC = {
    "name": "Zenith Homoeo Clinic",
    "kind": "clinic",
    "gst_category": "regular",
    "gstin": "27ZZZFZ0101Z1ZT",
    "state_code": "27",
    "city": "Nashik",
}


def create(shop, given, **more):
    return shop.run("party.create_party", given, **more)


def get(shop, party_id):
    return shop.run("party.get_party", {"party_id": party_id})


def test_a_party_is_registered_in_its_roles(trader):
    roles = ["customer", "patient"]
    made = create(trader, ASHA | {"roles": roles, "credit_limit": "500.00"})

    found = get(trader, made.id)
    assert (found.name, found.roles, found.price_list) == ("Asha Zedkar", roles, "RETAIL_MRP")
    assert found.credit_limit == Decimal("500.00")
    assert broken_promises() == []


def test_codes_are_numbered_and_may_be_given(trader):
    codes = [create(trader, ASHA | {"name": f"P {n}"}).code for n in range(2)]

    assert codes == ["P00001", "P00002"]
    assert create(trader, CLINIC | {"code": "ZEN"}).code == "ZEN"
    with refused(trader, Conflict, "code"):
        create(trader, ASHA | {"code": "ZEN"})


def test_parties_registered_at_once_all_get_codes(trader):
    def one(number):
        return create(trader, ASHA | {"name": f"Patient {number}"}).code

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(one, range(8)))

    assert len(set(codes)) == 8


def test_the_pan_comes_with_the_gstin_and_the_kind_brings_its_price_list(trader):
    found = get(trader, create(trader, CLINIC | {"gstin": " 27zzzfz0101z1zt "}).id)

    assert (found.gstin, found.pan, found.price_list) == (
        "27ZZZFZ0101Z1ZT",
        "ZZZFZ0101Z",
        "DOCTOR",
    )


@pytest.mark.parametrize(
    ("given", "error", "field", "says"),
    [
        ({"gstin": "27ZZZFZ0101Z1ZA"}, InvalidGstin, "gstin", "last character"),
        ({"gstin": "27ZZZFZ0101Z1Z"}, InvalidGstin, "gstin", "15 characters"),
        ({"gstin": "40ZZZFZ0001Z1Z6"}, InvalidGstin, "gstin", "No state"),
        ({"pan": "AAAAA1111A"}, InvalidGstin, "gstin", "PAN"),
        ({"gstin": ""}, GstinMissing, "gstin", "15 characters"),
        ({"gst_category": "unregistered"}, GstinUnexpected, "gst_category", "no GSTIN"),
        (
            {"gst_category": "unregistered", "gstin": "27ZZZFZ0101Z1ZA"},
            InvalidGstin,
            "gstin",
            "last character",
        ),
        ({"state_code": "29"}, GstinStateDiffers, "state_code", "state 27"),
        ({"birth_on": "2999-01-01"}, InvalidInput, "birth_on", "still to come"),
    ],
)
def test_a_wrong_registration_is_refused_at_its_field(trader, given, error, field, says):
    with refused(trader, error, field) as refusal:
        create(trader, CLINIC | given)
    assert says in refusal.value.fields[field]


def test_a_registration_in_another_state_may_be_confirmed(trader):
    made = create(trader, CLINIC | {"state_code": "29"}, confirm=["gstin_state_differs"])

    assert get(trader, made.id).state_code == "29"


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": "N" * 121},
        {"name": "Asha\x00"},
        {"kind": "friend"},
        {"roles": []},
        {"state_code": "7"},
        {"pin": "012345"},
        {"phone": "call me"},
        {"email": "nobody"},
        {"credit_limit": "-1"},
        {"credit_days": 366},
        {"is_vip": True},
    ],
)
def test_input_out_of_shape_is_refused(trader, given):
    before = fingerprint(trader)

    with pytest.raises(ValidationError):
        create(trader, ASHA | given)
    assert fingerprint(trader) == before


def test_a_change_touches_only_what_it_names(trader):
    made = create(trader, CLINIC | {"phone": "9876543210"})
    change = {"party_id": made.id, "name": "Zenith Clinic", "phone": "", "roles": ["supplier"]}
    trader.run("party.update_party", change)

    found = get(trader, made.id)
    assert (found.name, found.phone, found.city, found.roles) == (
        "Zenith Clinic",
        "",
        "Nashik",
        ["supplier"],
    )
    assert found.gstin == "27ZZZFZ0101Z1ZT"


def test_a_change_is_checked_as_a_whole(trader):
    made = create(trader, CLINIC)

    with refused(trader, GstinMissing, "gstin"):
        trader.run("party.update_party", {"party_id": made.id, "gstin": ""})
    given = {"party_id": made.id, "gstin": "", "pan": "", "gst_category": "unregistered"}
    trader.run("party.update_party", given)
    assert get(trader, made.id).gstin is None


def test_the_same_key_registers_once(trader):
    given = ASHA | {"idempotency_key": "party-key-1"}

    assert create(trader, given) == create(trader, given)
    assert trader.count("party") == 2


def sale_party(shop, party_id=None):
    with db.unit_of_work(shop.ctx) as session:
        return party.get_party_for_sale(session, shop.ctx, party_id)


def test_nobody_named_is_the_walk_in_customer(trader):
    assert sale_party(trader).is_walk_in
    named = create(trader, ASHA)
    assert (sale_party(trader, named.id).name, sale_party(trader, named.id).is_walk_in) == (
        "Asha Zedkar",
        False,
    )


def test_a_closed_party_buys_no_more_until_it_is_opened(trader):
    made = create(trader, ASHA)
    trader.run("party.set_party_status", {"party_id": made.id, "is_active": False})

    with refused(trader, InactiveParty, "customer_id"):
        sale_party(trader, made.id)
    trader.run("party.set_party_status", {"party_id": made.id, "is_active": True})
    assert sale_party(trader, made.id).id == made.id


def test_the_walk_in_customer_stays_open(trader):
    with refused(trader, WalkInProtected):
        trader.run(
            "party.set_party_status", {"party_id": sale_party(trader).id, "is_active": False}
        )


def test_the_walk_in_customer_is_made_once(trader):
    with db.unit_of_work(trader.ctx) as session:
        again = party.ensure_walk_in(session, trader.ctx, "29")

    assert again == sale_party(trader).id
    assert sale_party(trader).state_code == "27"


def test_nobodys_and_other_tenants_parties_are_unknown(trader, stranger):
    ours = create(trader, ASHA).id

    for shop, party_id in ((trader, uuid4()), (stranger, ours)):
        for name, given in (
            ("party.get_party", {}),
            ("party.update_party", {"name": "Mine"}),
            ("party.set_party_status", {"is_active": False}),
        ):
            with refused(shop, UnknownParty, "party_id"):
                shop.run(name, given | {"party_id": party_id})
        with refused(shop, UnknownParty, "customer_id"):
            sale_party(shop, party_id)
    assert get(trader, ours).is_active


def test_only_those_who_may_register(trader):
    for role in ("storekeeper", "technician", "auditor"):
        with refused(trader, PermissionDenied):
            create(trader, ASHA, by=trader.acting_as(role))
    assert create(trader, ASHA, by=trader.acting_as("cashier")).id


def test_what_happened_is_told(trader):
    made = create(trader, ASHA)
    trader.run("party.set_party_status", {"party_id": made.id, "is_active": False})

    with db.unit_of_work(trader.ctx) as session:
        rows = db.fetch_all(
            session, "select name from event where aggregate_id = %s order by id", (made.id,)
        )
    assert [row["name"] for row in rows] == [
        "party.party_created.v1",
        "party.party_status_changed.v1",
    ]
