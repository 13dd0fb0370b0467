"""Every referee turns red when what it guards is broken, and only then."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import utc_now
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import accounting, platform
from erp.services.platform import verifying
from tests.factories import DOMAINS, Shop, make_shop, receipt_line
from tests.fixtures.databases import copy_template
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
from tests.services.inventory.past_goods import second_branch
from tests.services.inventory.transfers import dispatch
from tests.services.inventory.transfers import receive as take_in
from tests.services.laboratory.samples import bring, observed, open_lab, oru
from tests.services.pos.devices import Device
from tests.services.purchasing.ordering import line, place, receive, supplier
from tests.services.purchasing.requisitions import approved, order_requisitions, taken
from tests.services.sales.ordering import buyer, deliver, detail, order
from tests.services.service_advances.serving import retailer, training

assert DOMAINS
SABOTAGE = {
    "A2": 'update event set payload = payload || \'{"total": "0.01"}\''
    " where id = (select event_id from event_seal order by sequence limit 1)",
    "B1": "update purchase_order_progress set received = received + 1",
    "B2": "delete from purchase_order_decision",
    "B3": "update purchase_order_line set value = value + 1",
    "B4": "update supplier_bill_line set matched_value = matched_value + 1",
    "B5": "update billed_goods set units = 0, value = 0",
    "B6": "update supplier_bill set supplier_id = company_id where status = 'posted'",
    "B7": "update supplier_claim set taxable = taxable + 1",
    "B8": "update supplier_return_line set quantity = quantity + 1",
    "B10": "update sales_delivery_line set quantity = quantity + 1",
    "B11": "update purchase_requisition_line set ordered = ordered - 1 where ordered > 0",
    "B12": "update open_item set settled = settled - 1 where entry_id in"
    " (select id from journal_entry where origin_type = 'invoice_cancellation')",
    "B13": "update landed_cost set amount = amount + 1",
    "B9": "update supplier_return set taxable = taxable + 1, total = total + 1",
    "BK1": "update bank_match_member set amount = amount + 1",
    "BK2": "update bank_statement set closing = closing + 1",
    "C1": "delete from tax_rate",
    "C2": "update tax_class set treatment = 'exempt'",
    "D1": "delete from blob",
    "D2": "insert into blob_state (tenant_id, sha256, verified_at, fault)"
    " select tenant_id, sha256, now(), 'damaged' from blob limit 1",
    "E1": "update einvoice set irn = repeat('0', 64) where status = 'registered'",
    "EX1": "update expense_claim_line set amount = amount + 1, taxable = taxable + 1",
    "EX2": "alter table petty_float disable trigger petty_float_balance;"
    " update petty_float set balance = balance + 1",
    "FA1": "update asset set cost = cost + 1",
    "FA2": "update asset_run set total = total + 1",
    "FA3": "update asset set proceeds = proceeds + 1 where status = 'sold'",
    "G1": "update gst_return set figures = jsonb_set(figures, '{total,cgst}', '\"1.00\"') where status = 'filed'",
    "G2": "update gst_deposit set amount = amount + 1",
    "G3": "update gst_amendment set place_of_supply = '29' where follows_id is not null",
    "GW1": "update gateway_payment set amount = amount + 1 where entry_id is not null",
    "GW2": "update gateway_payment set entry_id = null where status = 'captured'",
    "GW3": "update gateway_payment set refunded = refunded + 0.05 where refunded > 0",
    "GW4": "update gateway_settlement set difference = difference + 1",
    "IA1": "update imaging_slot set is_held = false",
    "LB1": "update lab_report_version set version = version + 1",
    "LB2": "update lab_row set report_number = 'x' where status = 'taken'",
    "SB1": "update asset set cgst = cgst + 1, sgst = sgst + 1",
    "I1": "update imaging_session set stored = stored + 1",
    "I2": "update dicom_study set instances = instances + 1",
    "I3": "update dicom_instance set sha256 = repeat('0', 64)",
    "I4": "delete from device_message",
    "I5": "update imaging_session set qa_state = 'accepted'",
    "IQ1": "update qa_reading set verdict = 'repeat_requested'",
    "IQ2": "update qa_signature set content = content || ' '",
    "IQ3": "delete from qa_signature",
    "L1": "update journal_line set debit = debit + 1 where debit > 0 and line_no = 1",
    "L2": "insert into journal_line (tenant_id, entry_id, line_no, account_id, effective_on,"
    " debit, credit, note) select tenant_id, entry_id, 99, account_id, effective_on, 5, 0, ''"
    " from journal_line limit 1",
    "L3": "update journal_entry set effective_on = effective_on + 400",
    "L5": "update account_balance set debit = debit + 1",
    "L6": "update invoice set taxable = taxable - 1, total = total - 1",
    "L8": "update invoice set cgst = cgst + 1, total = total + 1",
    "N1": "delete from invoice where id = (select id from invoice order by number limit 1)",
    "O1": "delete from event_queue",
    "O2": "update event_delivery set status = 'done', done_at = null",
    "P1": "update command_log set input_hash = 'x'",
    "P2": "delete from command_log",
    "P3": "delete from tender where line_no = 1",
    "P4": "update invoice_line set quantity = quantity + 100 where original_line_no is not null",
    "P5": "update register_shift set expected_cash = expected_cash + 1 where status = 'closed'",
    "P6": "update advance_voucher set amount = amount + 1",
    "P7": "update number_series set next_number = 9 where document_type = 'advance_receipt'",
    "P8": "update register_shift set z_number = 7 where status = 'closed'",
    "P9": "update tender set amount = amount + 1, tendered = tendered + 1"
    " where method = 'exchange' and sale_id in (select id from sale where kind = 'sale')",
    "L11": "delete from ledger_queue",
    "L12": "update journal_line set note = note || '.' where entry_id ="
    " (select entry_id from ledger_seal order by sequence limit 1)",
    "IN1": "alter table interest_charge disable trigger interest_charge_kept;"
    " update interest_charge set amount = amount + 1",
    "IN2": "alter table interest_charge disable trigger all;"
    " insert into interest_charge (tenant_id, id, company_id, party_id, item_id, invoice_id, note_id,"
    " from_day, to_day, percent, amount, user_id) select tenant_id, gen_random_uuid(), company_id, party_id,"
    " item_id, invoice_id, note_id, from_day + 1, to_day, percent, amount, user_id from interest_charge",
    "L9": "delete from open_item where id = (select id from open_item order by id limit 1)",
    "L10": "update open_item set settled = settled - 1 where settled > 1",
    "PM1": "update payment set amount = amount + 1",
    "PM2": "delete from payment where method = 'cheque'",
    "SA1": "update service_advance_left set amount = amount + 1",
    "SA2": "update service_advance_step set amount = amount - 1",
    "P10": "update party set gst_category = 'regular', gstin = null",
    "P11": "delete from party_role",
    "P12": "delete from offline_sale",
    "S1": "update stock_balance set on_hand = on_hand + 1",
    "S2": "alter table stock_balance drop constraint ck_stock_balance_on_hand,"
    " drop constraint ck_stock_balance_reserved, drop constraint ck_stock_balance_value;"
    " update stock_balance set on_hand = -1",
    "S5": "update lot set expires_on = current_date - 30",
    "S5b": "update stock_move set recorded_at = now() + interval '1 hour'",
    "S6": "update stock_transfer_record set quantity = quantity + 1",
    "S6b": "update stock_balance set on_hand = 0, reserved = 0, value = 0 where location_id in"
    " (select transit_location_id from stock_transfer)",
    "S7": "update stock_balance set value = value + 1 where on_hand > 0",
    "S8": "alter table invoice_line drop constraint ck_invoice_line_not_above_mrp; update invoice_line set mrp = 1",
    "S10": "update stock_count_line set value = value + 1",
    "S11": "update stock_count_line set counted_by = gen_random_uuid()"
    " where counted_by is not null",
    "S12": "update goods_receipt_line set value = value + 1",
    "S13": "update stock_quarantine_decision set id = gen_random_uuid()",
    "S14": "update dispensing set value = value + 1",
    "S15": "delete from quality_answer",
    "S16": "insert into stock_snapshot_line select s.tenant_id, s.id, b.location_id, b.variant_id, 1, 1"
    " from stock_snapshot s join lateral (select * from stock_balance b"
    " where b.tenant_id = s.tenant_id limit 1) b on true",
    "S17": "update lot set received_at = received_at + interval '1 hour'",
    "S18": "update stock_move set effective_at = now() + interval '9 days' where origin_type = 'goods_receipt'",
    "T5": "grant truncate on brand to erp_app",
    "T6": "create table odd (tenant_id uuid, code text unique)",
    "T7": "alter table brand no force row level security",
    "V1": "update sales_order_progress set delivered = delivered + 1",
    "V2": "update sales_order set status = 'quoted', number = null, quotation_number = 'QT'"
    " where ended_at is null",
    "V3": "update coupon set max_uses = 9",
    "Y1": "update loyalty_lot set remaining = remaining + 1",
    "Y2": "update loyalty_programme set worth = worth + 1",
    "Y3": "update loyalty_entry set points = points * 100 where kind = 'reverse'",
}


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
    """Take a laboratory's file in, and book an appointment."""
    code = shop.run("party.get_party", {"party_id": patient_id}).code
    content = oru("H1", observed("4548-4", "5.4", "%"), code=code, name="Asha", born="")
    assert bring(shop, open_lab(shop), content).taken == 1
    camera = shop.run("imaging.register_device", {"code": "slit-1", "name": "Slit lamp"}).id
    given = {"patient_id": patient_id, "device_id": camera, "procedure": "Fundus", "time": "10:00"}
    tomorrow = str(shop.ctx.today + timedelta(days=1))
    shop.run("imaging.book_appointment", given | {"day": tomorrow})


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
    """Leave goods on their way to another branch, some of which came."""
    line = {"variant_id": variant_id, "quantity": 3}
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


@pytest.fixture(scope="module")
def court(stack, environment, worker_number) -> Iterator[Engine]:
    """A superuser's engine on a database that a shop has traded in."""
    assert environment
    name = f"court_{worker_number}"
    copy_template(stack, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(get_settings(), "database_url", stack.postgres.url(name))
        db.dispose()
        traded()
    db.dispose()
    engine = create_engine(db.driver_url(stack.postgres.url(name)))
    yield engine
    engine.dispose()


def judged(engine: Engine, code: str, sabotage: str = "") -> platform.Verdict:
    """Return a referee's verdict after a sabotage that is undone again."""
    with Session(engine) as session:
        db.execute(session, "set local session_replication_role = replica")
        db.raw(session).execute(sabotage.encode())
        return verifying._judge(session, verifying._REFEREES[code])


def test_every_referee_has_its_sabotage_here():
    assert verifying._REFEREES.keys() == SABOTAGE.keys()


@pytest.mark.parametrize("code", SABOTAGE)
def test_a_referee_holds_on_sound_data_and_sees_the_damage(court, code):
    sound = judged(court, code)
    assert sound.holds, sound.offender
    assert sound.examined > 0
    assert not judged(court, code, SABOTAGE[code]).holds
