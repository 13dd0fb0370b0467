"""GST documents: what is read of them, and that the posted ones never change."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import NotFound, PermissionDenied
from erp.services import pos
from tests.factories import Shop
from tests.services.trading import add_customer, add_goods, rows

FIRM = {"gst_category": "regular", "gstin": "27ZZZPZ0103Z1Z6", "name": "Prakash Medicals"}


def sold(trader: Shop, **more):
    return trader.sell({trader.variant_ids[0]: 2}, **more)


def invoice(trader: Shop, sale):
    return trader.run("billing.get_invoice", {"invoice_id": sale.invoice_id})


def test_a_bill_to_a_registered_buyer_is_a_tax_invoice_that_names_them(trader: Shop):
    found = invoice(trader, sold(trader, customer_id=add_customer(trader, **FIRM)))
    assert found.kind == "tax_invoice"
    assert (found.recipient["name"], found.recipient["gstin"]) == (FIRM["name"], FIRM["gstin"])


def test_a_bill_of_exempt_goods_is_a_bill_of_supply(trader: Shop):
    book = add_goods(trader, rate="0", treatment="exempt")
    found = invoice(trader, trader.sell({book: 1}))
    assert (found.kind, found.cgst + found.sgst + found.igst) == ("bill_of_supply", 0)


def test_a_document_keeps_its_buyer_and_rate_whatever_changes_later(trader: Shop):
    buyer = add_customer(trader, name="Old name")
    sale = sold(trader, customer_id=buyer)
    before = invoice(trader, sale)
    trader.run("party.update_party", {"party_id": buyer, "name": "New name"})
    assert invoice(trader, sale) == before


def test_every_line_says_why_its_price_is_what_it_is(trader: Shop):
    found = invoice(trader, sold(trader))
    assert found.lines[0].price_trace["source"] == "lot_mrp"
    assert found.lines[0].price_trace["mrp"] == "105.00"


def test_a_note_and_its_invoice_point_at_each_other(trader: Shop):
    sale = sold(trader)
    back = {"sale_id": sale.sale_id, "shift_id": trader.shift_id, "reason": "Broken"}
    note = trader.run("pos.post_return", back | {"lines": [{"line_no": 1, "quantity": 1}]})
    assert [d.number for d in invoice(trader, sale).related] == [note.number]
    of_note = trader.run("billing.get_invoice", {"invoice_id": note.invoice_id})
    assert [d.number for d in of_note.related] == [sale.number]
    assert invoice(trader, sale).lines[0].returned == 1


def test_documents_are_found_by_kind_buyer_day_number_and_name(trader: Shop):
    buyer = add_customer(trader, **FIRM)
    named, nameless = sold(trader, customer_id=buyer), sold(trader)
    today = trader.ctx.today

    def found(**wanted: object):
        return {row.id for row in trader.run("billing.list_invoices", wanted).rows}

    both = {named.invoice_id, nameless.invoice_id}
    assert found() == both
    assert found(party_id=buyer) == found(search="prakash") == {named.invoice_id}
    assert found(search=nameless.number) == {nameless.invoice_id}
    assert found(from_day=today, to_day=today) == both
    assert found(from_day=today + timedelta(days=1)) == found(kind="credit_note") == set()


def test_pages_of_documents_join_without_gap_or_double(trader: Shop):
    made = [sold(trader).invoice_id for _ in range(5)]
    seen, cursor = [], ""
    while True:
        page = trader.run("billing.list_invoices", {"limit": 2, "cursor": cursor})
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == made[::-1]


def test_posted_documents_are_never_changed_or_removed(trader: Shop, owner):
    sale = sold(trader)
    for statement in (
        "update invoice set total = total + 1 where id = %s",
        "delete from invoice where id = %s",
        "update invoice_line set quantity = 9 where invoice_id = %s",
        "delete from invoice_line where invoice_id = %s",
    ):
        with pytest.raises(Exception, match="never changed or deleted"):
            owner.execute(statement, (sale.invoice_id,))


def test_the_database_refuses_a_line_above_its_mrp(trader: Shop, owner):
    sale = sold(trader)
    with pytest.raises(Exception, match="not_above_mrp"):
        owner.execute(
            "insert into invoice_line select (l).* from (select jsonb_populate_record(t, "
            " jsonb_build_object('line_no', 9, 'total', t.mrp * t.quantity + 1,"
            " 'taxable', t.mrp * t.quantity + 1, 'cgst', 0, 'sgst', 0, 'igst', 0)) as l"
            " from invoice_line t where invoice_id = %s) made",
            (sale.invoice_id,),
        )


def test_a_printed_document_is_the_stored_one(trader: Shop):
    sale = sold(trader)
    with db.unit_of_work(trader.ctx) as session:
        printed = pos.get_printed_bill(session, trader.ctx, sale.invoice_id)
    assert (printed.number, printed.totals.value) == (sale.number, sale.total)
    assert printed.lines[0].taxable_value == Decimal("200.00")
    assert printed.tenders[0].amount == Decimal("1000000.00")


@pytest.mark.parametrize("role", ["storekeeper", "technician"])
def test_only_those_who_may_see_documents_do(trader: Shop, role: str):
    sale = sold(trader)
    by = trader.acting_as(role)
    with pytest.raises(PermissionDenied):
        trader.run("billing.list_invoices", by=by)
    with pytest.raises(PermissionDenied):
        trader.run("billing.get_invoice", {"invoice_id": sale.invoice_id}, by=by)


def test_a_strangers_document_is_not_there(trader: Shop, stranger: Shop):
    theirs = sold(stranger)
    with pytest.raises(NotFound):
        invoice(trader, theirs)
    assert trader.run("billing.list_invoices").rows == []
    assert rows(trader, "select count(*) as n from invoice") == [{"n": 0}]
