"""A statement on paper says who owes whom how much, entry by entry."""

from datetime import date
from decimal import Decimal

from erp.adapters.pdf import PdfPrinter
from erp.core.ids import new_id
from erp.services.payments import PrintedStatement, StatementLine
from tests.pdf.documents import AT, BUYER, SELLER, text

STATEMENT = PrintedStatement(
    made_at=AT,
    time_zone="Asia/Kolkata",
    from_day=date(2026, 4, 1),
    to_day=date(2026, 11, 21),
    issuer=SELLER,
    party=BUYER,
    opening=Decimal("100.00"),
    lines=(
        StatementLine(
            day=date(2026, 5, 2),
            narration="Invoice SI/26-27/00001",
            origin_type="sales_invoice",
            origin_id=new_id(),
            debit=Decimal("123456.00"),
            credit=Decimal(0),
            balance=Decimal("123556.00"),
        ),
    ),
    closing=Decimal("123556.00"),
    standing=(("Open today", Decimal("123556.00")), ("Of it late", Decimal("456.00"))),
    words="You owe us ₹1,23,556.00.",
)


def test_everything_stands_on_the_page():
    written = text(PdfPrinter().statement(STATEMENT))
    wanted = [
        "STATEMENT OF ACCOUNT", "01-04-2026 to 21-11-2026", SELLER.name, BUYER.name, BUYER.gstin,
        "Opening balance \u20b9100.00", "Invoice SI/26-27/00001", "1,23,456.00", "1,23,556.00", "456.00",
        "You owe us",
    ]  # fmt: skip
    assert [words for words in wanted if words not in written] == []


def test_the_same_statement_makes_the_same_file():
    assert PdfPrinter().statement(STATEMENT) == PdfPrinter().statement(STATEMENT)
