"""A customer's view of an order: a plain page behind an unguessable address, without script or cookie."""

from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from erp.adapters.pdf import PdfPrinter
from erp.api import rate_limiting
from erp.api.observing import request_id_of
from erp.api.printing import as_paper
from erp.core import db
from erp.core.clock import business_date, utc_now
from erp.core.crossing import off_the_loop
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, group_count, money_text
from erp.services import portal
from erp.services.billing import PrintedDocument

PREFIX = "/track/"
STANDINGS = {
    "quoted": ("Offer", "This is an offer. Tell the shop if you want to order."),
    "confirmed": ("Being prepared", "Your order is taken. Goods that are kept go out first."),
    "closed": ("All delivered", "Everything you ordered was delivered."),
    "cancelled": ("Cancelled", "This order was cancelled."),
}
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
}
"""Nobody between keeps the page, and no other site is told its address."""


def order_tracking_routes() -> list[Route]:
    """Return the routes of a customer's view."""
    return [
        Route(f"{PREFIX}{{token}}", show_order, methods=["GET"]),
        Route(f"{PREFIX}{{token}}/invoices/{{invoice_id}}.pdf", send_invoice, methods=["GET"]),
    ]


async def show_order(request: Request) -> Response:
    """Show the order of a link; whatever is wrong with the link is told in the same words."""
    try:
        order = await off_the_loop(_order_of, request)
    except DomainError as refusal:
        return _refused(refusal)
    return HTMLResponse(_page(order, request.path_params["token"]), headers=HEADERS)


async def send_invoice(request: Request) -> Response:
    """Send an invoice of a link's order on A4."""
    try:
        document = await off_the_loop(_invoice_of, request)
    except DomainError as refusal:
        return _refused(refusal)
    content = await off_the_loop(PdfPrinter().invoice, document)
    answer = as_paper(content, f"{document.number.replace('/', '-')}.pdf")
    own = ("referrer-policy", "x-robots-tag", "cache-control")
    answer.headers.update({name: HEADERS[name] for name in own})
    return answer


def _order_of(request: Request) -> portal.SeenOrder:
    visitor = _visitor(request)
    ctx = portal.visit_context(visitor, utc_now(), request_id_of(request.scope))
    with db.unit_of_work(ctx) as session:
        return portal.see_order(session, ctx, visitor)


def _invoice_of(request: Request) -> PrintedDocument:
    visitor = _visitor(request)
    try:
        invoice_id = UUID(request.path_params["invoice_id"])
    except ValueError as odd:
        raise portal.UnknownLink("There is no such invoice of this order.") from odd
    ctx = portal.visit_context(visitor, utc_now(), request_id_of(request.scope))
    with db.unit_of_work(ctx) as session:
        return portal.see_invoice(session, ctx, visitor, invoice_id)


def _visitor(request: Request) -> portal.Visitor:
    """Return who holds the address; addresses that try others are put off, and a link that is hammered.

    Raises:
        TooManyAttempts: This address failed, or this link was asked for, too often in a minute.
        UnknownLink: The link shows nothing.
    """
    address = request.client.host if request.client else "unknown"
    rate_limiting.require_allowance("tracking", address)
    try:
        with db.ops_session() as session:
            visitor = portal.find_visitor(session, request.path_params["token"], utc_now())
    except portal.UnknownLink:
        rate_limiting.count_failure("tracking", address)
        raise
    rate_limiting.require_allowance("tracked_order", str(visitor.link_id))
    rate_limiting.count_failure("tracked_order", str(visitor.link_id))
    return visitor


def _refused(refusal: DomainError) -> HTMLResponse:
    words = f'<p class="lead">{escape(refusal.message)}</p>'
    page = _template().substitute(title="Your order", body=f"<h1>Your order</h1>{words}")
    headers = HEADERS | ({"retry-after": "60"} if refusal.status == 429 else {})  # noqa: PLR2004  HTTP
    return HTMLResponse(page, status_code=refusal.status, headers=headers)


def _page(order: portal.SeenOrder, token: str) -> str:
    body = "".join(
        (
            f'<p class="shop">{escape(order.shop)}</p>',
            f"<h1>{escape(order.name)}</h1>",
            _standing(order),
            _facts(order),
            _lines(order),
            _deliveries(order, token),
            _foot(order),
        )
    )
    return _template().substitute(title=escape(f"{order.name} · {order.shop}"), body=body)


def _standing(order: portal.SeenOrder) -> str:
    label, words = STANDINGS[order.status]
    if order.status == "confirmed" and any(line.delivered for line in order.lines):
        label, words = "Partly delivered", "The rest follows as soon as it is there."
    if order.status == "closed" and any(line.outstanding for line in order.lines):
        label, words = "Ended", "What was delivered stays delivered. The rest will not come."
    if order.has_lapsed:
        label, words = "Lapsed", "This offer does not hold any more. Ask the shop for a new one."
    if order.is_late and order.deliver_by:
        words = f"The rest was wanted by {date_text(order.deliver_by)} and is late."
    return (
        f'<p class="standing {escape(order.status)}">{escape(label)}</p>'
        f'<p class="lead">{escape(words)}</p>'
    )


def _facts(order: portal.SeenOrder) -> str:
    facts = [("Made", date_text(business_date(order.made_at, order.time_zone)))]
    if order.valid_until:
        facts.append(("Holds until", date_text(order.valid_until)))
    if order.deliver_by:
        facts.append(("Wanted by", date_text(order.deliver_by)))
    facts.append(("Worth, with GST", money_text(order.total)))
    told = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(fact)}</dd></div>" for name, fact in facts
    )
    return f"<dl>{told}</dl>"


def _lines(order: portal.SeenOrder) -> str:
    rows = "".join(
        f"<li><span>{escape(line.label)}<small>{escape(_left(line, order.status))}</small></span>"
        f"<b>{group_count(line.ordered)}<small>{escape(_free(line))}</small></b></li>"
        for line in order.lines
    )
    return f"<h2>Goods</h2><ul>{rows}</ul>"


def _free(line: portal.SeenLine) -> str:
    return f"{line.unit} + {line.free} free" if line.free else line.unit


def _left(line: portal.SeenLine, status: str) -> str:
    if status == "quoted":
        return "Offered"
    if not line.outstanding:
        return "All delivered"
    done = f"{group_count(line.delivered)} delivered, " if line.delivered else ""
    if status != "confirmed":
        return f"{done}{group_count(line.outstanding)} not delivered"
    if line.kept >= line.outstanding:
        return f"{done}{group_count(line.outstanding)} kept for you"
    waiting = line.outstanding - line.kept
    kept = f"{group_count(line.kept)} kept for you, " if line.kept else ""
    return f"{done}{kept}{group_count(waiting)} awaited"


def _deliveries(order: portal.SeenOrder, token: str) -> str:
    if not order.deliveries:
        return ""
    rows = "".join(_delivery(row, token) for row in order.deliveries)
    said = counted(len(order.deliveries), "delivery", "deliveries")
    return f"<h2>{escape(said.capitalize())}</h2><ul>{rows}</ul>"


def _delivery(row: portal.SeenDelivery, token: str) -> str:
    href = f"{PREFIX}{escape(token, quote=True)}/invoices/{row.invoice_id}.pdf"
    state = "Cancelled" if row.is_cancelled else date_text(row.delivered_on)
    carried = f" · {row.carried}" if row.carried else ""
    return (
        f"<li><span>{escape(row.number)}<small>{escape(state + carried)}</small></span>"
        f'<b>{escape(money_text(row.total))}<small><a href="{href}" rel="noreferrer">Invoice PDF</a></small></b></li>'
    )


def _foot(order: portal.SeenOrder) -> str:
    call = f" Call {escape(order.phone)}." if order.phone else ""
    return f'<p class="foot">Questions about this order?{call} Keep this address to yourself.</p>'


@lru_cache
def _template() -> Template:
    return Template(Path(__file__).with_name("order_tracking.html").read_text())
