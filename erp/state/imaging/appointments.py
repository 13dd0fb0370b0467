"""Appointments of a day: booked, moved, arrived, missed, cancelled."""

from datetime import date, timedelta
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.clock import business_date, utc_now
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text
from erp.state import live
from erp.state.asking import DialogFormState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, new_form_key

VIEW, OPERATE = "imaging.view", "imaging.operate"
QUESTIONS = {
    "missed": ("Did {patient} not come?", "Did not come"),
    "cancel": ("Cancel the appointment of {patient}?", "Cancel appointment"),
}
UNDO = "Until the day is over its row lets you take that back."
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
    asked: dict[str, str] = {}
    is_asking: bool = False

    @handler(permission=PAGE)
    async def open_day(self) -> None:
        """Show the day that the address names, else today."""
        self.day = _day_of(dict(self.router.url.query_parameters).get("day", ""))
        await self._show()
        self.is_loading = False

    @handler(permission=PAGE)
    async def go_to(self, day: str) -> None:
        """Show another day; today for none."""
        self.day = _day_of(f"{day}")
        await self._show()

    @handler(permission=PAGE)
    async def turn(self, days: int) -> None:
        """Show the day before or after."""
        if self.day and f"{days}" in {"-1", "1"}:
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
    async def ask(self, what: str, order_id: str, patient: str, clock: str) -> None:
        """Ask before an appointment is given up."""
        words = QUESTIONS.get(f"{what}")
        if words is None:
            return
        title, confirm = words
        about = {"what": f"{what}", "id": f"{order_id}"[:40], "confirm": confirm}
        self.asked = about | {"title": title.format(patient=f"{patient}"[:120])}
        self.asked["message"] = f"{clock} leaves the worklist, and others may book the time."[:200]
        self.is_asking = True

    @handler(permission=OPERATE)
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    @handler(permission=OPERATE)
    async def give_up(self) -> EventSpec | None:
        """Cancel the appointment that was asked about, or note that its patient did not come."""
        about, self.asked, self.is_asking = self.asked, {}, False
        if about.get("what") == "missed":
            return await self._note(about["id"], "no_show", f"Noted. {UNDO}")
        if about.get("what") == "cancel":
            given = {"order_id": about["id"]}
            return await self._change("imaging.cancel_order", given, f"Cancelled. {UNDO}")
        return None

    @handler(permission=OPERATE)
    async def take_back(self, order_id: str) -> EventSpec | None:
        """Put an appointment back that was cancelled or noted as missed."""
        given = {"order_id": f"{order_id}"}
        return await self._change("imaging.take_back_appointment", given, "Back on the worklist.")

    async def _note(self, order_id: str, attendance: str, words: str) -> EventSpec:
        given = {"order_id": f"{order_id}", "attendance": attendance}
        return await self._change("imaging.note_attendance", given, words)

    async def _change(self, action: str, given: dict[str, str], words: str) -> EventSpec:
        given = given | {"idempotency_key": new_form_key()}
        try:
            await self._run(action, given)
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
        principal = await self._principal()
        self.may_operate = principal.may(OPERATE)
        self.day, self.day_words = found.day.isoformat(), f"{found.day:%A}, {date_text(found.day)}"
        self.devices = [_device(one) for one in found.devices]
        is_over = found.day < business_date(utc_now(), principal.time_zone)
        self.rows = [
            _row(row, f"{one.id or 'none'}", may_operate=self.may_operate, may_undo=not is_over)
            for one in found.devices
            for row in one.appointments
        ]


def _device(one: Any) -> dict[str, str]:
    hours, minutes = divmod(one.booked_minutes, 60)
    booked = f", {hours} h {minutes:02d} booked" if one.booked_minutes else ""
    standing = [row for row in one.appointments if row.status != "cancelled"]
    return {
        "id": f"{one.id or 'none'}",
        "name": one.name,
        "about": f"{counted(len(standing), 'examination')}{booked}" if standing else "",
        "is_empty": "" if one.appointments else "yes",
        "may_book": "yes" if one.id else "",
    }


def _day_of(text: str) -> str:
    """Return a day as the address tells it; today, which is nothing, for what is none."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _row(row: Any, device: str, *, may_operate: bool, may_undo: bool) -> dict[str, str]:
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
        "may_undo": "yes" if may_operate and may_undo and row.status == "cancelled" else "",
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
