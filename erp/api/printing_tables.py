"""Tables on paper that are no reports of the books: petty cash, fixed assets."""

from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from erp.adapters.pdf import PdfPrinter
from erp.api.actions import BASE, guarded
from erp.api.callers import context_of, credentials_of
from erp.api.observing import request_id_of
from erp.api.printing import as_paper
from erp.core import db
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.services import accounting, assets, expenses

Wanted = TypeVar("Wanted")


def table_routes() -> list[Route]:
    """Return the routes of printed tables."""
    return [
        Route(
            f"{BASE}/petty-cash/{{float_id}}/book.pdf", guarded(print_petty_book), methods=["GET"]
        ),
        Route(f"{BASE}/asset-register.pdf", guarded(print_register), methods=["GET"]),
        Route(f"{BASE}/tax-blocks.pdf", guarded(print_tax_blocks), methods=["GET"]),
    ]


async def print_petty_book(request: Request) -> Response:
    """Send the book of petty cash on A4; the query may say `from_day` and `to_day`.

    Raises:
        UnknownFloat: The company has no such petty cash.
        ValidationError: A day is none.
    """
    given = {name: text for name, text in request.query_params.items() if text}
    wanted = expenses.PettyCashBook.model_validate(
        given | {"float_id": request.path_params["float_id"]}
    )
    return await _print_table(request, expenses.get_printed_petty_book, wanted, "petty-cash.pdf")


async def print_register(request: Request) -> Response:
    """Send the register of fixed assets on A4; the query may say `from_day`, `to_day`, `category_id`.

    Raises:
        InvalidInput: The last day comes before the first.
        ValidationError: A day is none.
    """
    given = {name: text for name, text in request.query_params.items() if text}
    wanted = assets.ShowRegister.model_validate(given)
    return await _print_table(request, assets.get_printed_register, wanted, "asset-register.pdf")


async def print_tax_blocks(request: Request) -> Response:
    """Send the blocks of assets of a year on A4; the query may say `day`, any of the year.

    Raises:
        ValidationError: The day is none.
    """
    given = {name: text for name, text in request.query_params.items() if text}
    wanted = assets.ShowTaxBlocks.model_validate(given)
    return await _print_table(request, assets.get_printed_blocks, wanted, "tax-blocks.pdf")


async def _print_table(
    request: Request,
    read: Callable[[db.UnitOfWork, RequestContext, Wanted], accounting.PrintedReport],
    wanted: Wanted,
    file_name: str,
) -> Response:
    credentials, request_id = credentials_of(request), request_id_of(request.scope)

    def found() -> accounting.PrintedReport:
        ctx = context_of(credentials, request_id)
        with db.unit_of_work(ctx) as session:
            return read(session, ctx, wanted)

    report = await off_the_loop(found)
    return as_paper(await off_the_loop(PdfPrinter().report, report), file_name)
