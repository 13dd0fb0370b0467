"""The description of what is printed."""

import re
from collections.abc import Mapping

from erp.api.actions import BASE
from erp.api.describing_parts import BINARY, Schema, get_route, parameter
from erp.services import accounting

DAY: Schema = {"type": "string", "format": "date"}
VERSION: Mapping[str, Schema] = {"version": {"type": "integer", "minimum": 1}}
ACCOUNT: Mapping[str, Schema] = {
    "ledger": {"enum": ["customer", "supplier"]},
    "from_day": DAY,
    "to_day": DAY,
}
BOOKS: Mapping[str, Schema] = {
    "from_day": DAY,
    "to_day": DAY,
    "as_of": DAY,
    "known_on": DAY,
    "account_id": {"type": "string", "format": "uuid"},
    "group_name": {"type": "string"},
}
TRIAL: Mapping[str, Schema] = {"trial_code": {"type": "string", "maxLength": 64}}
LAYOUT: Schema = {"enum": ["receipt.pdf", "invoice.pdf"]}
WORDS: Mapping[str, Schema] = {
    "layout": LAYOUT,
    "report": {"enum": sorted([*accounting.REPORTS, "stock"])},
}
PAPERS: tuple[tuple[str, str, str, Mapping[str, Schema]], ...] = (
    (
        "invoices/{invoice_id}/{layout}",
        "print_invoice",
        "A bill as PDF, for an 80 mm roll or on A4; each call is a print, all but the first are marked",
        {},
    ),
    (
        "payments/{payment_id}/voucher.pdf",
        "print_payment",
        "The receipt, refund or payment voucher of a payment as PDF for an 80 mm roll",
        {},
    ),
    (
        "reverse-charges/{record_id}/self-invoice.pdf",
        "print_self_invoice",
        "The self-invoice of a purchase under reverse charge as PDF on A4",
        {},
    ),
    (
        "sales-orders/{order_id}/pdf",
        "print_sales_order",
        "A customer's quotation or order as PDF on A4, in its version in force unless one is named",
        VERSION,
    ),
    (
        "purchase-orders/{order_id}/pdf",
        "print_order",
        "An order to a supplier as PDF on A4, in its version in force unless one is named",
        VERSION,
    ),
    (
        "quotation-requests/{request_id}/suppliers/{supplier_id}/pdf",
        "print_request",
        "A request for quotation as PDF on A4, as it goes to one supplier",
        {},
    ),
    (
        "supplier-bills/{bill_id}/claim.pdf",
        "print_claim",
        "The debit note that claims what is too much on a supplier's bill as PDF on A4",
        {},
    ),
    (
        "supplier-returns/{return_id}/pdf",
        "print_return",
        "Goods sent back to a supplier as debit note and delivery challan, in three copies",
        {},
    ),
    (
        "transfers/{transfer_id}/challan.pdf",
        "print_challan",
        "The delivery challan of goods that left for another branch as PDF, in three copies",
        {},
    ),
    (
        "dispensings/{dispensing_id}/label.pdf",
        "print_label",
        "The label of packs that were made here as PDF",
        {},
    ),
    (
        "advances/{voucher_id}/voucher.pdf",
        "print_voucher",
        "The receipt or refund voucher of an advance as PDF for an 80 mm roll",
        {},
    ),
    (
        "petty-cash/{float_id}/book.pdf",
        "print_petty_book",
        "The book of petty cash as PDF on A4, of this month unless days are named",
        {"from_day": DAY, "to_day": DAY},
    ),
    (
        "asset-register.pdf",
        "print_register",
        "The register of fixed assets as PDF on A4, of this financial year unless days are named",
        {"from_day": DAY, "to_day": DAY, "category_id": {"type": "string", "format": "uuid"}},
    ),
    (
        "tax-blocks.pdf",
        "print_tax_blocks",
        "The blocks of assets for income tax as PDF on A4, of this financial year unless a day of another is named",
        {"day": DAY},
    ),
    (
        "statements/{party_id}/pdf",
        "print_statement",
        "A party's statement of account as PDF on A4, of this financial year unless days are named",
        ACCOUNT,
    ),
    (
        "books/{report}.pdf",
        "print_report",
        "A report of the books as PDF on A4, with what its query takes, such as days",
        BOOKS,
    ),
    (
        "bank-accounts/{bank_account_id}/reconciliation.pdf",
        "print_reconciliation",
        "A bank account's reconciliation as PDF on A4, as of the last day of its statements or another",
        {"as_of": DAY},
    ),
    (
        "patients/{patient_id}/lab-trends.pdf",
        "print_trends",
        "A patient's results over time as PDF on A4, of all days unless some are named",
        {"from_day": DAY, "to_day": DAY},
    ),
    (
        "shifts/{shift_id}/report.pdf",
        "print_shift",
        "The X report of an open shift, or the Z report of a closed one, as PDF",
        {},
    ),
    (
        "imaging/sessions/{session_id}/report-preview.pdf",
        "preview_report",
        "A session's report as it would be made now, marked as a preview and kept nowhere",
        TRIAL,
    ),
    (
        "imaging/report-preview.pdf",
        "preview_example_report",
        "The report of an invented session, to look at a template",
        TRIAL,
    ),
)
"""Route, operation, summary and what the query may say of every paper."""


def paper_paths(an_id: Schema) -> dict[str, Schema]:
    """Describe the routes of what is printed."""
    return {
        f"{BASE}/{route}": get_route(
            name, summary, _parameters(route, asked, an_id), {"application/pdf": BINARY}
        )
        for route, name, summary, asked in PAPERS
    }


def _parameters(route: str, asked: Mapping[str, Schema], an_id: Schema) -> list[Schema]:
    named = re.findall(r"{(\w+)}", route)
    path = [parameter("path", part, WORDS.get(part, an_id)) for part in named]
    query = [parameter("query", part, schema, required=False) for part, schema in asked.items()]
    return [*path, *query]
