"""The default Indian chart of accounts for a pharmacy, and looking accounts up by key."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.models.accounting import Account


@dataclass(frozen=True, slots=True)
class ChartLine:
    """An account a company starts with."""

    code: str
    key: str
    name: str
    group: str
    type: str
    is_control: bool = False


DEFAULT_CHART = tuple(
    ChartLine(*line)
    for line in (
        ("1000", "cash", "Cash in Hand", "Cash in Hand", "asset"),
        ("1010", "petty_cash", "Petty Cash", "Cash in Hand", "asset"),
        ("1015", "petty_floats", "Petty Cash Floats", "Cash in Hand", "asset"),
        ("1100", "bank", "Bank", "Bank Accounts", "asset"),
        ("1105", "cheques_in_hand", "Cheques in Hand", "Bank Accounts", "asset"),
        ("1110", "upi_clearing", "UPI Clearing", "Bank Accounts", "asset"),
        ("1120", "card_clearing", "Card Clearing", "Bank Accounts", "asset"),
        ("1130", "gateway_clearing", "Payment Gateway Clearing", "Bank Accounts", "asset"),
        ("1200", "debtors", "Sundry Debtors", "Sundry Debtors", "asset", True),
        ("1300", "inventory", "Inventory", "Stock in Hand", "asset"),
        ("1310", "inventory_expired", "Inventory - Expired/Damaged", "Stock in Hand", "asset"),
        ("1320", "goods_in_transit", "Goods in Transit", "Stock in Hand", "asset"),
        ("1400", "input_cgst", "Input CGST", "Duties and Taxes", "asset"),
        ("1401", "input_sgst", "Input SGST", "Duties and Taxes", "asset"),
        ("1402", "input_igst", "Input IGST", "Duties and Taxes", "asset"),
        ("1403", "input_cgst_rcm", "Input CGST (RCM)", "Duties and Taxes", "asset"),
        ("1404", "input_sgst_rcm", "Input SGST (RCM)", "Duties and Taxes", "asset"),
        ("1405", "input_igst_rcm", "Input IGST (RCM)", "Duties and Taxes", "asset"),
        ("1406", "credit_to_reclaim", "GST Credit to Reclaim", "Duties and Taxes", "asset"),
        ("1420", "gst_cash_ledger", "GST Cash Ledger", "Loans and Advances (Asset)", "asset"),
        ("1430", "gst_on_advances", "GST on Advances", "Loans and Advances (Asset)", "asset"),
        (
            "1451",
            "supplier_claims",
            "Supplier Claims Receivable",
            "Loans and Advances (Asset)",
            "asset",
            True,
        ),
        ("1500", "furniture", "Furniture and Fixtures", "Fixed Assets", "asset"),
        ("1510", "computers", "Computers", "Fixed Assets", "asset"),
        ("1520", "equipment", "Plant and Equipment", "Fixed Assets", "asset"),
        ("1530", "vehicles", "Vehicles", "Fixed Assets", "asset"),
        (
            "1590",
            "accumulated_depreciation",
            "Accumulated Depreciation",
            "Accumulated Depreciation",
            "asset",
        ),
        ("1600", "branch_transfers", "Branch Transfers", "Branch/Divisions", "asset"),
        ("2000", "creditors", "Sundry Creditors", "Sundry Creditors", "liability", True),
        ("2010", "grni", "Goods Received Not Invoiced", "Current Liabilities", "liability"),
        ("2030", "cheques_issued", "Cheques Issued", "Current Liabilities", "liability"),
        ("2100", "output_cgst", "Output CGST", "Duties and Taxes", "liability"),
        ("2101", "output_sgst", "Output SGST", "Duties and Taxes", "liability"),
        ("2102", "output_igst", "Output IGST", "Duties and Taxes", "liability"),
        ("2110", "rcm_cgst", "RCM CGST Payable", "Duties and Taxes", "liability"),
        ("2111", "rcm_sgst", "RCM SGST Payable", "Duties and Taxes", "liability"),
        ("2112", "rcm_igst", "RCM IGST Payable", "Duties and Taxes", "liability"),
        ("2115", "composition_payable", "Composition Tax Payable", "Duties and Taxes", "liability"),
        ("2200", "customer_advances", "Advance from Customers", "Current Liabilities", "liability"),
        (
            "2201",
            "service_advances",
            "Advance from Customers (Services)",
            "Current Liabilities",
            "liability",
        ),
        ("2210", "loyalty_liability", "Loyalty Points Liability", "Provisions", "liability"),
        ("2220", "customer_credit", "Customer Credit", "Current Liabilities", "liability"),
        (
            "2230",
            "gateway_suspense",
            "Unidentified Gateway Receipts",
            "Current Liabilities",
            "liability",
        ),
        ("3000", "capital", "Capital Account", "Capital Account", "equity"),
        ("3010", "drawings", "Drawings", "Capital Account", "equity"),
        ("3020", "profit_and_loss", "Profit and Loss", "Capital Account", "equity"),
        ("3030", "retained_earnings", "Retained Earnings", "Reserves and Surplus", "equity"),
        ("3900", "opening_difference", "Opening Balance Difference", "Suspense", "equity"),
        ("4000", "sales_0", "Sales - Nil/Exempt", "Sales Accounts", "income"),
        ("4005", "sales_5", "Sales - GST 5%", "Sales Accounts", "income"),
        ("4012", "sales_12", "Sales - GST 12%", "Sales Accounts", "income"),
        ("4018", "sales_18", "Sales - GST 18%", "Sales Accounts", "income"),
        ("4028", "sales_28", "Sales - GST 28%", "Sales Accounts", "income"),
        ("4040", "sales_40", "Sales - GST 40%", "Sales Accounts", "income"),
        ("4050", "sales_returns", "Sales Returns", "Sales Accounts", "income"),
        ("4060", "loyalty_discount", "Loyalty Discount", "Sales Accounts", "income"),
        ("4100", "consultation_income", "Consultation Income (exempt)", "Direct Incomes", "income"),
        ("4200", "other_income", "Other Income", "Indirect Incomes", "income"),
        ("4230", "interest_income", "Interest on Late Payment", "Indirect Incomes", "income"),
        ("4220", "gain_on_assets", "Gain on Sale of Assets", "Indirect Incomes", "income"),
        (
            "4210",
            "purchase_discounts",
            "Purchase Discounts and Schemes",
            "Indirect Incomes",
            "income",
        ),
        ("5000", "cogs", "Cost of Goods Sold", "Direct Expenses", "expense"),
        ("5020", "freight_inward", "Freight Inward", "Direct Expenses", "expense"),
        ("5030", "stock_adjustment", "Stock Adjustment Loss/Gain", "Direct Expenses", "expense"),
        ("5031", "loss_expired", "Loss on Expired Stock", "Direct Expenses", "expense"),
        ("5032", "credit_given_up", "GST Credit Given Up", "Direct Expenses", "expense"),
        ("6000", "rent", "Rent", "Indirect Expenses", "expense"),
        ("6001", "salaries", "Salaries", "Indirect Expenses", "expense"),
        ("6002", "electricity", "Electricity", "Indirect Expenses", "expense"),
        ("6003", "travel", "Travel and Conveyance", "Indirect Expenses", "expense"),
        ("6004", "postage", "Postage and Courier", "Indirect Expenses", "expense"),
        ("6005", "stationery", "Printing and Stationery", "Indirect Expenses", "expense"),
        ("6006", "repairs", "Repairs and Maintenance", "Indirect Expenses", "expense"),
        ("6007", "telephone", "Telephone and Internet", "Indirect Expenses", "expense"),
        ("6008", "staff_welfare", "Staff Welfare", "Indirect Expenses", "expense"),
        ("6009", "office_expenses", "Office Expenses", "Indirect Expenses", "expense"),
        ("6010", "gateway_charges", "Payment Gateway Charges", "Indirect Expenses", "expense"),
        ("6011", "bank_charges", "Bank Charges", "Indirect Expenses", "expense"),
        ("6020", "sales_promotion", "Sales Promotion", "Indirect Expenses", "expense"),
        ("6021", "bad_debts", "Bad Debts", "Indirect Expenses", "expense"),
        ("6022", "discount_allowed", "Cash Discount Allowed", "Indirect Expenses", "expense"),
        ("6030", "cash_short_over", "Cash Short/Over", "Indirect Expenses", "expense"),
        ("6031", "round_off", "Round Off", "Indirect Expenses", "expense"),
        ("6040", "composition_tax", "Composition Tax", "Indirect Expenses", "expense"),
        ("6050", "depreciation", "Depreciation", "Indirect Expenses", "expense"),
        ("6051", "loss_on_assets", "Loss on Sale of Assets", "Indirect Expenses", "expense"),
    )
)

_known: dict[tuple[UUID, UUID], dict[str, UUID]] = {}


def create_default_chart(session: Session, ctx: RequestContext) -> None:
    """Give the acting company the default chart. Source: default chart of the domain rules."""
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "company_id": ctx.company_id,
            "code": line.code,
            "key": line.key,
            "name": line.name,
            "group_name": line.group,
            "type": line.type,
            "is_control": line.is_control,
            "is_active": True,
        }
        for line in DEFAULT_CHART
    ]
    db.insert_rows(session, Account, rows)


def sales_key(rate: Decimal) -> str:
    """Return the key of the income account of a GST rate in percent."""
    return f"sales_{rate.normalize():f}"


def ensure_sales_account(session: Session, ctx: RequestContext, rate: Decimal) -> None:
    """Give every company of the tenant an income account for a rate the default chart has not."""
    key = sales_key(rate)
    if any(line.key == key for line in DEFAULT_CHART):
        return
    whole, _, fraction = key.removeprefix("sales_").partition(".")
    code = f"40{whole.zfill(2)}{'.' if fraction else ''}{fraction}"
    db.execute(
        session,
        "insert into account (tenant_id, id, company_id, code, key, name, group_name, type,"
        " is_control, is_active) select tenant_id, gen_random_uuid(), id, %s, %s, %s,"
        " 'Sales Accounts', 'income', false, true from company where tenant_id = %s"
        " on conflict (tenant_id, company_id, key) do nothing",
        (code, key, f"Sales - GST {rate.normalize():f}%", ctx.tenant_id),
    )


def account_ids(session: Session, ctx: RequestContext) -> dict[str, UUID]:
    """Return the acting company's accounts by key.

    Cached per process: an account's key and id never change, and a missing key reloads.
    """
    place = (ctx.tenant_id, ctx.company_id)
    if place not in _known:
        rows = db.fetch_all(
            session, "select key, id from account where tenant_id = %s and company_id = %s", place
        )
        if not rows:
            raise NotFound("The company has no chart of accounts yet.")
        _known[place] = {row["key"]: row["id"] for row in rows}
    return _known[place]


def account_id(session: Session, ctx: RequestContext, key: str) -> UUID:
    """Return the account of a key.

    Raises:
        NotFound: The company's chart has no such account.
    """
    found = account_ids(session, ctx).get(key)
    if found is None:
        _known.pop((ctx.tenant_id, ctx.company_id), None)
        found = account_ids(session, ctx).get(key)
    if found is None:
        raise NotFound(f"The chart of accounts has no account for {key}. Add one first.")
    return found
