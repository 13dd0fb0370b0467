"""Papers as PDF, drawn when they are asked for: the same paper always has the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.adapters.pdf import PdfPrinter
from erp.api.actions import BASE, guarded
from erp.api.bodies import parse_query
from erp.api.callers import Credentials, context_of, credentials_of
from erp.api.observing import request_id_of
from erp.core import db
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound
from erp.services import (
    accounting,
    banking,
    billing,
    einvoicing,
    inventory,
    payments,
    pos,
    purchasing,
    sales,
)

LAYOUTS: Mapping[str, billing.Layout] = {"receipt.pdf": "receipt", "invoice.pdf": "invoice"}
STOCK = "stock"
"""The report of the books that the goods have a say in."""
LONGEST_VERSION = 6
"""Digits of a version that could be; the database counts no further than it must."""


def printing_routes() -> list[Route]:
    """Return the routes of printed bills, slips, orders, challans and labels."""
    return [
        Route(f"{BASE}/invoices/{{invoice_id}}/{{layout}}", guarded(print_bill), methods=["GET"]),
        Route(
            f"{BASE}/advances/{{voucher_id}}/voucher.pdf", guarded(print_voucher), methods=["GET"]
        ),
        Route(f"{BASE}/statements/{{party_id}}/pdf", guarded(print_statement), methods=["GET"]),
        Route(f"{BASE}/books/{{report}}.pdf", guarded(print_report), methods=["GET"]),
        Route(
            f"{BASE}/bank-accounts/{{bank_account_id}}/reconciliation.pdf",
            guarded(print_reconciliation),
            methods=["GET"],
        ),
        Route(f"{BASE}/shifts/{{shift_id}}/report.pdf", guarded(print_shift), methods=["GET"]),
        Route(f"{BASE}/purchase-orders/{{order_id}}/pdf", guarded(print_order), methods=["GET"]),
        Route(
            f"{BASE}/quotation-requests/{{request_id}}/suppliers/{{supplier_id}}/pdf",
            guarded(print_request),
            methods=["GET"],
        ),
        Route(f"{BASE}/sales-orders/{{order_id}}/pdf", guarded(print_offer), methods=["GET"]),
        Route(
            f"{BASE}/supplier-bills/{{bill_id}}/claim.pdf", guarded(print_claim), methods=["GET"]
        ),
        Route(f"{BASE}/supplier-returns/{{return_id}}/pdf", guarded(print_return), methods=["GET"]),
        Route(
            f"{BASE}/dispensings/{{dispensing_id}}/label.pdf", guarded(print_label), methods=["GET"]
        ),
        Route(
            f"{BASE}/transfers/{{transfer_id}}/challan.pdf", guarded(print_challan), methods=["GET"]
        ),
    ]


async def print_bill(request: Request) -> Response:
    """Send a GST document as `receipt.pdf` for an 80 mm roll or `invoice.pdf` on A4.

    Each call is a print and is recorded; the first is the original, every later one is marked.
    A paper that could not be drawn is not counted.

    Raises:
        NotFound: There is no such document, or no such layout.
    """
    layout = request.path_params["layout"]
    if layout not in LAYOUTS:
        raise NotFound("Ask for receipt.pdf or invoice.pdf.")
    invoice_id = id_in(request.path_params["invoice_id"])
    credentials = credentials_of(request)
    request_id = request_id_of(request.scope)

    def printed() -> tuple[bytes, str]:
        ctx = context_of(credentials, request_id)
        with db.unit_of_work(ctx) as session:
            bill = pos.print_bill(session, ctx, invoice_id, LAYOUTS[layout])
            document = einvoicing.with_portal_marks(session, ctx, invoice_id, bill)
            printer = PdfPrinter()
            draw = printer.receipt if LAYOUTS[layout] == "receipt" else printer.invoice
            return draw(document), document.number

    content, number = await off_the_loop(printed)
    return as_paper(content, _file_name(number, layout))


async def print_voucher(request: Request) -> Response:
    """Send the voucher of an advance for an 80 mm roll.

    Raises:
        NotFound: There is no such voucher.
    """
    voucher_id = id_in(request.path_params["voucher_id"])
    return await print_slip(request, pos.get_printed_voucher, voucher_id)


async def print_statement(request: Request) -> Response:
    """Send a party's statement of account on A4; the query says `ledger`, `from_day` and `to_day`.

    Raises:
        UnknownParty: There is no such party, or it has no account.
        ValidationError: A day is none, or the ledger is not known.
    """
    given = {name: text for name, text in request.query_params.items() if text}
    wanted = payments.GetStatement.model_validate(
        given | {"party_id": request.path_params["party_id"]}
    )
    credentials, request_id = credentials_of(request), request_id_of(request.scope)

    def found() -> payments.PrintedStatement:
        ctx = context_of(credentials, request_id)
        with db.unit_of_work(ctx) as session:
            return payments.get_printed_statement(session, ctx, wanted)

    statement = await off_the_loop(found)
    content = await off_the_loop(PdfPrinter().statement, statement)
    return as_paper(content, f"statement-{statement.to_day}.pdf")


async def print_report(request: Request) -> Response:
    """Send a report of the books on A4; the query says what its own query takes.

    Raises:
        NotFound: There is no such report.
        InvalidInput: It is too long or too wide for paper.
        ValidationError: A day is none, or something is not known.
    """
    name = request.path_params["report"]
    asked = parse_query(request.query_params, frozenset())
    credentials, request_id = credentials_of(request), request_id_of(request.scope)

    def found() -> accounting.PrintedReport:
        ctx = context_of(credentials, request_id)
        with db.unit_of_work(ctx) as session:
            if name == STOCK:
                wanted = inventory.CompareStockWithBooks.model_validate(asked)
                return inventory.get_printed_stock(session, ctx, wanted)
            return accounting.get_printed_report(session, ctx, name, asked)

    report = await off_the_loop(found)
    content = await off_the_loop(PdfPrinter().report, report)
    return as_paper(content, f"{name}.pdf")


async def print_reconciliation(request: Request) -> Response:
    """Send a bank account's reconciliation on A4; the query may say `as_of`.

    Raises:
        UnknownBankAccount: There is no such bank account.
        ValidationError: The day is none.
    """
    given = {name: text for name, text in request.query_params.items() if text}
    wanted = banking.GetReconciliation.model_validate(
        given | {"bank_account_id": request.path_params["bank_account_id"]}
    )
    credentials, request_id = credentials_of(request), request_id_of(request.scope)

    def found() -> banking.PrintedReconciliation:
        ctx = context_of(credentials, request_id)
        with db.unit_of_work(ctx) as session:
            return banking.get_printed_reconciliation(session, ctx, wanted)

    paper = await off_the_loop(found)
    content = await off_the_loop(PdfPrinter().reconciliation, paper)
    return as_paper(content, f"reconciliation-{paper.found.as_of}.pdf")


async def print_shift(request: Request) -> Response:
    """Send the X report of an open shift, or the Z report of a closed one, for an 80 mm roll.

    Raises:
        NotFound: There is no such shift.
    """
    shift_id = id_in(request.path_params["shift_id"])
    return await print_slip(request, pos.get_printed_shift, shift_id)


Finder = Callable[[db.UnitOfWork, RequestContext, UUID], pos.PrintedSlip]


async def print_slip(request: Request, find: Finder, slip_id: UUID) -> Response:
    """Send a slip for an 80 mm roll."""
    credentials, request_id = credentials_of(request), request_id_of(request.scope)

    def found() -> pos.PrintedSlip:
        ctx = context_of(credentials, request_id)
        with db.unit_of_work(ctx) as session:
            return find(session, ctx, slip_id)

    slip = await off_the_loop(found)
    content = await off_the_loop(PdfPrinter().slip, slip)
    name = f"{slip.title} {slip.number}".replace("/", "-").replace(" ", "-").lower()
    return as_paper(content, f"{name}.pdf")


async def print_order(request: Request) -> Response:
    """Send an order to a supplier on A4, in its version in force, or `?version=` another.

    Raises:
        NotFound: The acting branch has no such order, or the order no such version.
    """
    asked = _asked_version(request)
    find = partial(_find_order, credentials_of(request), request_id_of(request.scope))
    order = await off_the_loop(find, *asked)
    content = await off_the_loop(PdfPrinter().order, order)
    return as_paper(content, _file_name(order.number, f"v{order.version}.pdf"))


async def print_request(request: Request) -> Response:
    """Send a request for quotation on A4, as it goes to one supplier.

    Raises:
        NotFound: The acting branch has no such request.
    """
    asked = (id_in(request.path_params["request_id"]), id_in(request.path_params["supplier_id"]))
    find = partial(_find_request, credentials_of(request), request_id_of(request.scope))
    found = await off_the_loop(find, *asked)
    content = await off_the_loop(PdfPrinter().inquiry, found)
    return as_paper(content, _file_name(found.number, "request.pdf"))


async def print_offer(request: Request) -> Response:
    """Send a quotation or order of a customer on A4, in its version in force, or `?version=` another.

    Raises:
        NotFound: The acting branch has no such order, or the order no such version.
    """
    asked = _asked_version(request)
    find = partial(_find_offer, credentials_of(request), request_id_of(request.scope))
    offer = await off_the_loop(find, *asked)
    content = await off_the_loop(PdfPrinter().offer, offer)
    return as_paper(content, _file_name(offer.number, f"v{offer.version}.pdf"))


def _asked_version(request: Request) -> tuple[UUID, int | None]:
    """Return the order and the version that the address names."""
    order_id = id_in(request.path_params["order_id"])
    version = request.query_params.get("version", "")
    if version and not (version.isascii() and version.isdigit() and len(version) < LONGEST_VERSION):
        raise NotFound("There is no such version.")
    return order_id, int(version) if version else None


async def print_return(request: Request) -> Response:
    """Send debit note and challan of goods that went back, in the three copies of a challan.

    Raises:
        NotFound: The acting branch has no such return.
    """
    return_id = id_in(request.path_params["return_id"])
    credentials = credentials_of(request)
    request_id = request_id_of(request.scope)
    document = await off_the_loop(_find_return, credentials, request_id, return_id)
    content = await off_the_loop(PdfPrinter().invoice, document, tuple(billing.ChallanCopy))
    return as_paper(content, f"{document.number.replace('/', '-')}.pdf")


async def print_claim(request: Request) -> Response:
    """Send the debit note that claims what is too much on a supplier's bill.

    Raises:
        NotFound: The acting branch has no such bill, or claimed nothing of it.
    """
    bill_id = id_in(request.path_params["bill_id"])
    credentials, request_id = credentials_of(request), request_id_of(request.scope)
    document = await off_the_loop(_find_claim, credentials, request_id, bill_id)
    content = await off_the_loop(PdfPrinter().invoice, document)
    return as_paper(content, f"{document.number.replace('/', '-')}.pdf")


async def print_challan(request: Request) -> Response:
    """Send the delivery challan of goods that left for another branch on A4, in three copies.

    Raises:
        NotFound: No such transfer to or from the acting branch.
        Conflict: Nothing left yet.
    """
    transfer_id = id_in(request.path_params["transfer_id"])
    credentials, request_id = credentials_of(request), request_id_of(request.scope)
    challan = await off_the_loop(_find_challan, credentials, request_id, transfer_id)
    content = await off_the_loop(PdfPrinter().challan, challan)
    return as_paper(content, _file_name(challan.number, "challan.pdf"))


async def print_label(request: Request) -> Response:
    """Send the label of packs that were made here.

    Raises:
        NotFound: The acting branch made no such packs.
    """
    dispensing_id = id_in(request.path_params["dispensing_id"])
    credentials, request_id = credentials_of(request), request_id_of(request.scope)
    label = await off_the_loop(_find_label, credentials, request_id, dispensing_id)
    content = await off_the_loop(PdfPrinter().pack_label, label)
    return as_paper(content, _file_name(label.lot_number, "label.pdf"))


def as_paper(content: bytes, file_name: str) -> Response:
    """Return a PDF that the browser shows and nothing between keeps."""
    headers = {
        "content-disposition": f'inline; filename="{file_name}"',
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return Response(content, headers=headers, media_type="application/pdf")


def _find_request(
    credentials: Credentials, request_id: str, asked_id: UUID, supplier_id: UUID
) -> purchasing.PrintedRequest:
    ctx = context_of(credentials, request_id)
    with db.unit_of_work(ctx) as session:
        return purchasing.get_printed_request(session, ctx, asked_id, supplier_id)


def _find_order(
    credentials: Credentials, request_id: str, order_id: UUID, version: int | None
) -> purchasing.PrintedOrder:
    ctx = context_of(credentials, request_id)
    with db.unit_of_work(ctx) as session:
        return purchasing.get_printed_order(session, ctx, order_id, version)


def _find_offer(
    credentials: Credentials, request_id: str, order_id: UUID, version: int | None
) -> sales.PrintedOffer:
    ctx = context_of(credentials, request_id)
    with db.unit_of_work(ctx) as session:
        return sales.get_printed_offer(session, ctx, order_id, version)


def _find_return(
    credentials: Credentials, request_id: str, return_id: UUID
) -> billing.PrintedDocument:
    ctx = context_of(credentials, request_id)
    with db.unit_of_work(ctx) as session:
        return billing.get_printed_return(session, ctx, return_id)


def _find_claim(
    credentials: Credentials, request_id: str, bill_id: UUID
) -> billing.PrintedDocument:
    ctx = context_of(credentials, request_id)
    with db.unit_of_work(ctx) as session:
        return billing.get_printed_claim(session, ctx, bill_id)


def _find_challan(
    credentials: Credentials, request_id: str, transfer_id: UUID
) -> inventory.PrintedChallan:
    ctx = context_of(credentials, request_id)
    with db.unit_of_work(ctx) as session:
        challan = inventory.get_printed_challan(session, ctx, transfer_id)
        way_bill = einvoicing.way_bill_of_transfer(session, ctx, transfer_id)
        return replace(challan, way_bill=way_bill)


def _find_label(
    credentials: Credentials, request_id: str, dispensing_id: UUID
) -> inventory.PackLabel:
    ctx = context_of(credentials, request_id)
    with db.unit_of_work(ctx) as session:
        return inventory.get_pack_label(session, ctx, dispensing_id)


def id_in(text: str) -> UUID:
    """Return the id in an address.

    Raises:
        NotFound: It is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such document.") from None


def _file_name(number: str, layout: str) -> str:
    return f"{number.replace('/', '-')}-{layout}"
