"""What banks give is read as it stands, or refused with its row and column; nothing is fetched or unfolded."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from erp.core.table_files import UnreadableTable
from erp.models.banking import FileFormat
from erp.services import banking
from erp.services.banking.reading_cells import DateOrder, guess_order, read_amount, read_day
from erp.services.banking.reading_rows import Part, guess_columns, head_of, order_of, read_lines
from erp.services.banking.wording import Words

TODAY = date(2026, 11, 22)
FILES = Path(__file__).parents[2] / "data/banks"
OFX1 = (FILES / "statement-1.ofx").read_bytes().strip()
OFX2 = (FILES / "statement-2.ofx").read_bytes().strip()
CAMT = (FILES / "statement.camt.xml").read_bytes().strip()


def reading(content, order=None):
    text = banking.read_bank_file(content)
    columns = guess_columns(text.cells[head_of(text.cells)], {})
    return read_lines(text.cells, columns, order or order_of(text.cells, columns, ""), TODAY)


@pytest.mark.parametrize(
    ("content", "format_", "facts"),
    [
        (OFX1, FileFormat.OFX, {"number", "ifsc", "currency", "closing", "from_day", "to_day"}),
        (OFX2, FileFormat.OFX, {"number", "ifsc", "currency", "closing"}),
        (CAMT, FileFormat.CAMT, {"number", "currency", "opening", "closing"}),
    ],
)
def test_formats_become_one_table(content, format_, facts):
    text = banking.read_bank_file(content)
    assert (text.format, set(text.facts)) == (format_, facts)
    assert text.facts["closing"] == "1370.00"
    found = reading(content)
    assert found.problems == ()
    assert [(x.booked_on.day, x.amount) for x in found.lines] == [
        (20, Decimal("420.00")),
        (21, Decimal("-50.00")),
    ]
    assert found.lines[0].text == "UPI & Asha UTR9"


BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
FETCH = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (OFX1[:-200], "ends too early"),
        (OFX1.replace(b"</STMTTRN>\n<STMTTRN>", b"<STMTTRN>"), "ends too early"),
        (OFX2[:-9], "cannot be read"),
        (BOMB + OFX2.partition(b"?>")[2], "cannot be read, or declares"),
        (BOMB + CAMT.partition(b"?>")[2].replace(b"Cheque", b"&b;"), "cannot be read, or declares"),
        (
            FETCH + CAMT.partition(b"?>")[2].replace(b"Cheque", b"&a;"),
            "cannot be read, or declares",
        ),
        (CAMT[:-40], "cannot be read"),
        (CAMT.replace(b"BOOK", b"PDNG"), "no booked lines"),
        (OFX1.replace(b"<ACCTTYPE>", b"<ACCTID>999<ACCTTYPE>"), "several accounts"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_files_that_are_cut_off_or_attack_are_refused(content, says):
    with pytest.raises(banking.UnreadableBankFile, match=says):
        banking.read_bank_file(content)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_a_file_is_read_in_the_encodings_that_banks_and_sheets_save(encoding):
    text = "Date,Narration,Amount\n21/11/2026,Caf\u00e9,5\n".encode(encoding)
    assert banking.read_bank_file(text).cells[1] == ["21/11/2026", "Caf\u00e9", "5"]


def test_what_is_no_text_is_refused():
    with pytest.raises(UnreadableTable, match="neither CSV nor XLSX"):
        banking.read_bank_file("Date,Amount\n21/11/2026,5\n".encode("utf-16-le"))


def test_the_head_is_found_below_the_address_and_a_list_may_begin_with_the_latest():
    content = (
        b"Example Bank\nAsha Rao, Pune\nStatement from 01/11 to 21/11,,\n"
        b"Txn Date;Remarks;Amount;Dr/Cr;Balance\n".replace(b";", b",")
        + b"21/11/2026,Charges,118.00,DR,882.00\n20/11/2026,NEFT,1000.00,CR,1000.00 Cr\n"
        b"Total,,1118.00,,\nOpening Balance,,,,0.00\n"
    )
    found = reading(content)
    assert found.problems == ()
    assert [x.amount for x in found.lines] == [Decimal(1000), Decimal(-118)]
    assert found.opening == 0


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("31/02/26,x,,5.00,,", "Row 3, Date: 31/02/26 is no day."),
        ("23/11/26,x,,5.00,,", "Row 3, Date: 23/11/26 has not come."),
        ("21/11/26,x,,5.00,6.00,", "Row 3, Credit: both a debit and a credit"),
        ("21/11/26,x,,five,,", "Row 3, Debit: five is no amount."),
        ("21/11/26,x,,5.001,,", "Row 3, Debit: 5.001 is no amount."),
        ("21/11/26,x,,=1+1,,", "Row 3, Debit: =1+1 is a formula."),
        ("21/11/26,x,,5.00,,90.00", "Row 3, Balance: "),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row, says):
    head = "Date,Text,Ref No,Debit,Credit,Balance"
    found = reading(f"{head}\n20/11/26,y,,,100.00,100.00\n{row}\n".encode(), DateOrder.DMY)
    assert [problem.said[: len(says)] for problem in found.problems] == [says]


def test_debits_may_all_bear_their_sign_but_not_some():
    head = "Date,Text,Debit,Credit"
    for debit in ("500.00 Dr", "-500.00", "500.00"):
        found = reading(f"{head}\n20/11/26,y,{debit},\n21/11/26,x,,5 Cr\n".encode())
        assert [line.amount for line in found.lines] == [-500, 5], debit
    mixed = reading(f"{head}\n20/11/26,y,-5,\n21/11/26,x,6,\n21/11/26,x,,-7\n".encode())
    assert [problem.said[:14] for problem in mixed.problems] == ["Row 3, Debit: ", "Row 4, Credit:"]


def test_days_and_amounts_are_read_as_banks_write_them():
    day = date(2026, 11, 2)
    for text in (
        "02/11/26",
        "2-11-2026 13:45",
        "02-Nov-2026",
        "Nov 2, 2026",
        "2026-11-02T10:00:00",
    ):
        assert read_day(text, DateOrder.DMY) == day, text
    assert read_day("11/02/2026", DateOrder.MDY) == day
    assert read_day("01/01/0001", DateOrder.DMY) == date.min
    assert guess_order(["11/22/2026"]) is DateOrder.MDY
    amounts = ("1,234.50", "₹ 1,234.50", "Rs.1234.50 Cr", "INR 1234.5")
    assert {read_amount(text) for text in amounts} == {Decimal("1234.50")}
    for text in ("1.234,50", "1234,50 Cr", "\u20b9 1.234,50"):
        assert read_amount(text) == Decimal("1234.50"), text
    assert read_amount("1,23,456") == 123456
    for text in ("(5.00)", "-5", "5.00 Dr", "Rs -5", "(5,00)"):
        assert read_amount(text) == -5, text
    assert {read_amount(text) for text in ("", "x", "1.005", "1e9", "9" * 14, "NaN")} == {None}


def test_columns_are_read_as_they_were_saved():
    headers = ["When", "What", "Out", "In"]
    saved = {"date": "when", "text": "what", "debit": "out", "credit": "in"}
    assert guess_columns(headers, saved)[Part.CREDIT] == 3
    assert guess_columns(["Date", "Debit"], saved) == {Part.DATE: 0, Part.DEBIT: 1}


def test_numbers_and_names_are_found_in_a_banks_words():
    words = Words(("NEFT-HDFCN52026112200013-NIRMALA STORES-INV/26-27/00012", "004512"))
    assert words.mention("INV/26-27/00012")
    assert words.mention("4512")
    assert not words.mention("451")
    assert not words.mention("NEFT")
    assert words.name("Nirmala Stores")
    assert not words.name("Stores Private Limited")
    assert not words.name("Nirmala Kulkarni")
