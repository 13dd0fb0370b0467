"""A refusal leaves every row of trade as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from erp.core import db
from erp.core.errors import DomainError
from tests.factories import Shop

TABLES = (
    "remedy",
    "brand",
    "product",
    "variant",
    "variant_unit",
    "barcode",
    "product_substitute",
    "maker_list",
    "listed_price",
    "tax_class",
    "tax_rate",
    "party",
    "party_role",
    "warehouse",
    "location",
    "lot",
    "carrying_rate",
    "claim_terms",
    "count_interval",
    "shelf_life_term",
    "order_quantity",
    "discount_ceiling",
    "reorder_rule",
    "reorder_suggestion",
    "stock_move",
    "stock_balance",
    "stock_reservation",
    "stock_revaluation",
    "goods_receipt",
    "goods_receipt_line",
    "supplier_bill",
    "supplier_bill_line",
    "supplier_bill_decision",
    "seen_bill",
    "seen_bill_use",
    "expense_claim",
    "expense_claim_line",
    "asset",
    "bill_import",
    "bill_columns",
    "supplier_item",
    "supplier_claim",
    "landed_cost",
    "landed_cost_line",
    "landed_cost_reversal",
    "supplier_return",
    "supplier_return_line",
    "billed_goods",
    "match_tolerance",
    "purchase_order",
    "purchase_order_version",
    "purchase_order_decision",
    "purchase_order_line",
    "purchase_order_progress",
    "purchase_order_receipt",
    "purchase_requisition",
    "purchase_requisition_line",
    "purchase_requisition_order",
    "quotation_request",
    "quotation_request_line",
    "quotation_request_source",
    "quotation_request_supplier",
    "supplier_quotation",
    "supplier_quotation_line",
    "quotation_choice",
    "dispensing",
    "dispensing_source",
    "stock_quarantine",
    "stock_quarantine_decision",
    "quality_checklist",
    "quality_point",
    "quality_check",
    "quality_answer",
    "stock_transfer",
    "stock_transfer_asked",
    "stock_transfer_line",
    "stock_transfer_record",
    "stock_count",
    "stock_count_line",
    "stock_count_recording",
    "number_series",
    "journal_entry",
    "journal_line",
    "bank_account",
    "bank_statement",
    "bank_line",
    "bank_match",
    "bank_match_member",
    "bank_rule",
    "laboratory",
    "analyte",
    "analyte_code",
    "lab_file",
    "lab_row",
    "lab_report",
    "lab_report_version",
    "lab_result",
    "imaging_order",
    "imaging_slot",
    "event",
    "command_log",
    "notification",
)


def fingerprint(shop: Shop) -> dict[str, Any]:
    """Return a digest of every row of every table of trade the shop has."""
    with db.unit_of_work(shop.ctx) as session:
        return {
            table: db.raw(session)
            .execute(
                f"select md5(string_agg(t::text, '|' order by t::text)) from {table} t".encode()  # noqa: S608
            )
            .fetchone()
            for table in TABLES
        }


@contextmanager
def refused(
    shop: Shop, error: type[DomainError], *fields: str
) -> Iterator[pytest.ExceptionInfo[DomainError]]:
    """Expect a refusal that names these fields and changes nothing."""
    before = fingerprint(shop)
    with pytest.raises(error) as caught:
        yield caught
    assert fingerprint(shop) == before
    assert set(fields) <= set(caught.value.fields), caught.value.fields
