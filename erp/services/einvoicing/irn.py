"""The invoice reference number. Pure. Source: domain rules 1.11."""

from hashlib import sha256
from typing import Final

TYPES: Final = {"tax_invoice": "INV", "credit_note": "CRN", "debit_note": "DBN"}
"""The portal's type of each kind of document that may need a number."""


def invoice_reference(gstin: str, fiscal_year: str, document_type: str, number: str) -> str:
    """Return the reference number of a document, as the portal works it out too.

    Args:
        gstin: The supplier's.
        fiscal_year: As `2025-26`.
        document_type: `INV`, `CRN` or `DBN`.
        number: Taken in upper case.
    """
    named = f"{gstin}{fiscal_year}{document_type}{number.upper()}"
    return sha256(named.encode()).hexdigest()
