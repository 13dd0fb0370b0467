"""An order's invoice is cancelled: its number stays, nothing else of it."""

import json
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from erp.adapters.pdf import PdfPrinter
from erp.core import db
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services import pos
from erp.services.accounting import PeriodClosed
from erp.services.billing import CancelledBefore, NotCancellable
from tests.factories import Shop, broken_promises
from tests.pdf.documents import text
from tests.services.billing.test_taking_back import invoiced, on_shelf, take_back
from tests.services.books import balance
from tests.services.gst_returns.months import at, detail, file_return, invoice, prepare, product
from tests.services.inventory.past_goods import second_branch
from tests.services.sales.ordering import buyer, deliver, goods, order, reserved
from tests.services.sales.ordering import detail as order_of
from tests.services.trading import journal, rows, snapshot

WHY = "Billed to the wrong customer"


def cancel(shop: Shop, sent: Any, **more: Any) -> Any:
    """Cancel the invoice of a delivery."""
    given = {"invoice_id": sent.invoice_id, "reason": WHY}
    return shop.run("billing.cancel_invoice", given, **more)


def refused(shop: Shop, sent: Any, words: str) -> None:
    """Expect a cancellation to be refused with words, and to change nothing."""
    before = snapshot(shop)
    with pytest.raises(NotCancellable, match=words) as said:
        cancel(shop, sent)
    assert said.value.fields["invoice_id"] == said.value.message
    assert snapshot(shop) == before
    asked = shop.run("billing.get_cancelling", {"invoice_id": sent.invoice_id})
    assert (asked.is_possible, asked.words) == (False, said.value.message)


def read(shop: Shop, sent: Any) -> Any:
    return shop.run("billing.get_invoice", {"invoice_id": sent.invoice_id})


def test_a_cancelled_invoice_leaves_nothing_but_its_number(trader: Shop):
    before = on_shelf(trader)
    made = order(trader, buyer(trader), goods(trader, 10))
    sent = deliver(trader, made, 10)
    assert trader.run("billing.get_cancelling", {"invoice_id": sent.invoice_id}).is_possible
    done = cancel(trader, sent)
    assert not trader.run("billing.get_cancelling", {"invoice_id": sent.invoice_id}).is_possible
    assert (done.number, done.total, done.order_id) == (sent.number, sent.total, made.id)
    assert on_shelf(trader) == before
    for account in ("debtors", "output_cgst", "output_sgst", "sales_5", "cogs", "round_off"):
        assert balance(trader, account) == 0, account
    found = read(trader, sent)
    assert (found.cancelled.reason, found.number) == (WHY, sent.number)
    listed = trader.run("billing.list_invoices", {"standing": "cancelled"}).rows
    assert [row.number for row in listed] == [sent.number]
    assert trader.run("billing.list_invoices", {"standing": "posted"}).rows == []
    assert broken_promises() == []


def test_the_entry_is_the_opposite_of_the_sale_dated_now(trader: Shop):
    sent = invoiced(trader)
    cancel(trader, sent, at=trader.ctx.now)
    (made,) = rows(trader, "select id, cancelled_on from invoice_cancellation")
    sale = journal(trader, sent.invoice_id)
    assert journal(trader, made["id"]) == {(name, cr, dr) for name, dr, cr in sale}
    assert made["cancelled_on"] == trader.ctx.today


def test_the_order_is_open_again_and_keeps_goods(trader: Shop):
    made = order(trader, buyer(trader), goods(trader, 10))
    sent = deliver(trader, made, 10)
    assert order_of(trader, made).status == "closed"
    cancel(trader, sent)
    found = order_of(trader, made)
    assert (found.status, found.lines[0].delivered, found.lines[0].kept) == ("confirmed", 0, 10)
    again = deliver(trader, made, 10)
    assert again.number != sent.number
    told = [(one.number, one.is_cancelled) for one in order_of(trader, made).deliveries]
    assert told == [(again.number, False), (sent.number, True)]
    assert broken_promises() == []


def test_a_part_of_an_order_is_cancelled_alone(trader: Shop):
    made = order(trader, buyer(trader), goods(trader, 10))
    first, second = deliver(trader, made, 4), deliver(trader, made, 3)
    cancel(trader, first)
    assert order_of(trader, made).lines[0].delivered == 3
    assert balance(trader, "debtors") == second.total
    assert broken_promises() == []


def test_an_order_whose_rest_was_given_up_stays_ended(trader: Shop):
    made = order(trader, buyer(trader), goods(trader, 10))
    sent = deliver(trader, made, 4)
    ended = {"order_id": made.id, "version": 1, "reason": "The customer has enough"}
    trader.run("sales.finish_order", ended)
    cancel(trader, sent)
    assert order_of(trader, made).status == "closed"
    assert reserved(trader, trader.variant_ids[0]) == 0
    assert broken_promises() == []


def test_what_is_paid_is_set_apart_first_and_stays_settled_after(trader: Shop):
    sent = invoiced(trader)
    party = read(trader, sent).party_id
    paid = {"party_id": party, "amount": "100.00", "method": "bank"}
    trader.run("payments.receive_payment", paid)
    refused(trader, sent, "₹100.00 of .* are settled")
    items = trader.run("payments.list_items", {"party_id": party, "is_open": False}).rows
    mine = next(item for item in items if item.open != item.amount and item.amount == sent.total)
    trader.run("payments.set_apart", {"item_id": mine.id, "reason": "Paid for something else"})
    cancel(trader, sent)
    assert balance(trader, "debtors") == -100
    with pytest.raises(CancelledBefore):
        trader.run("payments.set_apart", {"item_id": mine.id, "reason": "Again"})
    assert broken_promises() == []


def test_an_invoice_with_a_note_is_not_cancelled_and_none_follows_a_cancelled_one(trader: Shop):
    sent = invoiced(trader)
    take_back(trader, sent, 1)
    refused(trader, sent, "credit note instead")
    other = invoiced(trader, name="Other Stores")
    cancel(trader, other)
    before = snapshot(trader)
    with pytest.raises(CancelledBefore):
        take_back(trader, other, 1)
    with pytest.raises(CancelledBefore):
        cancel(trader, other)
    assert snapshot(trader) == before


def test_a_till_bill_and_a_note_are_met_otherwise(trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 1})
    refused(trader, sale, "Return its goods there")
    note = take_back(trader, invoiced(trader), 1)
    refused(trader, type("Note", (), {"invoice_id": note.id}), "is a note")
    with pytest.raises(NotFound):
        cancel(trader, type("None", (), {"invoice_id": new_id()}))


def test_another_branch_does_not_cancel(trader: Shop):
    sent = invoiced(trader)
    elsewhere = second_branch(trader)
    with pytest.raises(NotCancellable, match="Cancel it there"):
        cancel(elsewhere, sent)


def test_closed_books_take_no_cancellation(trader: Shop):
    sent = invoiced(trader)
    (month,) = rows(trader, "select id from period where starts_on <= %s and ends_on >= %s",
                    trader.ctx.today, trader.ctx.today)  # fmt: skip
    given = {"period_id": month["id"], "status": "closed", "reason": "Done"}
    trader.run("accounting.set_period_status", given)
    with pytest.raises(PeriodClosed):
        cancel(trader, sent)


def test_the_paper_says_that_it_is_cancelled(trader: Shop):
    sent = invoiced(trader)
    cancel(trader, sent)
    with db.unit_of_work(trader.ctx) as session:
        printed = pos.get_printed_bill(session, trader.ctx, sent.invoice_id)
    for paper in (PdfPrinter().invoice(printed), PdfPrinter().receipt(printed)):
        words = " ".join(text(paper).split())
        assert "CANCELLED" in words
        assert WHY in words


def test_the_return_counts_it_as_cancelled_and_states_nothing_of_it(trader: Shop):
    """Cancelled in the month after: neither month's figures know of it, and both are proved."""
    variant = product(trader, "30049014", "5", "210.00")
    customer = buyer(trader, credit_limit="10000000.00")
    stands = invoice(trader, 5, customer, (variant, 10, "100.00"))
    gone = invoice(trader, 6, customer, (variant, 4, "100.00"))
    cancel(trader, gone, at=at(2, 11))
    made = prepare(trader)
    assert (detail(trader, made).differences, made.blocking) == ([], 0)
    file = trader.run("gst_returns.get_portal_file", {"return_id": made.id})
    portal = json.loads(file.content)
    (used,) = portal["doc_issue"]["doc_det"][0]["docs"]
    assert (used["totnum"], used["cancel"], used["net_issue"]) == (2, 1, 1)
    named = [one["inum"] for buyer_ in portal["b2b"] for one in buyer_["inv"]]
    assert named == [stands.number]
    file_return(trader, prepare(trader))
    later = detail(trader, prepare(trader, month=11))
    assert (later.differences, later.figures["total"]["cgst"]) == ([], "0.00")
    file_return(trader, prepare(trader, month=11), 11)
    assert broken_promises() == []


def test_an_invoice_of_a_filed_period_is_met_by_a_note(trader: Shop):
    variant = product(trader, "30049014", "5", "210.00")
    sent = invoice(trader, 5, buyer(trader), (variant, 10, "100.00"))
    file_return(trader, prepare(trader))
    refused(trader, sent, "is filed. Take the goods back with a credit note")


@pytest.mark.parametrize("state", ["noted", "settled", "filed", "kind"])
def test_the_database_refuses_what_the_command_would(trader: Shop, state: str):
    variant = product(trader, "30049014", "5", "210.00")
    customer = buyer(trader)
    sent = invoice(trader, 5, customer, (variant, 10, "100.00"))
    subject = sent.invoice_id
    if state == "noted":
        take_back(trader, sent, 1)
    elif state == "settled":
        paid = {"party_id": customer, "amount": "100.00", "method": "bank"}
        trader.run("payments.receive_payment", paid)
    elif state == "filed":
        file_return(trader, prepare(trader))
    else:
        subject = trader.sell({trader.variant_ids[0]: 1}).invoice_id
    name = f"invoice_cancellation_{state}"
    with pytest.raises(CheckViolation) as refused_by, db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            "insert into invoice_cancellation (tenant_id, id, company_id, branch_id, invoice_id, reason, cancelled_on,"
            " cancelled_at, user_id) select tenant_id, uuidv7(), company_id, branch_id, id, 'x', issued_on, now(),"
            " user_id from invoice where tenant_id = %s and id = %s",
            (trader.tenant_id, subject),
        )  # fmt: skip
    assert refused_by.value.diag.constraint_name == name
    assert rows(trader, "select 1 from invoice_cancellation") == []
