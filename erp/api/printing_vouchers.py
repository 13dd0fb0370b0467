"""Papers of money and of reverse charge as PDF: vouchers of payments, self-invoices."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.adapters.pdf import PdfPrinter
from erp.api.actions import BASE, guarded
from erp.api.callers import context_of, credentials_of
from erp.api.observing import request_id_of
from erp.api.printing import as_paper, id_in, print_slip
from erp.core import db
from erp.core.crossing import off_the_loop
from erp.services import billing, gst_returns


def voucher_routes() -> list[Route]:
    """Return the routes of these papers."""
    return [
        Route(
            f"{BASE}/payments/{{payment_id}}/voucher.pdf", guarded(print_payment), methods=["GET"]
        ),
        Route(
            f"{BASE}/reverse-charges/{{record_id}}/self-invoice.pdf",
            guarded(print_self_invoice),
            methods=["GET"],
        ),
    ]


async def print_payment(request: Request) -> Response:
    """Send the receipt, refund or payment voucher of a payment for an 80 mm roll.

    Raises:
        UnknownPayment: There is no such payment.
    """
    payment_id = id_in(request.path_params["payment_id"])
    return await print_slip(request, gst_returns.get_printed_payment, payment_id)


async def print_self_invoice(request: Request) -> Response:
    """Send the self-invoice of a purchase under reverse charge on A4.

    Raises:
        NotFound: There is no such purchase. SupplierInvoices: Its supplier is registered.
    """
    record_id = id_in(request.path_params["record_id"])
    credentials, request_id = credentials_of(request), request_id_of(request.scope)

    def found() -> billing.PrintedDocument:
        ctx = context_of(credentials, request_id)
        with db.unit_of_work(ctx) as session:
            return gst_returns.get_printed_self_invoice(session, ctx, record_id)

    document = await off_the_loop(found)
    content = await off_the_loop(PdfPrinter().invoice, document)
    return as_paper(content, f"self-invoice-{document.number.replace('/', '-')}.pdf")
