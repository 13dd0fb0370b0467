"""The worked month of the domain rules comes out field by field."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from erp.services.gst_returns.checking import problems_of
from erp.services.gst_returns.gstr1 import gstr1
from erp.services.gst_returns.gstr3b import (
    gstr3b,
    gstr3b_cells,
    inter_state_rows,
    inter_state_stated,
)
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.issued import number_ranges
from erp.services.gst_returns.law import LAW, LimitKind, limit_on
from erp.services.gst_returns.outward import DocumentKind, Entry, Original, classify
from erp.services.gst_returns.portal_text import portal_text
from erp.services.gst_returns.setting_off import (
    set_off,
)
from tests.services.gst_returns.example_month import (
    MONTH,
    example,
    outward_documents,
    purchases,
    reversals,
)

CELLS = {
    "3.1(a)": "3.1(a)",
    "3.1(b)": "3.1(b)",
    "3.1(c)": "3.1(c)",
    "3.1(d)": "3.1(d)",
    "3.1(e)": "3.1(e)",
    "4(A)(3)": "4(A)(3)_reverse_charge",
    "4(A)(5)": "4(A)(5)_all_other",
    "4(B)(1)": "4(B)(1)",
    "4(B)(2)": "4(B)(2)",
    "4(C)": "4(C)_net",
}
NAMES = {"txval": "taxable", "iamt": "igst", "camt": "cgst", "samt": "sgst"}


def test_gstr1_of_the_month_equals_the_example_field_by_field() -> None:
    documents = outward_documents()
    file = gstr1(MONTH["company"]["gstin"], MONTH["period"], documents, entries())
    assert json.loads(portal_text(file), parse_float=Decimal) == MONTH["expected_gstr1"]


def entries() -> list[Entry]:
    return classify(outward_documents(), lambda _: Decimal(100000))


def test_gstr3b_of_the_month_equals_the_example_cell_by_cell() -> None:
    cells = gstr3b_cells(entries(), purchases(), reversals())
    expected = MONTH["expected_gstr3b"]
    for ours, theirs in CELLS.items():
        for name, amount in expected[theirs].items():
            assert getattr(cells[ours], NAMES[name]) == Decimal(amount), (ours, name)
    assert cells["5 intra"].taxable == Decimal(expected["5_composition_exempt_nil_intra"])
    rows = [
        {"pos": place, "txval": f"{heads.taxable}", "iamt": f"{heads.igst}"}
        for place, heads in inter_state_rows(entries(), composition=False)
    ]
    assert rows == expected["3.2_unregistered"]
    file = gstr3b("27", "102025", cells, inter_state_stated(entries(), {})[0])
    assert file["sup_details"]["osup_zero"]["txval"] == Decimal("9600.00")
    assert file["inter_sup"]["unreg_details"][0]["iamt"] == Decimal("4704.70")


def test_a_missing_number_is_named() -> None:
    documents = [one for one in outward_documents() if one.number != "INV/25-26/0003"]
    first, _ = number_ranges(documents)
    assert first.missing == ("INV/25-26/0003",)
    assert (first.total, first.cancelled) == (7, 1)


def test_the_month_of_the_example_has_no_problem() -> None:
    assert problems_of("27ZZZFZ0001Z1ZU", outward_documents(), 4) == []


@pytest.mark.parametrize(
    ("code", "document", "line"),
    [
        ("gstin", {"gstin": "27ZZZFZ0001Z1ZA"}, {}),
        ("place", {"place": "25"}, {}),
        ("place", {"place": "24"}, {}),
        ("place", {"is_inter": True}, {}),
        ("hsn", {}, {"hsn": "300"}),
        ("hsn", {}, {"hsn": ""}),
        ("unit", {}, {"unit": "HEAP"}),
        ("rate", {}, {"rate": Decimal(12)}),
        (
            "tax",
            {},
            {"heads": Heads(Decimal("723.80"), cgst=Decimal("18.12"), sgst=Decimal("18.12"))},
        ),
    ],
)
def test_what_the_portal_would_refuse_is_named(
    code: str, document: dict[str, Any], line: dict[str, Any]
) -> None:
    first, *rest = outward_documents()
    wrong = replace(first, lines=[replace(one, **line) for one in first.lines], **document)
    found = problems_of("27ZZZFZ0001Z1ZU", [wrong, *rest], 4)
    assert code in {problem.code for problem in found}
    assert {problem.page for problem in found} == {f"/invoices/{first.id}"}


def test_the_rate_of_a_note_is_that_of_its_invoices_day() -> None:
    first = outward_documents()[0]
    line = replace(
        first.lines[0],
        rate=Decimal(12),
        heads=Heads(Decimal(100), cgst=Decimal(6), sgst=Decimal(6)),
    )
    sold = Original("INV/25-26/0001", date(2025, 9, 21), Decimal(112))
    note = replace(first, kind=DocumentKind.CREDIT, number="CN/1", lines=[line], original=sold)
    assert problems_of("27ZZZFZ0001Z1ZU", [note], 4) == []
    late = replace(note, original=replace(sold, issued_on=date(2025, 9, 22)))
    assert [problem.code for problem in problems_of("27ZZZFZ0001Z1ZU", [late], 4)] == ["rate"]


@pytest.mark.parametrize(
    ("kind", "day", "state", "amount"),
    [
        (LimitKind.B2CL, date(2024, 7, 31), "", 250_000),
        (LimitKind.B2CL, date(2024, 8, 1), "", 100_000),
        (LimitKind.B2CL, date.min, "", 0),
        (LimitKind.B2CL, date.max, "24", 100_000),
        (LimitKind.E_WAY_BILL, date(2026, 1, 1), "24", 50_000),
        (LimitKind.E_WAY_BILL, date(2026, 1, 1), "27", 100_000),
    ],
)
def test_a_document_goes_by_the_law_of_its_day(
    kind: LimitKind, day: date, state: str, amount: int
) -> None:
    assert limit_on(LAW, kind, day, state) == amount


def test_credit_is_used_in_the_order_of_the_law() -> None:
    case = example("E35")
    heads = [
        Heads(**{name: Decimal(amount) for name, amount in case["input"][side].items()})
        for side in ("liability", "credit")
    ]
    paid = set_off(*heads)
    steps = [
        {"use": step.use, "against": step.against, "amount": f"{step.amount}"}
        for step in paid.steps
    ]
    assert steps == case["expected"]["steps"]
    assert paid.cash == Heads(sgst=Decimal("2000.00"))
    assert paid.left == Heads()


def test_no_order_that_the_law_allows_pays_less_cash() -> None:
    """Every way to spread the integrated credit over the other heads, tried one by one."""
    for igst, cgst, sgst, have_i, have_c, have_s in product(
        (0, 3), (0, 2), (1, 4), (0, 5), (1, 3), (0, 6)
    ):
        paid = set_off(Heads(0, igst, cgst, sgst), Heads(0, have_i, have_c, have_s))  # type: ignore[arg-type]
        rest = max(have_i - igst, 0)
        least = min(
            _cash(max(igst - have_i, 0), (cgst - to_c, have_c), (sgst - to_s, have_s))
            for to_c in range(min(rest, cgst) + 1)
            for to_s in [min(rest - to_c, sgst)]
            if to_c + to_s == min(rest, cgst + sgst)
        )
        assert paid.cash.tax == least
        crossed = {(step.use, step.against) for step in paid.steps}
        assert not crossed & {("cgst", "sgst"), ("sgst", "cgst")}


def _cash(igst: int, *heads: tuple[int, int]) -> int:
    over = sum(max(have - due, 0) for due, have in heads)
    return max(igst - over, 0) + sum(max(due - have, 0) for due, have in heads)
