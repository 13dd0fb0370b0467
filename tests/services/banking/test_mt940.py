"""MT940: statements of one account that follow each other and add up, or the file is refused."""

import time
from decimal import Decimal
from pathlib import Path

import pytest

from erp.models.banking import FileFormat
from erp.services import banking
from erp.services.banking.swift_statement import is_mt940
from tests.factories import Shop, broken_promises
from tests.services.banking.statements import bank_account, bring, declined
from tests.services.banking.test_reading import reading

MT940 = (Path(__file__).parents[2] / "data/banks/statement.mt940").read_bytes()


def one_line(details: str, line: str = "2611211121D50,00NCHGNONREF") -> bytes:
    """Return a statement of one line with its field 86."""
    return (
        f":20:A\n:25:50200012345678\n:28C:1/1\n:60F:C261120INR1420,00\n:61:{line}\n"
        f":86:{details}\n:62F:C261121INR1370,00\n"
    ).encode()


def test_statements_of_one_file_become_one_table():
    text = banking.read_bank_file(MT940)
    assert (text.format, text.facts) == (
        FileFormat.MT940,
        {
            "number": "50200012345678",
            "ifsc": "HDFC0000001",
            "currency": "INR",
            "opening": "1000.00",
            "closing": "1370.00",
        },
    )
    found = reading(MT940)
    assert found.problems == ()
    assert [(x.booked_on.day, x.amount, x.bank_ref) for x in found.lines] == [
        (20, Decimal("420.00"), "BANK1"),
        (21, Decimal("-50.00"), "BANK2"),
    ]
    first, second = found.lines
    assert (first.text, first.reference, first.counterparty) == (
        "UPI & Asha UTR9",
        "UTR9",
        "Asha Stores",
    )
    assert (second.text, second.reference) == ("Charges of November, branch Pune", "")


@pytest.mark.parametrize(
    ("details", "text", "party", "reference"),
    [
        ("Plain words\nover two lines", "Plain words over two lines", "", ""),
        ("/NAME/Asha Stores/REMI/Bill 7/EREF/X9", "Bill 7", "Asha Stores", "X9"),
        ("166?00NEFT?20Bill?21 7 of May?32Asha?33 Stores", "NEFT Bill 7 of May", "Asha Stores", ""),
        ("", "NCHG", "", ""),
    ],
)
def test_field_86_is_read_structured_coded_and_plain(details, text, party, reference):
    (line,) = reading(one_line(details)).lines
    assert (line.text, line.counterparty, line.reference) == (text, party, reference)


@pytest.mark.parametrize("mark", ["D", "RC", "d"])
def test_what_was_credited_by_mistake_and_taken_back_is_a_debit(mark):
    (line,) = reading(one_line("x", f"2611211121{mark}50,00NCHGNONREF")).lines
    assert line.amount == -50


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_that_banks_write_are_read(encoding):
    content = one_line("Caf\u00e9 Rao").decode().encode(encoding)
    assert reading(content).lines[0].text == "Caf\u00e9 Rao"


def test_an_entry_of_the_first_days_may_be_valued_in_the_year_before():
    (line,) = reading(one_line("x", "2512310101D50,00NCHGNONREF")).lines
    assert (line.booked_on.isoformat(), line.value_on.isoformat()) == ("2026-01-01", "2025-12-31")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (MT940[: MT940.rindex(b":62F:")], "no closing balance"),
        (MT940.replace(b"C420,00", b"C42,00"), "Statement 1 begins with 1,000.00"),
        (MT940.replace(b"D50,00", b"D50,01"), "its lines are -50.01"),
        (MT940.replace(b":60F:C261120", b":60F:D261120"), "Statement 2"),
        (one_line("x") + one_line("x"), "the one before ends with 1,370.00"),
        (one_line("x", "2613211121D50,00NCHGNONREF"), "cannot be read"),
        (MT940.replace(b"5678\n:28C:121", b"9999\n:28C:121"), "several accounts"),
        (one_line("x").replace(b":61:2611211121D50,00NCHGNONREF\n:86:x\n", b"").replace(b"1370", b"1420"),
         "no booked lines"),
    ],
)  # fmt: skip
def test_a_file_that_is_cut_off_or_does_not_add_up_is_refused(content, says):
    with pytest.raises(banking.UnreadableBankFile, match=says):
        banking.read_bank_file(content)


def test_lines_without_their_kind_are_refused_and_none_is_lost():
    lines = (
        ":61:2611211121C70,00\n:86:a\n:61:2611211121D70,00\n:86:b\n:61:2611211121D50,00NCHGNONREF"
    )
    content = one_line("x").replace(b":61:2611211121D50,00NCHGNONREF", lines.encode())
    with pytest.raises(banking.UnreadableBankFile, match="without its kind"):
        banking.read_bank_file(content)


def test_a_large_file_that_only_begins_like_one_is_told_apart_at_once():
    before = time.process_time()
    assert not is_mt940(b":20:A\n" * 20_000)
    assert time.process_time() - before < 1


def test_a_statement_is_imported_with_its_balances(trader: Shop):
    made = bring(trader, bank_account(trader), MT940)
    assert (made.lines, made.opening, made.closing) == (2, 1000, 1370)
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("about", "change", "says"),
    [
        ({"number": "999900001111"}, (b"", b""), "of account 50200012345678"),
        ({"ifsc": "SBIN0000001"}, (b"", b""), "of branch HDFC0000001"),
        ({}, (b"INR", b"USD"), "in USD"),
    ],
)
def test_a_file_of_another_account_is_refused(trader: Shop, about, change, says):
    account = bank_account(trader, **about)
    with declined(trader, banking.WrongStatement, says):
        bring(trader, account, MT940.replace(*change) if change[0] else MT940)
