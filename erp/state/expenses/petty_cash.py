"""Petty cash: the boxes, and the book of one."""

from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from erp.core.columns import Column, Kind
from erp.core.formatting import money_text, plain_decimal
from erp.core.money import ZERO
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.choosing import ChoosingState
from erp.state.expenses.wording import ARRANGE, MOVES, SEE_BOX, SPEND
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import NOTHING, display_rows

BOOK_COLUMNS = (
    Column("words", "Entry", detail="person"),
    Column("moved_on", "Day", Kind.DATE, detail="number"),
    Column("kind", "What", labels=MOVES, wide_only=True),
    Column("received", "Received", Kind.MONEY, wide_only=True),
    Column("paid", "Paid", Kind.MONEY),
    Column("balance", "Balance", Kind.MONEY),
)
SIDES = ("received", "paid")


class PettyCashState(ListState, rx.State):
    """The company's boxes by branch."""

    permission: ClassVar[str] = SEE_BOX
    query: ClassVar[str] = "expenses.list_floats"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("branch", "Branch", detail="custodian"),
        Column("balance", "In the box", Kind.MONEY),
        Column("amount", "Topped up to", Kind.MONEY, wide_only=True),
        Column("counted_on", "Counted", Kind.DATE),
    )
    row_link: ClassVar[str] = "/expenses/petty-cash/{id}"
    topics: ClassVar[tuple[str, ...]] = ("expenses",)

    may_arrange: bool = False
    may_spend: bool = False
    has_own: bool = True

    async def _reload(self) -> None:
        await super()._reload()
        principal = await self._principal()
        self.may_arrange, self.may_spend = principal.may(ARRANGE), principal.may(SPEND)
        branch = await self._call(lambda ctx: ctx.branch_id)
        boxes = (await self._ask("expenses.list_floats", {})).rows
        self.has_own = any(row.branch_id == branch for row in boxes)


class PettyBookState(ChoosingState, RecordState, rx.State):
    """The book of one box."""

    permission: ClassVar[str] = SEE_BOX
    topics: ClassVar[tuple[str, ...]] = ("expenses",)

    lines: list[dict[str, str]] = []
    asked: str = ""
    day_problem: str = ""

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        self.day_problem = ""
        given = self._chosen()
        try:
            book = await self._ask("expenses.petty_cash_book", {"float_id": record_id} | given)
        except ValidationError:
            self.day_problem = "Choose a day."
            return
        rows = display_rows(
            [row.model_dump() for row in book.rows], BOOK_COLUMNS, principal.time_zone
        )
        self.lines = [
            _quiet(shown) | {"href": f"/expenses/{row.claim_id}" if row.claim_id else ""}
            for shown, row in zip(rows, book.rows, strict=True)
        ]
        self._taken(from_day=book.from_day, to_day=book.to_day)
        self.asked = urlencode(self._chosen())
        boxes = (await self._ask("expenses.list_floats", {})).rows
        box = next(row for row in boxes if row.id == record_id)
        branch = await self._call(lambda ctx: ctx.branch_id)
        self.head = _head(book, box) | {
            "may_arrange": "yes" if principal.may(ARRANGE) else "",
            "may_spend": "yes" if principal.may(SPEND) and box.branch_id == branch else "",
            "may_count": "yes" if principal.may(SPEND) else "",
        }

    @handler(permission=PAGE)
    async def open_book(self) -> None:
        """Take the days from the address."""
        self._take_choices()

    async def _show_chosen(self) -> None:
        await self._show()


def _quiet(row: dict[str, str]) -> dict[str, str]:
    zero = money_text(ZERO)
    return row | {side: NOTHING for side in SIDES if row[side] == zero}


def _head(book: Any, box: Any) -> dict[str, str]:
    room = max(box.amount - box.balance, ZERO)
    return {
        "id": str(box.id),
        "branch": book.branch,
        "about": f"Kept by {book.custodian or 'nobody'}, topped up to {money_text(box.amount)}",
        "custodian_id": str(box.custodian_id),
        "amount": plain_decimal(box.amount),
        "balance": money_text(box.balance),
        "room": plain_decimal(room),
        "room_words": money_text(room),
        "is_full": "yes" if room == 0 else "",
        "opening": money_text(book.opening),
        "received": money_text(book.received),
        "paid": money_text(book.paid),
        "closing": money_text(book.closing),
    }


class _OfBox(DialogFormState, mixin=True):
    """A form over the page of a box."""

    subject_field: ClassVar[str] = "float_id"

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(PettyBookState)
        await page._show()  # noqa: SLF001  sister of this state


class TopUpState(_OfBox, rx.State):
    """Puts money into the box."""

    permission: ClassVar[str] = ARRANGE
    command: ClassVar[str] = "expenses.top_up_float"
    done_words: ClassVar[str] = "Topped up and booked."


class CountState(_OfBox, rx.State):
    """Says what is in the box."""

    permission: ClassVar[str] = SPEND
    command: ClassVar[str] = "expenses.count_float"

    async def _done(self, result: Any) -> str:
        await self._bring_up_to_date()
        if not result.difference:
            return "Counted: as the book says."
        side = "short" if result.difference < 0 else "over"
        return f"Counted: {money_text(abs(result.difference))} {side}, booked."


class _Arranging(DialogFormState, mixin=True):
    """A form that asks who keeps a box and what it is topped up to."""

    people: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        found = await self._ask("expenses.list_custodians", {})
        known = [{"value": str(row.id), "label": row.name} for row in found.rows]
        self.people = [{"value": "", "label": "Choose"}, *known]


class OpenBoxState(_Arranging, rx.State):
    """Gives the acting branch petty cash."""

    permission: ClassVar[str] = ARRANGE
    command: ClassVar[str] = "expenses.open_float"
    done_words: ClassVar[str] = "Petty cash opened. Top it up next."

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(PettyCashState)
        await page._reload()  # noqa: SLF001  the list behind the dialog


class ChangeBoxState(_Arranging, rx.State):
    """Changes who keeps a box, or what it is topped up to."""

    permission: ClassVar[str] = ARRANGE
    command: ClassVar[str] = "expenses.change_float"
    subject_field: ClassVar[str] = "float_id"
    done_words: ClassVar[str] = "Petty cash changed."

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(PettyBookState)
        await page._show()  # noqa: SLF001  sister of this state
