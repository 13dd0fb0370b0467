"""The prescription of the bill at hand, and the register of those that were filled."""

from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError

from erp.core.columns import Column, Kind
from erp.state.listing import ListState
from erp.state.pos.cart import Prescribed
from erp.state.pos.till import SELL, TillState
from erp.state.registry import handler
from erp.state.session import SessionState, errors_by_field

LATEST_DOCTORS = 20
TEXTS = {
    "doctor_name": "Name the doctor.",
    "registration_no": "The registration number stands on the prescription.",
    "patient_name": "Name the patient.",
    "prescribed_on": "The day on the prescription.",
}


class PrescriptionState(SessionState, rx.State):
    """The dialog that reads a prescription into the bill."""

    is_open: bool = False
    errors: dict[str, str] = {}
    given: dict[str, str] = {}
    doctors: list[str] = []

    @handler(permission=SELL)
    async def open_dialog(self) -> None:
        """Show the prescription of the bill, or an empty one in the customer's name."""
        till = await self.get_state(TillState)
        kept = till._cart().prescription
        patient = till.customer["name"] if till.customer["id"] else ""
        today = await self._call(lambda ctx: ctx.today)
        self.given = (
            {key: f"{value}" for key, value in kept.model_dump().items()}
            if kept
            else {"patient_name": patient, "prescribed_on": f"{today}"}
        )
        found = await self._ask("pos.list_prescriptions", {"limit": LATEST_DOCTORS})
        self.doctors = list(dict.fromkeys(row.doctor_name for row in found.rows))
        self.errors, self.is_open = {}, True

    @handler(permission=SELL)
    async def close_dialog(self) -> None:
        """Leave the bill as it is."""
        self.is_open = False

    @handler(permission=SELL)
    async def keep(self, form: dict[str, Any]) -> None:
        """Sell the bill at hand on this prescription."""
        given = {key: f"{form.get(key) or ''}".strip() for key in (*TEXTS, "note")}
        self.errors = {key: text for key, text in TEXTS.items() if not given[key]}
        if self.errors:
            return
        try:
            prescription = Prescribed.model_validate(given)
        except ValidationError as error:
            self.errors = {
                key: TEXTS.get(key, text) for key, text in errors_by_field(error).items()
            }
            return
        await self._put(prescription)

    @handler(permission=SELL)
    async def take_off(self) -> None:
        """Sell the bill at hand without a prescription."""
        await self._put(None)

    async def _put(self, prescription: Prescribed | None) -> None:
        till = await self.get_state(TillState)
        self.is_open = False
        await till._adopt(till._cart().model_copy(update={"prescription": prescription}))


class PrescriptionListState(ListState, rx.State):
    """Filled prescriptions, newest first; each leads to its bill."""

    permission: ClassVar[str] = "pos.view"
    query: ClassVar[str] = "pos.list_prescriptions"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Bill", sort="number", detail="goods"),
        Column("filled_at", "Filled", Kind.INSTANT, sort="filled_at", wide_only=True),
        Column("patient_name", "Patient", sort="patient_name"),
        Column("doctor_name", "Doctor", sort="doctor_name", detail="registration_no"),
        Column("prescribed_on", "Dated", Kind.DATE, sort="prescribed_on", wide_only=True),
    )
    row_link: ClassVar[str] = "/sales/{sale_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("from_day", "to_day", "doctor")
    topics: ClassVar[tuple[str, ...]] = ("pos",)
