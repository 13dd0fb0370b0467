"""Way bills: whether goods need one, having it made, changed, cancelled, and by hand without a portal."""

import json
from datetime import timedelta

import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.einvoicing import (
    NoConsignment,
    NoPortal,
    NotToBeCancelled,
    UnknownWayBill,
    WayBillExists,
    WayBillNotOpen,
)
from erp.services.einvoicing.consignment import read_consignment
from erp.services.platform import TryLater
from erp.simulate.invoice_portal import Fault
from jobs import einvoices
from tests.factories import PLENTY
from tests.services.billing.test_taking_back import take_back
from tests.services.einvoicing.portals import (
    GUJARAT,
    ask_way_bill,
    over,
    register,
    set_up,
    told,
)
from tests.services.einvoicing.portals import invoiced as posted
from tests.services.inventory.past_goods import second_branch
from tests.services.inventory.transfers import dispatch
from tests.services.sales.ordering import buyer, deliver, order
from tests.services.trading import add_goods, rows

HERE = {"state_code": "27", "gstin": "27ZZZFZ0001Z1ZU"}
WAY = {"distance_km": 650, "vehicle_no": "mh 12 ab 1234"}


def invoiced(shop, **facts):
    """Post an invoice and have it registered, where it is to be."""
    sent = posted(shop, **facts)
    register(shop, sent.invoice_id)
    return sent


def prepare(shop, sent, **more):
    by = more.pop("by", None)
    given = {"document_id": sent.invoice_id} | WAY | more
    return shop.run("einvoicing.prepare_way_bill", given, by=by).id


def of_transfer(sent):
    return {"document": "transfer", "document_id": sent.transfer_id}


def bill_of(shop, way_bill_id):
    return shop.run("einvoicing.get_way_bill", {"way_bill_id": way_bill_id})


def in_force(shop, **more):
    made = prepare(shop, invoiced(shop), **more)
    ask_way_bill(shop, made)
    return made


def test_a_way_bill_is_made_and_holds_a_day_for_each_two_hundred_kilometres(reporting, portal):
    made = in_force(reporting)
    found = bill_of(reporting, made)
    assert found.status == "active"
    assert found.valid_until - found.made_at == timedelta(days=4)
    (known,) = portal.books.way_bills.values()
    assert known["told"]["vehicleNo"] == "MH12AB1234"
    assert (known["told"]["docType"], known["told"]["subSupplyType"]) == ("INV", "1")
    assert known["told"]["itemList"][0]["igstRate"] == 5
    assert [row.vehicle_no for row in found.vehicles] == ["MH12AB1234"]
    assert [(call.kind, call.outcome) for call in found.calls] == [("generate", "done")]


def test_only_above_the_limit_of_the_state_are_goods_in_need_of_one(reporting):
    dear = add_goods(reporting, mrp="9000.00", quantity=100)
    wanted = [(6, {}), (7, {}), (13, HERE), (14, HERE)]
    asked = []
    for quantity, facts in wanted:
        customer = buyer(
            reporting, **GUJARAT | facts | {"name": f"For {quantity}", "credit_limit": PLENTY}
        )
        line = {"variant_id": dear, "quantity": quantity, "unit_price": "7200.00"}
        sent = deliver(reporting, order(reporting, customer, line), quantity)
        about = {"document_id": sent.invoice_id}
        asked.append(reporting.run("einvoicing.get_consignment", about))
    assert [one.limit for one in asked] == [50_000, 50_000, 100_000, 100_000]
    assert [one.is_needed for one in asked] == [False, True, False, True]


def test_a_lost_answer_makes_no_second_way_bill(reporting, portal):
    made = prepare(reporting, invoiced(reporting))
    portal.faults.append(Fault.DONE_UNSAID)
    ask_way_bill(reporting, made)
    assert bill_of(reporting, made).status == "active"
    assert len(portal.books.way_bills) == 1


def test_a_portal_that_is_away_is_asked_again(reporting, portal):
    made = prepare(reporting, invoiced(reporting))
    portal.faults.append(Fault.ERROR)
    with pytest.raises(TryLater):
        ask_way_bill(reporting, made)
    assert bill_of(reporting, made).status == "due"
    over(reporting)
    ask_way_bill(reporting, made)
    assert bill_of(reporting, made).status == "active"


def test_a_refusal_is_shown_and_the_bill_prepared_anew(reporting, portal):
    sent = invoiced(reporting)
    portal.faults.append(Fault.REFUSED)
    made = prepare(reporting, sent)
    ask_way_bill(reporting, made)
    found = bill_of(reporting, made)
    assert found.status == "refused"
    assert "PIN code" in found.problem
    assert prepare(reporting, sent, distance_km=700) == made
    ask_way_bill(reporting, made)
    assert bill_of(reporting, made).distance_km == 700
    with pytest.raises(WayBillExists):
        prepare(reporting, sent)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"vehicle_no": "LORRY"}, "vehicle_no"),
        ({"vehicle_no": ""}, "vehicle_no"),
        ({"mode": "2"}, "transport_document"),
        ({"transporter_gstin": "27ZZZFZ0001Z1ZA"}, "transporter_gstin"),
    ],
)
def test_what_the_portal_would_refuse_is_named_at_its_field(reporting, change, field):
    sent = invoiced(reporting)
    with pytest.raises(InvalidInput) as refused:
        prepare(reporting, sent, **change)
    assert field in refused.value.fields
    assert rows(reporting, "select 1 from way_bill") == []


def test_a_missing_pin_is_named(reporting):
    with pytest.raises(InvalidInput, match="no PIN code"):
        prepare(reporting, invoiced(reporting, pin=""))


def test_a_note_has_no_way_bill(reporting):
    sent = invoiced(reporting)
    note = take_back(reporting, sent, 4)
    with pytest.raises(NoConsignment):
        reporting.run("einvoicing.prepare_way_bill", WAY | {"document_id": note.id})


def test_another_vehicle_carries_on(reporting, portal):
    made = in_force(reporting)
    change = {"vehicle_no": "GJ01XY9876", "place": "Surat", "reason": "Reloaded"}
    reporting.run("einvoicing.change_vehicle", {"way_bill_id": made} | change)
    with pytest.raises(WayBillNotOpen):
        reporting.run("einvoicing.change_vehicle", {"way_bill_id": made} | change)
    ask_way_bill(reporting, made)
    (known,) = portal.books.way_bills.values()
    assert known["told"]["vehicleNo"] == "GJ01XY9876"
    assert [row.vehicle_no for row in bill_of(reporting, made).vehicles] == [
        "GJ01XY9876",
        "MH12AB1234",
    ]


def test_the_portals_end_of_a_bill_whose_vehicle_came_later_is_kept(reporting, portal):
    """Its days begin when the first vehicle is told."""
    made = in_force(reporting, vehicle_no="", transporter_gstin=GUJARAT["gstin"])
    (known,) = portal.books.way_bills.values()
    known["made"]["validUpto"] = "2099-03-01 23:59:00"
    change = {"vehicle_no": "GJ01XY9876", "place": "Surat", "reason": "First vehicle"}
    reporting.run("einvoicing.change_vehicle", {"way_bill_id": made} | change)
    ask_way_bill(reporting, made)
    assert f"{bill_of(reporting, made).valid_until:%Y-%m-%d %H:%M}" == "2099-03-01 18:29"


def test_it_is_cancelled_within_a_day_and_another_is_made(reporting, portal):
    sent = invoiced(reporting)
    made = prepare(reporting, sent)
    ask_way_bill(reporting, made)
    asked = {"way_bill_id": made, "code": "2", "reason": "Not sent"}
    late = utc_now() + timedelta(hours=25)
    with pytest.raises(NotToBeCancelled):
        reporting.run("einvoicing.cancel_way_bill", asked, at=late)
    reporting.run("einvoicing.cancel_way_bill", asked)
    ask_way_bill(reporting, made)
    assert bill_of(reporting, made).status == "cancelled"
    other = prepare(reporting, sent)
    ask_way_bill(reporting, other)
    assert [one["live"] for one in portal.books.way_bills.values()] == [False, True]


def test_a_cancelling_whose_answer_was_lost_is_no_refusal(reporting, portal):
    sent = invoiced(reporting)
    made = prepare(reporting, sent)
    ask_way_bill(reporting, made)
    asked = {"way_bill_id": made, "code": "2", "reason": "Not sent"}
    reporting.run("einvoicing.cancel_way_bill", asked)
    portal.faults.append(Fault.DONE_UNSAID)
    with pytest.raises(TryLater):
        ask_way_bill(reporting, made)
    over(reporting)
    ask_way_bill(reporting, made)
    found = bill_of(reporting, made)
    assert (found.status, found.problem) == ("cancelled", "")
    ask_way_bill(reporting, prepare(reporting, sent))
    assert [one["live"] for one in portal.books.way_bills.values()] == [False, True]


def test_a_number_belongs_to_one_consignment(trader, monkeypatch):
    set_up(monkeypatch, url="")
    first, second = invoiced(trader), invoiced(trader, name="Two")
    given = {"number": "331000000001"}
    for sent in (first, second):
        made = prepare(trader, sent, send=False)
        if sent is first:
            trader.run("einvoicing.record_way_bill", {"way_bill_id": made} | given)
    with pytest.raises(InvalidInput, match=first.number) as refused:
        trader.run("einvoicing.record_way_bill", {"way_bill_id": made} | given)
    assert "number" in refused.value.fields
    assert bill_of(trader, made).status == "draft"


def test_without_a_portal_a_file_is_uploaded_and_its_number_typed_in(trader, monkeypatch):
    set_up(monkeypatch, url="")
    sent = invoiced(trader)
    with pytest.raises(NoPortal):
        prepare(trader, sent)
    made = prepare(trader, sent, send=False)
    file = trader.run("einvoicing.get_way_bill_file", {"way_bill_id": made})
    (told_,) = json.loads(file.content)["billLists"]
    assert told_["docNo"] == sent.number
    trader.run("einvoicing.record_way_bill", {"way_bill_id": made, "number": "331000000001"})
    assert bill_of(trader, made).status == "active"
    change = {"vehicle_no": "GJ01XY9876", "place": "Surat", "reason": "Reloaded"}
    trader.run("einvoicing.change_vehicle", {"way_bill_id": made} | change)
    trader.run("einvoicing.cancel_way_bill", {"way_bill_id": made, "code": "4", "reason": "x"})
    assert bill_of(trader, made).status == "cancelled"


def test_goods_of_a_transfer_travel_on_their_challan(reporting, portal):
    other = second_branch(reporting)
    with db.unit_of_work(reporting.ctx) as session:
        db.execute(
            session,
            "update branch set address = '9 Side Street', city = 'Nashik', pin = '422001' where id = %s",
            (other.ctx.branch_id,),
        )
    sent = dispatch(reporting, other, {"variant_id": reporting.variant_ids[0], "quantity": 3})
    given = of_transfer(sent) | {"distance_km": 210, "vehicle_no": "MH12AB1234"}
    made = reporting.run("einvoicing.prepare_way_bill", given).id
    einvoices.ask_about_way_bill(None, reporting.ctx, told(way_bill_id=made))
    (known,) = portal.books.way_bills.values()
    assert (known["told"]["docType"], known["told"]["subSupplyType"]) == ("CHL", "5")
    assert known["told"]["toPincode"] == 422001


def test_what_ends_within_a_day_is_listed_and_told(reporting):
    made = in_force(reporting)
    soon = bill_of(reporting, made).valid_until - timedelta(hours=3)
    ending = reporting.run("einvoicing.list_way_bills", {"status": "ending"}, at=soon)
    assert [row.id for row in ending.rows] == [made]
    assert reporting.run("einvoicing.chase", at=soon).ending == 1
    after = soon + timedelta(hours=4)
    ended = reporting.run("einvoicing.list_way_bills", {"status": "ended"}, at=after)
    assert [row.id for row in ended.rows] == [made]


def test_a_stranger_sees_none_and_a_cashier_makes_none(reporting, stranger):
    made = in_force(reporting)
    assert stranger.run("einvoicing.list_way_bills").rows == []
    for name in ("get_way_bill", "send_way_bill", "get_way_bill_file"):
        with pytest.raises(UnknownWayBill):
            stranger.run(f"einvoicing.{name}", {"way_bill_id": made})
    with pytest.raises(PermissionDenied):
        prepare(reporting, invoiced(reporting, name="B"), by=reporting.acting_as("cashier"))


@pytest.mark.parametrize(
    ("rate", "treatment", "kind"), [("0", "exempt", "BIL"), ("5", "taxable", "INV")]
)
def test_a_bill_of_supply_is_told_as_one(reporting, rate, treatment, kind):
    goods = add_goods(reporting, rate=rate, treatment=treatment)
    made = order(reporting, buyer(reporting, name="E"), {"variant_id": goods, "quantity": 2})
    invoice_id = deliver(reporting, made, 2).invoice_id
    with db.unit_of_work(reporting.ctx) as session:
        assert read_consignment(session, reporting.ctx, "invoice", invoice_id).kind == kind
