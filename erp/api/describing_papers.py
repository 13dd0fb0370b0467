"""The description of what is printed."""

from erp.api.actions import BASE
from erp.api.describing_parts import BINARY, Schema, get_route, parameter


def paper_paths(an_id: Schema) -> dict[str, Schema]:
    """Describe the routes of what is printed."""
    flag: Schema = {"type": "boolean", "default": False}
    day: Schema = {"type": "string", "format": "date"}
    return {
        f"{BASE}/invoices/{{invoice_id}}/{{layout}}": get_route(
            "print_invoice",
            "A bill as PDF, for an 80 mm roll or on A4",
            [
                parameter("path", "invoice_id", an_id),
                parameter("path", "layout", {"enum": ["receipt.pdf", "invoice.pdf"]}),
                parameter("query", "duplicate", flag, required=False),
            ],
            {"application/pdf": BINARY},
        ),
        f"{BASE}/sales-orders/{{order_id}}/pdf": get_route(
            "print_sales_order",
            "A customer's quotation or order as PDF on A4, in its version in force unless one is named",
            [
                parameter("path", "order_id", an_id),
                parameter("query", "version", {"type": "integer", "minimum": 1}, required=False),
            ],
            {"application/pdf": BINARY},
        ),
        f"{BASE}/purchase-orders/{{order_id}}/pdf": get_route(
            "print_order",
            "An order to a supplier as PDF on A4, in its version in force unless one is named",
            [
                parameter("path", "order_id", an_id),
                parameter("query", "version", {"type": "integer", "minimum": 1}, required=False),
            ],
            {"application/pdf": BINARY},
        ),
        f"{BASE}/quotation-requests/{{request_id}}/suppliers/{{supplier_id}}/pdf": get_route(
            "print_request",
            "A request for quotation as PDF on A4, as it goes to one supplier",
            [parameter("path", name, an_id) for name in ("request_id", "supplier_id")],
            {"application/pdf": BINARY},
        ),
        f"{BASE}/supplier-returns/{{return_id}}/pdf": get_route(
            "print_return",
            "Goods sent back to a supplier as debit note and delivery challan, in three copies",
            [parameter("path", "return_id", an_id)],
            {"application/pdf": BINARY},
        ),
        f"{BASE}/transfers/{{transfer_id}}/challan.pdf": get_route(
            "print_challan",
            "The delivery challan of goods that left for another branch as PDF, in three copies",
            [parameter("path", "transfer_id", an_id)],
            {"application/pdf": BINARY},
        ),
        f"{BASE}/dispensings/{{dispensing_id}}/label.pdf": get_route(
            "print_label",
            "The label of packs that were made here as PDF",
            [parameter("path", "dispensing_id", an_id)],
            {"application/pdf": BINARY},
        ),
        f"{BASE}/advances/{{voucher_id}}/voucher.pdf": get_route(
            "print_voucher",
            "The receipt or refund voucher of an advance as PDF for an 80 mm roll",
            [parameter("path", "voucher_id", an_id)],
            {"application/pdf": BINARY},
        ),
        f"{BASE}/statements/{{party_id}}/pdf": get_route(
            "print_statement",
            "A party's statement of account as PDF on A4, of this financial year unless days are named",
            [
                parameter("path", "party_id", an_id),
                parameter("query", "ledger", {"enum": ["customer", "supplier"]}, required=False),
                parameter("query", "from_day", day, required=False),
                parameter("query", "to_day", day, required=False),
            ],
            {"application/pdf": BINARY},
        ),
        f"{BASE}/shifts/{{shift_id}}/report.pdf": get_route(
            "print_shift",
            "The X report of an open shift, or the Z report of a closed one, as PDF",
            [parameter("path", "shift_id", an_id)],
            {"application/pdf": BINARY},
        ),
    }
