"""Any list of the product as a file, page by page, with the caller's own permission.

Without more it has the fields of the rows as REST names them, for programs. `shown_as` names a
list of a page: its columns come first then, under its headings and in its words, the other fields
after them and ids last.
"""

import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from enum import Enum
from typing import Any, BinaryIO, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from erp.api.actions import BASE, guarded
from erp.api.bodies import parse_query
from erp.api.callers import context_of, credentials_of
from erp.api.observing import request_id_of
from erp.api.problems import MalformedRequest
from erp.api.spreadsheets import Workbook, cells_of, csv_lines, header_of
from erp.core.columns import Column, columns_of
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.core.errors import NotFound
from erp.services import platform

PAGE_ROWS = 200
CHUNK_BYTES = 1 << 16
AMOUNTS = "amounts"
"""Field of a statement's rows: an amount for each of its `columns`."""
BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that a CSV file is UTF-8."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = list[list[Any]]


def export_routes() -> list[Route]:
    """Return the route of exports."""
    return [Route(f"{BASE}/export/{{file}}", guarded(export), methods=["GET"])]


async def export(request: Request) -> Response:
    """Send a list as `<query>.csv` or `<query>.xlsx`.

    Raises:
        NotFound: No list query has this name, or the ending is another.
    """
    name, _, ending = request.path_params["file"].rpartition(".")
    action = _list_query(name)
    if ending not in {"csv", "xlsx"}:
        raise NotFound("Ask for a name that ends in .csv or .xlsx.")
    wanted = parse_query(request.query_params, frozenset())
    columns = _columns(wanted.pop("shown_as", ""))
    credentials = credentials_of(request)
    ctx = await off_the_loop(context_of, credentials, request_id_of(request.scope))
    pages = _Pages(action, ctx, wanted, columns)
    first = await off_the_loop(pages.next_page)
    file_name = f"{name.replace('.', '-')}-{ctx.today}.{ending}"
    return await (_csv if ending == "csv" else _xlsx)(pages, first, file_name)


class _Pages:
    """The pages of a list, one transaction each."""

    def __init__(
        self,
        action: platform.Action,
        ctx: RequestContext,
        wanted: dict[str, Any],
        columns: Sequence[Column],
    ) -> None:
        self._heads = _heads_of(header_of(_row_model(action)), columns)
        self._fields = list(self._heads)
        self._words = {column.key: column for column in columns if column.is_badge or column.labels}
        self._zone = ZoneInfo(ctx.time_zone)
        self.header: Sequence[str] = list(self._heads.values())
        self._action = action
        self._ctx = ctx
        self._wanted = dict(wanted)
        if "limit" in action.input_model.model_fields:
            self._wanted.setdefault("limit", _largest_page(action))
        self._is_over = False

    def next_page(self) -> Rows:
        """Return the next rows; none at the end."""
        if self._is_over:
            return []
        page = platform.run(self._action.name, self._ctx, self._wanted).result
        assert isinstance(page, platform.Rows)  # noqa: S101  list queries answer Rows
        rows = [self._worded(cells_of(row, self._fields, self._zone)) for row in page.rows]
        if AMOUNTS in self._fields:
            at = self._fields.index(AMOUNTS)
            labels = [column.label for column in getattr(page, "columns", ())]
            heads = list(self._heads.values())
            self.header = [*heads[:at], *labels, *heads[at + 1 :]]
            rows = [[*row[:at], *row[at], *row[at + 1 :]] for row in rows]
        self._wanted["cursor"] = page.next_cursor
        self._is_over = not page.next_cursor
        return rows

    def _worded(self, cells: list[Any]) -> list[Any]:
        """Return a row with words for stored codes, as the list's page has them."""
        named = zip(self._fields, cells, strict=True)
        return [
            _word(self._words[name], cell) if name in self._words else cell for name, cell in named
        ]

    def rest(self) -> Iterator[Rows]:
        """Yield every further page."""
        while rows := self.next_page():
            yield rows


def _heads_of(fields: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Return the head of each field, in the order of the file."""
    if not columns:
        return {name: name for name in fields}
    labels = {column.key: column.label for column in columns}
    shown = [name for column in columns for name in (column.key, column.detail) if name in fields]
    rest = sorted(fields, key=_is_id)
    return {name: labels.get(name) or _words(name) for name in (*shown, *rest)}


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith(("_id", "_ids"))


def _word(column: Column, value: Any) -> Any:  # noqa: ANN401  any cell
    code = value.value if isinstance(value, Enum) else value
    return column.labels.get(code) or code.replace("_", " ") if isinstance(code, str) else value


async def _csv(pages: _Pages, first: Rows, file_name: str) -> Response:
    async def lines() -> AsyncIterator[str]:
        yield BYTE_ORDER_MARK + csv_lines([pages.header])
        rows: Sequence[list[Any]] = first
        while rows:
            yield csv_lines(rows)
            rows = await off_the_loop(pages.next_page)

    return StreamingResponse(lines(), media_type="text/csv", headers=_headers(file_name))


async def _xlsx(pages: _Pages, first: Rows, file_name: str) -> Response:
    # Given a path, the server would open the file after this answer is over, and it is gone then.
    file = await off_the_loop(_write_workbook, pages, first, file_name)
    return StreamingResponse(_chunks(file), media_type=XLSX, headers=_headers(file_name))


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _write_workbook(pages: _Pages, first: Rows, title: str) -> BinaryIO:
    with ExitStack() as unless_done:
        file = unless_done.enter_context(tempfile.TemporaryFile())
        with Workbook(file, title.partition(".")[0], pages.header) as book:
            book.add(first)
            for rows in pages.rest():
                book.add(rows)
        file.seek(0)
        unless_done.pop_all()
    return file


def _largest_page(action: platform.Action) -> int:
    """Return how many rows a list gives at once."""
    rules = action.input_model.model_fields["limit"].metadata
    return min([PAGE_ROWS, *(int(rule.le) for rule in rules if hasattr(rule, "le"))])


def _headers(file_name: str) -> dict[str, str]:
    return {
        "content-disposition": f'attachment; filename="{file_name}"',
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }


def _columns(name: str) -> Sequence[Column]:
    """Return the columns of the page's list that a file is to look like; none for programs.

    Raises:
        NotFound: No list has this name.
    """
    found = columns_of(name) if name else ()
    if found is None:
        raise NotFound(f"No list is called {name}.")
    return found


def _list_query(name: str) -> platform.Action:
    action = platform.get_action(name)
    if action.kind != "query" or not issubclass(action.result_model, platform.Rows):
        raise NotFound(f"{name} is not a list.")
    return action


def _row_model(action: platform.Action) -> type[BaseModel]:
    """Return the model of a list's rows; `rows: list[XRow]` in its result names it."""
    (row_model,) = get_args(action.result_model.model_fields["rows"].annotation)
    if not isinstance(row_model, type) or not issubclass(row_model, BaseModel):
        raise MalformedRequest(f"{action.name} has no columns to export.")
    return row_model
