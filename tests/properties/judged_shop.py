"""A shop that has done one of everything, for the referees to look at."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from pydicom.uid import generate_uid

from erp.core import db
from erp.core.clock import utc_now
from erp.core.ids import new_id
from erp.services import accounting, platform
from tests.factories import Shop, make_shop, receipt_line
from tests.isolation.gatewayed import gatewayed
from tests.isolation.interested import RATE, late_customer
from tests.isolation.pictures import pictures
from tests.isolation.reporting import documents_at_portal
from tests.isolation.spending import spending
from tests.isolation.taxing import prepared
from tests.services.banking.statements import accept, bank_account, line_of, suggested
from tests.services.billing.bills.billing import bill, billed, came, decide, goods, registered
from tests.services.billing.bills.landing import spread_freight
from tests.services.billing.returns.returning import leaving, send_back
from tests.services.imaging.test_steps import Modality
from tests.services.inventory.past_goods import second_branch
from tests.services.inventory.transfers import dispatch
from tests.services.inventory.transfers import receive as take_in
from tests.services.laboratory.samples import bring, observed, open_lab, oru
from tests.services.pos.devices import Device
from tests.services.purchasing.ordering import line, place, receive, supplier
from tests.services.purchasing.requisitions import approved, order_requisitions, taken
from tests.services.sales.ordering import buyer, deliver, detail, order
from tests.services.service_advances.serving import retailer, training


def traded() -> None:
    """Let a shop do one of everything, and leave it with events both sealed and waiting."""
    shop = make_shop("judged")
    first, second, third = shop.variant_ids
    _pay_late(shop)
    noted = _noted(shop)
    sale = shop.sell({first: 3, second: 1})
    shop.run(
        "pos.post_return",
        {
            "sale_id": sale.sale_id,
            "shift_id": shop.shift_id,
            "lines": [{"line_no": 1, "quantity": 1}],
            "reason": "broken",
        },
    )
    _count(shop, shop.lot_ids[second][1])
    shop.run("inventory.recall_lot", {"lot_id": shop.lot_ids[first][0], "reason": "dust"})
    _claim(shop)
    spread_freight(shop)
    _return(shop)
    _order(shop)
    _send(shop, second)
    _keep_apart(shop, shop.lot_ids[third][0])
    _file(shop, noted)
    documents_at_portal(shop)
    spending(shop)
    used = {"variant_id": third, "quantity": 2}
    shop.run(
        "inventory.dispense_packs",
        {"variant_id": second, "packs": 1, "mrp": "9.00", "lines": [used]},
    )
    supplier(shop)
    receive(shop, place(shop, line(shop, 10)), {1: 4})
    asked = approved(shop, (0, 10), by=shop.acting_as("cashier"))
    order_requisitions(shop, taken(shop, asked, 1, 4))
    _check(shop, third)
    closing = {"shift_id": shop.shift_id, "counted_cash": "500.00", "reason": "taken"}
    asha = shop.run(
        "party.create_party", {"name": "Asha", "kind": "patient", "state_code": "27"}
    ).id
    _collect(shop, asha)
    Device(shop).sells({third: 1}).hands_in()
    shop.run("pos.close_shift", closing)
    pictures(shop, asha)
    _measure(shop, asha)
    _store_paper(shop, sale.invoice_id)
    with db.ops_session() as session:
        platform.seal_events(session, shop.tenant_id, lambda _: ["probe"], now=utc_now())
        accounting.seal_entries(session, shop.tenant_id, now=utc_now(), limit=3)
    shift = shop.run("pos.open_shift", {"register_id": shop.register_id, "opening_float": "0.00"})
    shop.sell({third: 1}, shift_id=shift.id)


def _store_paper(shop: Shop, invoice_id: UUID) -> None:
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "insert into stored_document (tenant_id, id, origin_type, origin_id, variant, version,"
            " file_name, media_type, sha256) values (%s, %s, 'invoice', %s, 'a4', 1, 'x.pdf', 'x', %s)",
            (shop.tenant_id, new_id(), invoice_id, "a" * 64),
        )
        blob = (shop.tenant_id, "a" * 64, f"{shop.tenant_id}/x")
        put = "insert into blob (tenant_id, sha256, size, storage_key, media_type) values (%s, %s, 1, %s, 'x')"
        db.execute(session, put, blob)


def _write_down(shop: Shop) -> None:
    """Keep what stock was on a day before there was any."""
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "insert into stock_snapshot (tenant_id, id, until, known_until) values"
            " (%s, %s, now() - interval '40 days', now() - interval '39 days')",
            (shop.tenant_id, new_id()),
        )


def _measure(shop: Shop, patient_id: UUID) -> None:
    """Take a laboratory's file in, book an appointment, and perform a step."""
    code = shop.run("party.get_party", {"party_id": patient_id}).code
    content = oru("H1", observed("4548-4", "5.4", "%"), code=code, name="Asha", born="")
    assert bring(shop, open_lab(shop), content).taken == 1
    camera = shop.run("imaging.register_device", {"code": "slit-1", "name": "Slit lamp"}).id
    given = {"patient_id": patient_id, "device_id": camera, "procedure": "Fundus", "time": "10:00"}
    tomorrow = str(shop.ctx.today + timedelta(days=1))
    shop.run("imaging.book_appointment", given | {"day": tomorrow})
    modality = Modality(shop.ctx, f"M{new_id().hex[-10:].upper()}")
    modality.begin(study=generate_uid())
    modality.complete("1.2.9.1", generate_uid())


def _pay_late(shop: Shop) -> None:
    """Bill interest on an invoice that is not paid."""
    shop.run("payments.set_reminder_rule", RATE)
    shop.run("interest.bill_interest", {"party_id": late_customer(shop)})


def _check(shop: Shop, variant_id: UUID) -> None:
    """Take in goods that fail their checklist."""
    points = [{"question": "Seal is intact"}]
    shop.run("inventory.set_checklist", {"name": "At the door", "points": points})
    answers = {"checks": [{"point_no": 1, "answer": "no"}]}
    lines = [receipt_line(shop.ctx, variant_id, 5) | answers]
    shop.run("inventory.receive_goods", {"lines": lines})
    shop.run("inventory.set_checklist", {"name": "At the door", "points": []})


def _collect(shop: Shop, customer_id: UUID) -> None:
    """Let a customer earn points, bring a part of the goods back and exchange the rest."""
    terms = {"is_active": True, "points_per_rupee": "0.1", "worth": "1.00"}
    shop.run("loyalty.set_programme", terms)
    paid = {"shift_id": shop.shift_id, "party_id": customer_id, "method": "upi"}
    shop.run("pos.take_advance", paid | {"amount": "50.00"})
    sale = shop.sell({shop.variant_ids[2]: 2}, customer_id=customer_id)
    line = {"line_no": 1, "quantity": 1}
    wanted = {"sale_id": sale.sale_id, "shift_id": shop.shift_id, "reason": "broken"}
    shop.run("pos.post_return", wanted | {"lines": [line]})
    out = [{"variant_id": shop.variant_ids[2], "quantity": 1}]
    shop.run("pos.post_exchange", wanted | {"returned": [line], "lines": out})


def _order(shop: Shop) -> None:
    """Deliver a part of an order, be paid for some of it, and use a coupon."""
    made = order(shop, buyer(shop), {"variant_id": shop.variant_ids[2], "quantity": 5})
    wrong = {"invoice_id": deliver(shop, made, 1).invoice_id, "reason": "Wrong customer"}
    shop.run("billing.cancel_invoice", wrong)
    deliver(shop, made, 2)
    paid = {"party_id": detail(shop, made).customer_id, "amount": "9.00"}
    shop.run("payments.receive_payment", paid | {"method": "bank"})
    cheque = {"method": "cheque", "reference": "1", "cheque_on": shop.ctx.today}
    shop.run("payments.receive_payment", paid | cheque)
    accept(shop, suggested(shop, line_of(shop, bank_account(shop), 9))[0])
    gatewayed(shop, {"buyer_id": detail(shop, made).customer_id})
    before = {"party_id": retailer(shop), "amount": "1180.00", "method": "bank"}
    before["variant_id"] = training(shop)
    held = shop.run("service_advances.receive_advance", before).id
    back = {"advance_id": held, "amount": "590.00", "method": "bank", "reason": "Half held"}
    shop.run("service_advances.refund_advance", back)
    shop.run("sales.create_coupon", {"code": "TEN", "name": "Ten", "percent": "10"})
    shop.sell({shop.variant_ids[2]: 1}, coupon="TEN")


def _count(shop: Shop, lot_id: UUID) -> None:
    """Find one unit less of a lot than the books say, where a past day is written down."""
    _write_down(shop)
    count = {"count_id": shop.run("inventory.start_count").count_id}
    found = {"lot_id": lot_id, "counted": 99}
    shop.run("inventory.record_count", count | {"lines": [found]})
    shop.run("inventory.submit_count", count | {"rest": "not_counted"})
    shop.run("inventory.approve_count", count)


def _send(shop: Shop, variant_id: UUID) -> None:
    """Leave goods on their way to another warehouse and to another branch, some of which came."""
    line = {"variant_id": variant_id, "quantity": 3}
    side = shop.run("inventory.create_warehouse", {"code": "W3", "name": "Third"})
    dispatch(shop, replace(shop, storage_id=side.storage_id), line)
    sent = dispatch(shop, second_branch(shop), line)
    take_in(shop, sent.transfer_id, {"line_no": 1, "arrived": 1})


def _keep_apart(shop: Shop, lot_id: UUID) -> None:
    """Put units apart and write some of them off."""
    apart = {"reason_code": "damaged", "lines": [{"lot_id": lot_id, "quantity": 3}]}
    entry = shop.run("inventory.quarantine_goods", apart).quarantine_ids[0]
    decision = {"quarantine_id": entry, "outcome": "written_off", "quantity": 1, "reason": "x"}
    shop.run("inventory.decide_quarantine", decision)


def _file(shop: Shop, noted: UUID) -> None:
    """File last month's return, amend a bill of it that has a note, and deposit cash for the next."""
    filed = {"arn": "AA2710250000012", "filed_on": shop.ctx.today}
    shop.run("gst_returns.file_return", filed | {"return_id": prepared(shop).id})
    amended = {"invoice_id": noted, "place_of_supply": "24", "reason": "Told"}
    shop.run("gst_returns.amend_document", amended)
    gstin = shop.run("gst_returns.list_registrations").rows[0].gstin
    shop.run("gst_returns.deposit_cash", {"gstin": gstin, "reference": "CIN1", "amount": "9.00"})


def _noted(shop: Shop) -> UUID:
    """Send goods last month, take one back, and return the bill."""
    then = shop.ctx.now - timedelta(days=shop.ctx.today.day)
    line = {"variant_id": shop.variant_ids[0], "quantity": 2, "unit_price": "90.00"}
    taken = {"customer_id": retailer(shop), "lines": [line]}
    made = shop.run("sales.take_order", taken, at=then, confirm=("not_cleared", "credit_limit"))
    sent = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 2}]}
    bill_id: UUID = shop.run("billing.deliver_order", sent, at=then).invoice_id
    back = {"invoice_id": bill_id, "lines": [{"line_no": 1, "quantity": 1}], "reason": "Broken"}
    shop.run("billing.take_back_goods", back, at=then)
    return bill_id


def _claim(shop: Shop) -> None:
    """Claim what a bill is too much, and leave the supplier's credit note to come."""
    registered(shop)
    made = bill(shop, "756.00", billed(came(shop, goods(shop, 10)), 12, "60"))
    decide(shop, made, "claimed")


def _return(shop: Shop) -> None:
    """Send goods of a bill back, and goods that are on none."""
    receipt = came(shop, goods(shop, 10))
    bill(shop, "378.00", billed(receipt, 6, "60"), bill_number="SBL/118")
    send_back(shop, leaving(shop, receipt, 5))
