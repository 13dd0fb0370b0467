"""Read whatever a bank gives: CSV, XLSX, OFX, CAMT.053 or MT940 become one table."""

from erp.core.table_files import read_table
from erp.models.banking import FileFormat
from erp.services.banking.camt import read_camt
from erp.services.banking.file_text import BankText, check_size
from erp.services.banking.ofx import read_ofx
from erp.services.banking.swift_statement import is_mt940, read_mt940

_HEAD = 4000
"""Bytes in which a file says what it is."""


def read_bank_file(content: bytes) -> BankText:
    """Return a file's rows as a table, whatever its format; its name decides nothing.

    Raises:
        UnreadableBankFile, UnreadableTable: It is too large, cut off, of no known format, or tries
            to make its reader fetch or unfold something.
    """
    check_size(content)
    head = content[:_HEAD]
    if b"BkToCstmrStmt" in head:
        return read_camt(content)
    if b"<OFX>" in head:
        return read_ofx(content)
    if is_mt940(content):
        return read_mt940(content)
    return BankText(FileFormat.TABLE, read_table(content))
