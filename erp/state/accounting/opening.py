"""Opening balances and opening stock of a file: read, checked without effect, then put in together."""

from typing import Any, ClassVar, Final

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.clock import day_before, fiscal_year_start
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, instant_text, money_text
from erp.services.accounting import OPENING_COLUMNS
from erp.services.inventory import OPENING_STOCK_COLUMNS
from erp.services.platform import MOST_CHARACTERS
from erp.state.accounting.accounts import sided_text
from erp.state.asking import DialogFormState
from erp.state.explaining import errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.sales.importing import ERROR_COLUMNS, fault_row
from erp.state.session import SessionState, new_form_key
from erp.state.showing import display_rows

__all__ = [
    "ERROR_COLUMNS", "MOST_CHARACTERS", "OPENING_COLUMNS", "OPENING_STOCK_COLUMNS", "ROW_COLUMNS",
    "STOCK_COLUMNS", "OpeningState", "OpeningStockState", "TakeBackOpeningState", "TakeBackStockState",
]  # fmt: skip
POST: Final = "accounting.post"
MOST_SHOWN = 200
ROW_COLUMNS = (
    Column("line", "Line", Kind.COUNT, wide_only=True),
    Column("name", "Account or party", detail="code"),
    Column("bill", "Bill", Kind.CODE, wide_only=True),
    Column("due_on", "Due", Kind.DATE, wide_only=True),
    Column("debit", "Debit", Kind.MONEY),
    Column("credit", "Credit", Kind.MONEY),
)
STOCK_COLUMNS = (
    Column("line", "Line", Kind.COUNT, wide_only=True),
    Column("product", "Goods", detail="lot"),
    Column("expires_on", "Expiry", Kind.DATE, wide_only=True),
    Column("mrp", "MRP", Kind.MONEY, wide_only=True),
    Column("units", "Units", Kind.COUNT),
    Column("value", "Cost", Kind.MONEY),
    Column("place", "Put in", wide_only=True),
)


class _OpeningFile(SessionState, mixin=True):
    """A file of what the old books had.

    Attributes:
        day: The last day of the old books.
        rows: What each line would put in. faults: values that are wrong, with the remedy.
        summary: What importing it does; empty while nothing sound was read.
        left: What is to be known about it beside that.
    """

    permission: ClassVar[str] = POST
    command: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]] = ()
    after: ClassVar[str] = ""
    """Page that is shown once it is in."""
    imports: ClassVar[str] = ""
    """Query of what was imported before."""

    day: str = ""
    refusal: str = ""
    summary: str = ""
    left: str = ""
    more: str = ""
    rows: list[dict[str, str]] = []
    faults: list[dict[str, str]] = []
    is_busy: bool = False
    before: list[dict[str, str]] = []

    _content: str = ""
    _key: str = ""

    @handler(permission=PAGE)
    async def open_opening(self) -> None:
        """Ask for a file; the day is the eve of this financial year."""
        self._forget()
        self.day = str(await self._call(lambda ctx: day_before(fiscal_year_start(ctx.today))))
        await self._show_imports()

    async def _show_imports(self) -> None:
        """Show what was imported before."""
        found = await self._ask(self.imports, {})
        zone = (await self._principal()).time_zone
        self.before = [
            {
                "id": str(row.id),
                "what": self._named(row),
                "by": f"As of {date_text(row.opening_on)}, imported {instant_text(row.imported_at, zone)}",
                "is_standing": "yes" if row.is_standing else "",
            }
            for row in found.rows
        ]

    def _named(self, row: Any) -> str:
        raise NotImplementedError

    @handler(permission=PAGE)
    async def choose_day(self, day: str) -> None:
        """Take another day for the balances."""
        self.day = f"{day}"[:10]
        if self._content:
            await self._check(self._content)

    @handler(permission=PAGE)
    async def read_file(self, _name: str, text: str) -> None:
        """Check a chosen file."""
        await self._check(f"{text}")

    @handler(permission=PAGE)
    async def read_pasted(self, form: dict[str, Any]) -> None:
        """Check lines that were pasted."""
        await self._check(f"{form.get('content') or ''}")

    @handler(permission=PAGE)
    async def refuse_file(self, message: str) -> None:
        """Say why the browser did not read a file."""
        self._forget()
        self.refusal = f"{message}"[:300]

    @handler(permission=PAGE)
    async def start_over(self) -> None:
        """Ask for another file."""
        self._forget()

    @handler(permission=PAGE)
    async def apply(self) -> list[EventSpec]:
        """Put the checked balances into the books."""
        if not self.summary:
            return []
        self.is_busy = True
        try:
            done = await self._run(self.command, self._given() | {"idempotency_key": self._key})
        except (ValidationError, DomainError) as error:
            self._refused(error)
            return []
        finally:
            self.is_busy = False
        self._forget()
        return [
            rx.toast.success(f"{self._summary(done)} are in the books."),
            rx.redirect(self.after),
        ]

    async def _check(self, text: str) -> None:
        self._forget()
        self._content, self._key = text, new_form_key()
        try:
            tried = await self._preview(self.command, self._given())
            zone = (await self._principal()).time_zone
        except (ValidationError, DomainError) as error:
            self._refused(error)
            return
        found: Any = tried.result
        rows = [self._entry(row) for row in found.rows[:MOST_SHOWN]]
        self.rows = display_rows(rows, self.columns, zone)
        rest = len(found.rows) - len(rows)
        self.more = f"and {counted(rest, 'line')} more" if rest else ""
        self.summary, self.left = self._summary(found), self._left(found)

    def _summary(self, found: Any) -> str:
        raise NotImplementedError

    def _left(self, found: Any) -> str:
        raise NotImplementedError

    def _entry(self, row: Any) -> dict[str, Any]:
        return row.model_dump() | {"id": row.line}

    def _given(self) -> dict[str, Any]:
        return {"opening_on": self.day, "content": self._content}

    def _refused(self, error: ValidationError | DomainError) -> None:
        fields = errors_by_field(error)
        self.summary, self.rows = "", []
        self.faults = [
            fault_row(field, text) for field, text in fields.items() if "lines." in field
        ]
        plain = next(iter(fields.values()), "This file cannot be read.")
        self.refusal = error.message if isinstance(error, DomainError) else plain

    def _forget(self) -> None:
        self.refusal = self.summary = self.left = self.more = self._content = ""
        self.rows, self.faults = [], []


class OpeningState(_OpeningFile, rx.State):
    """A file of opening balances and open bills."""

    command: ClassVar[str] = "accounting.import_opening"
    columns: ClassVar[tuple[Column, ...]] = ROW_COLUMNS
    after: ClassVar[str] = "/books/trial-balance"
    imports: ClassVar[str] = "accounting.list_openings"

    def _named(self, row: Any) -> str:
        return f"{counted(row.bills, 'open bill')} and balances, {money_text(row.debits)}"

    def _summary(self, found: Any) -> str:
        return f"{counted(found.accounts, 'account')} and {counted(found.bills, 'open bill')}"

    def _left(self, found: Any) -> str:
        return sided_text(found.left) if found.left else ""

    def _entry(self, row: Any) -> dict[str, Any]:
        sides = {side: getattr(row, side) or None for side in ("debit", "credit")}
        return row.model_dump() | sides | {"id": row.line}


class OpeningStockState(_OpeningFile, rx.State):
    """A file of the lots that were on the shelf."""

    command: ClassVar[str] = "inventory.import_opening_stock"
    columns: ClassVar[tuple[Column, ...]] = STOCK_COLUMNS
    after: ClassVar[str] = "/books/stock"
    imports: ClassVar[str] = "inventory.list_opening_stock"

    def _named(self, row: Any) -> str:
        return f"{counted(row.lots, 'lot')} worth {money_text(row.value)}"

    def _summary(self, found: Any) -> str:
        return f"{counted(len(found.rows), 'lot')} worth {money_text(found.value)}"

    def _left(self, found: Any) -> str:
        return money_text(found.expired) if found.expired else ""


class TakeBackOpeningState(DialogFormState, rx.State):
    """Takes an import of balances and bills back."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.take_back_opening"
    subject_field: ClassVar[str] = "opening_id"
    done_words: ClassVar[str] = "Taken back. The file can be imported again, mended."

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(OpeningState)
        await page._show_imports()  # noqa: SLF001  the page behind the dialog


class TakeBackStockState(DialogFormState, rx.State):
    """Takes an import of stock back."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "inventory.take_back_opening_stock"
    subject_field: ClassVar[str] = "import_id"
    done_words: ClassVar[str] = "Taken back. The file can be imported again, mended."

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(OpeningStockState)
        await page._show_imports()  # noqa: SLF001  the page behind the dialog
