"""Appointments of a day: booked, moved, arrived, missed, cancelled."""

from datetime import date, timedelta
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text
from erp.state import live
from erp.state.asking import DialogFormState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState

VIEW, OPERATE = "imaging.view", "imaging.operate"
LENGTHS = [("10", "10 minutes"), ("15", "15 minutes"), ("20", "20 minutes"), ("30", "30 minutes"),
           ("45", "45 minutes"), ("60", "1 hour"), ("90", "1 \u00bd hours"), ("120", "2 hours")]  # fmt: skip


class AppointmentsState(SessionState, rx.State):
    """A day of the branch, device by device."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    problem: str = ""
    day: str = ""
    day_words: str = ""
    devices: list[dict[str, str]] = []
    rows: list[dict[str, str]] = []
    may_operate: bool = False

    @handler(permission=PAGE)
    async def open_day(self) -> None:
        """Show the day that the address names, else today."""
        self.day = dict(self.router.url.query_parameters).get("day", "")[:10]
        await self._show()
        self.is_loading = False

    @handler(permission=PAGE)
    async def go_to(self, day: str) -> None:
        """Show another day; today for none."""
        self.day = f"{day}"[:10]
        await self._show()

    @handler(permission=PAGE)
    async def turn(self, days: int) -> None:
        """Show the day before or after."""
        if self.day and int(days) in {-1, 1}:
            self.day = (date.fromisoformat(self.day) + timedelta(days=int(days))).isoformat()
            await self._show()

    @handler(permission=PAGE, background=True)
    async def listen(self) -> None:
        """Show the day again whenever something changes."""
        async for _ in live.changes(self, "imaging"):
            async with self:
                await self._show()

    @handler(permission=OPERATE)
    async def arrived(self, order_id: str) -> EventSpec | None:
        """Note that a patient came."""
        return await self._note(order_id, "arrived", "Arrived.")

    @handler(permission=OPERATE)
    async def expected(self, order_id: str) -> EventSpec | None:
        """Take an arrival back."""
        return await self._note(order_id, "expected", "Expected again.")

    @handler(permission=OPERATE)
    async def missed(self, order_id: str) -> EventSpec | None:
        """Note that a patient did not come."""
        return await self._note(order_id, "no_show", "Noted; it left the worklist.")

    @handler(permission=OPERATE)
    async def cancel(self, order_id: str) -> EventSpec | None:
        """Cancel an appointment."""
        try:
            await self._run("imaging.cancel_order", {"order_id": f"{order_id}"})
        except (DomainError, ValidationError) as error:
            return rx.toast.error(getattr(error, "message", "There is no such appointment."))
        await self._show()
        return rx.toast.success("Cancelled; it left the worklist.")

    async def _note(self, order_id: str, attendance: str, words: str) -> EventSpec:
        given = {"order_id": f"{order_id}", "attendance": attendance}
        try:
            await self._run("imaging.note_attendance", given)
        except (DomainError, ValidationError) as error:
            return rx.toast.error(getattr(error, "message", "There is no such appointment."))
        await self._show()
        return rx.toast.success(words)

    async def _show(self) -> None:
        self.problem = ""
        try:
            found = await self._ask("imaging.get_day", {"day": self.day} if self.day else {})
        except (DomainError, ValidationError) as error:
            self.problem = getattr(error, "message", "Choose a day.")
            self.rows, self.devices = [], []
            return
        self.may_operate = (await self._principal()).may(OPERATE)
        self.day, self.day_words = found.day.isoformat(), f"{found.day:%A}, {date_text(found.day)}"
        self.devices = [_device(one) for one in found.devices]
        self.rows = [
            _row(row, f"{one.id or 'none'}", may_operate=self.may_operate)
            for one in found.devices
            for row in one.appointments
        ]


def _device(one: Any) -> dict[str, str]:
    hours, minutes = divmod(one.booked_minutes, 60)
    booked = f"{hours} h {minutes:02d} booked" if one.booked_minutes else "nothing booked"
    standing = [row for row in one.appointments if row.status != "cancelled"]
    return {
        "id": f"{one.id or 'none'}",
        "name": one.name,
        "about": f"{counted(len(standing), 'examination')}, {booked}",
        "is_empty": "" if one.appointments else "yes",
        "may_book": "yes" if one.id else "",
    }


def _row(row: Any, device: str, *, may_operate: bool) -> dict[str, str]:
    words, tone = _standing(row)
    is_open = may_operate and row.status == "scheduled"
    return {
        "id": f"{row.id}",
        "device": device,
        "time": f"{row.starts} \u2013 {row.ends}" if row.ends else f"{row.starts}, no length",
        "patient": row.patient,
        "code": row.patient_code,
        "procedure": row.procedure,
        "note": row.note,
        "accession": row.accession,
        "standing": words,
        "tone": tone,
        "is_gone": "yes" if row.status == "cancelled" else "",
        "may_change": "yes" if is_open else "",
        "is_expected": "yes" if is_open and not row.attendance else "",
        "is_here": "yes" if is_open and row.attendance == "arrived" else "",
        "clock": row.starts,
        "minutes": f"{row.minutes or 30}",
        "device_id": f"{row.device_id or ''}",
    }


def _standing(row: Any) -> tuple[str, str]:
    if row.attendance == "no_show":
        return "Did not come", "red"
    known = {
        "cancelled": ("Cancelled", "gray"),
        "started": ("Images came", "amber"),
        "done": ("Done", "green"),
    }
    if row.status in known:
        return known[row.status]
    return ("Arrived", "green") if row.attendance == "arrived" else ("Expected", "blue")


class BookState(DialogFormState, rx.State):
    """Books an appointment on the day that is shown."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.book_appointment"

    devices: list[dict[str, str]] = []
    day: str = ""

    async def _prepare(self) -> None:
        page = await self.get_state(AppointmentsState)
        self.day = page.day
        self.devices = _choices(page.devices)

    async def _done(self, result: Any) -> str:
        page = await self.get_state(AppointmentsState)
        await page._show()  # noqa: SLF001  sister of this state
        return f"Booked as {result.accession}; modalities see it at their next look."


class MoveState(DialogFormState, rx.State):
    """Gives an appointment another time."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.move_appointment"
    subject_field: ClassVar[str] = "order_id"

    devices: list[dict[str, str]] = []
    kept: dict[str, str] = {}
    day: str = ""

    async def _prepare(self) -> None:
        page = await self.get_state(AppointmentsState)
        self.day = page.day
        self.devices = _choices(page.devices)
        row = next((one for one in page.rows if one["id"] == self.subject["id"]), {})
        self.kept = {key: row.get(key, "") for key in ("clock", "minutes", "device_id")}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  the page shows it
        page = await self.get_state(AppointmentsState)
        await page._show()  # noqa: SLF001  sister of this state
        return "Moved."


def _choices(devices: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"value": one["id"], "label": one["name"]} for one in devices if one["may_book"]]
