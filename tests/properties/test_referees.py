"""Every referee turns red when what it guards is broken, and only then."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.settings import get_settings
from erp.services import platform
from erp.services.platform import verifying
from tests.factories import DOMAINS
from tests.fixtures.databases import copy_template
from tests.properties.judged_shop import traded

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
    "C3": "update brand set is_active = false, merged_into_id = tenant_id",
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
