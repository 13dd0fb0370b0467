"""Branches open under the right registration; papers name them as they were."""

from dataclasses import replace
from typing import Any

import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import DomainError, PermissionDenied
from erp.services import billing, party
from erp.services.organisation import BranchCodeTaken, RegistrationNeeded, UnknownBranch
from erp.services.party.gstin import check_character
from tests.factories import Shop, broken_promises, gstin_in, make_shop
from tests.services.pos.devices import Device
from tests.services.trading import rows

SECOND = {
    "code": "NASHIK",
    "name": "Nashik",
    "state_code": "27",
    "address": "2 Fort Road",
    "city": "Nashik",
    "pin": "422001",
}


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("organised")


def add(shop: Shop, **more: Any) -> Any:
    return shop.run("organisation.add_branch", SECOND | more)


def branch(shop: Shop, branch_id: Any) -> Any:
    return shop.run("organisation.get_branch", {"branch_id": branch_id})


def on_paper(shop: Shop, sale: Any) -> party.PrintedParty:
    with db.unit_of_work(shop.ctx) as session:
        return billing.get_printed_document(session, shop.ctx, sale.invoice_id).seller


def test_a_branch_in_the_same_state_trades_under_its_registration(shop):
    made = add(shop)

    assert branch(shop, made.id).gstin == gstin_in("27")
    store = shop.run(
        "inventory.create_warehouse", {"code": "N", "name": "Nashik", "branch_id": made.id}
    )
    till = {"code": "N1", "name": "Counter", "location_id": store.storage_id}
    register = shop.run("pos.create_register", till)
    there = replace(shop.ctx, branch_id=made.id)
    shop.receive(shop.variant_ids[0], 5, by=there)
    shift = shop.run("pos.open_shift", {"register_id": register.id, "opening_float": "0"}, by=there)
    sale = shop.run(
        "pos.post_sale", shop.cart({shop.variant_ids[0]: 1}, shift_id=shift.id), by=there
    )

    assert on_paper(shop, sale).address == ("2 Fort Road", "Nashik 422001")
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"state_code": "29"}, "gstin"),
        ({"state_code": "29", "gstin": gstin_in("24")}, "gstin"),
        ({"gstin": "27AAACC1206D1ZM"}, "gstin"),
        ({"gstin": gstin_in("27")[:-1] + "?"}, "gstin"),
        ({"state_code": "28"}, "state_code"),
    ],
    ids=["no registration there", "of another state", "of somebody else", "misspelt", "no state"],
)
def test_another_state_needs_a_registration_of_the_same_company(shop, given, field):
    with pytest.raises(DomainError) as refusal:
        add(shop, **given)
    assert field in refusal.value.fields

    made = add(shop, state_code="29", gstin=gstin_in("29").lower())
    assert branch(shop, made.id).gstin == gstin_in("29")


def test_one_of_several_registrations_of_a_state_is_named(shop):
    number = f"{gstin_in('27')[:12]}2Z"
    second = number + check_character(number)
    add(shop, gstin=second)

    with pytest.raises(RegistrationNeeded, match="several registrations"):
        add(shop, code="NASHIK2")


def test_a_company_without_registration_has_branches_without(shop):
    with db.unit_of_work(shop.ctx) as session:
        db.execute(session, "update branch set gstin = null")
        db.execute(session, "update company set gst_scheme = 'unregistered'")

    with pytest.raises(RegistrationNeeded, match="leave this empty"):
        add(shop, gstin=gstin_in("27"))
    assert branch(shop, add(shop).id).gstin is None


def test_a_code_is_of_one_branch(shop):
    add(shop)

    with pytest.raises(BranchCodeTaken) as refusal:
        add(shop, name="Another")
    assert "code" in refusal.value.fields


def test_papers_name_the_branch_as_it_was(shop):
    before = shop.sell({shop.variant_ids[0]: 1})
    own = {"branch_id": shop.ctx.branch_id}
    shop.run(
        "organisation.update_branch",
        own | {"address": "9 New Road", "pin": "411002", "phone": "020 1234567"},
    )
    names = {"legal_name": "Anew Private Limited", "trade_name": "Anew"}
    between = shop.sell({shop.variant_ids[0]: 1})
    shop.run("organisation.rename_organisation", names)
    after = shop.sell({shop.variant_ids[0]: 1})

    old_name = f"{shop.slug} Private Limited"
    said = [on_paper(shop, sale) for sale in (before, between, after)]
    assert [one.name for one in said] == [old_name, old_name, "Anew Private Limited"]
    assert [one.address[0] for one in said] == ["1 High Street", "9 New Road", "9 New Road"]
    assert [one.phone for one in said][1:] == ["020 1234567"] * 2
    with db.unit_of_work(shop.ctx) as session:
        today = party.printed_branch(session, shop.ctx)
        then = party.printed_branch(session, shop.ctx, at=utc_now().replace(year=2020))
    assert (today.name, then.name) == ("Anew Private Limited", old_name)


def test_a_bill_made_offline_names_the_branch_as_it_was_when_it_was_sold(shop):
    device = Device(shop)
    bill = device.bill({shop.variant_ids[0]: 1})
    moved = {"branch_id": shop.ctx.branch_id, "address": "9 New Road"}
    shop.run("organisation.update_branch", moved)

    assert device.sends(bill).status == "posted"
    (sale,) = rows(shop, "select invoice_id from sale where id = %s", bill["sale_id"])
    with db.unit_of_work(shop.ctx) as session:
        seller = billing.get_printed_document(session, shop.ctx, sale["invoice_id"]).seller
    assert seller.address[0] == "1 High Street"


def test_what_is_left_out_stays_and_what_is_emptied_goes(shop):
    given = {"branch_id": shop.ctx.branch_id}
    shop.run(
        "organisation.update_branch", given | {"upi_address": "shop@bank", "phone": "020 1234567"}
    )
    shop.run("organisation.update_branch", given | {"name": "Moved", "upi_address": ""})

    found = branch(shop, shop.ctx.branch_id)
    assert (found.name, found.phone, found.upi_address) == ("Moved", "020 1234567", None)
    assert (found.gstin, found.state_code, found.code) == (gstin_in("27"), "27", "MAIN")
    with pytest.raises(UnknownBranch):
        shop.run("organisation.update_branch", {"branch_id": shop.tenant_id, "name": "x"})


def test_the_organisation_shows_its_branches(shop):
    add(shop)

    found = shop.run("organisation.get_organisation")

    assert [one.code for one in found.branches] == ["MAIN", "NASHIK"]
    assert (found.scheme, found.branches[1].state) == ("regular", "Maharashtra")


def test_a_member_works_where_they_were_sent(shop):
    there = add(shop).id
    member = next(
        row for row in shop.run("identity.list_members").rows if row.id and "cashier" in row.roles
    )
    given = {"member_id": member.id, "display_name": member.display_name, "roles": ["cashier"]}

    shop.run("identity.update_member", given | {"branch_id": there})
    assert shop.acting_as("cashier").branch_id == there
    shop.run("identity.update_member", given)
    assert shop.acting_as("cashier").branch_id == there


def test_what_a_branch_was_is_kept_from_whoever_would_change_it(shop):
    shop.run("organisation.update_branch", {"branch_id": shop.ctx.branch_id, "name": "Moved"})

    for statement in ("update branch_past set name = 'Never'", "delete from branch_past"):
        with (
            pytest.raises(Exception, match=r"permission denied|changed"),
            db.unit_of_work(shop.ctx) as session,
        ):
            db.execute(session, statement)


def test_only_who_may_organises(shop):
    with pytest.raises(PermissionDenied):
        shop.run("organisation.add_branch", SECOND, by=shop.acting_as("manager"))
