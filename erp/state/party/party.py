"""One party: who they are, how they stand, what they bought."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.services import identity
from erp.services.party import state_name
from erp.state.party.parties import EDIT, VIEW
from erp.state.party.wording import CATEGORIES, KINDS, LICENCE_FORMS, ROLES, SEXES, list_label
from erp.state.reading import RecordState
from erp.state.registry import handler
from erp.state.showing import display_rows

LATEST = 10
OPEN_BY = {
    "customer": "Their contract",
    "assigned": "Given to them",
    "kind": "For their kind",
    "everyone": "For everyone",
}
"""Why a price list is open to a party, the closest first."""
SELLERS = frozenset({"supplier", "manufacturer"})
LICENCE_WARNING_DAYS = 60
TRADERS = frozenset({"retailer", "distributor", "manufacturer", "importer"})
"""Who trade medicines, and so have a drug licence."""
_MISSING = "No drug licence on record. It takes one to trade medicines with them."
SALE_COLUMNS = (
    Column("number", "Number"),
    Column("sold_at", "When", Kind.INSTANT),
    Column("methods", "Paid by", wide_only=True),
    Column("total", "Total", Kind.MONEY),
)
INVOICE_COLUMNS = (
    Column("number", "Number"),
    Column("issued_on", "Day", Kind.DATE),
    Column("tax", "Tax", Kind.MONEY, wide_only=True),
    Column("total", "Total", Kind.MONEY),
)


class PartyState(RecordState, rx.State):
    """A party with everything about them on one page."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("party", "pos", "billing", "sales", "payments")

    standing: dict[str, str] = {}
    sales: list[dict[str, str]] = []
    invoices: list[dict[str, str]] = []
    price_lists: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        party = await self._ask("party.get_party", {"party_id": record_id})
        zone = principal.time_zone
        self.standing, self.sales, self.invoices = {}, [], []
        if principal.may("billing.view"):
            found = await self._ask("reporting.get_party_standing", {"party_id": record_id})
            self.standing = _standing(found, party.credit_limit)
            bills = await self._ask(
                "billing.list_invoices", {"party_id": record_id, "limit": LATEST}
            )
            self.invoices = display_rows(bills.rows, INVOICE_COLUMNS, zone, "/invoices/{id}")
        if principal.may("pos.view"):
            sold = await self._ask("pos.list_sales", {"customer_id": record_id, "limit": LATEST})
            self.sales = display_rows(sold.rows, SALE_COLUMNS, zone, "/sales/{id}")
        names = await self._open_lists(record_id, principal)
        today = await self._call(lambda ctx: ctx.today)
        self.head = (
            _head(party, names)
            | _licence(party, today)
            | {
                "may_edit": "yes" if principal.may(EDIT) else "",
                "sees_sales": "yes" if principal.may("pos.view") else "",
                "sells_to_us": "yes" if SELLERS & set(party.roles) else "",
                "may_order": "yes" if principal.may("purchasing.order") else "",
                "may_price": "yes" if principal.may("sales.set_prices") else "",
                "buys": "yes" if "customer" in party.roles else "",
                "sees_orders": "yes" if principal.may("purchasing.view") else "",
                "sees_account": "yes" if principal.may("payments.view") else "",
                "sees_results": "yes"
                if (party.kind == "patient" or "patient" in party.roles)
                and principal.may("laboratory.view")
                else "",
            }
        )

    async def _open_lists(
        self, record_id: UUID, principal: identity.Principal
    ) -> Mapping[str, str]:
        """Show the price lists that are open to the party, the closest first; return their names."""
        self.price_lists = []
        if not principal.may("sales.view"):
            return {}
        wanted = {"customer_id": record_id, "limit": 200}
        found = (await self._ask("sales.list_price_lists", wanted)).rows
        rows = sorted(found, key=lambda row: list(OPEN_BY).index(row.audience))
        self.price_lists = [
            {
                "id": str(row.id),
                "name": row.name,
                "href": f"/prices/{row.id}",
                "why": OPEN_BY[row.audience] + ("" if row.standing == "running" else ", not now"),
            }
            for row in rows
        ]
        return {row.code: row.name for row in rows if row.audience == "assigned"}

    @handler(permission=EDIT)
    async def change_status(self, is_active: bool) -> EventSpec:  # noqa: FBT001  an event's value
        """Close the party for new business, or open it again."""
        given = {"party_id": self.head.get("id", ""), "is_active": bool(is_active)}
        try:
            await self._run("party.set_party_status", given)
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success(
            "Open for business again." if is_active else "Closed for new business."
        )


def _standing(found: Any, credit_limit: Any) -> dict[str, str]:
    left = max(credit_limit - found.owes, 0)
    return {
        "owes": money_text(found.owes),
        "owes_note": f"{money_text(left)} of credit left" if credit_limit else "No credit given",
        "owes_tone": "red" if found.owes > credit_limit else "",
        "owed": money_text(found.owed),
        "billed": money_text(found.billed),
        "bills": counted(found.bills, "bill"),
        "last": date_text(found.last_on) if found.last_on else "Never",
    }


def _head(party: Any, lists: Mapping[str, str]) -> dict[str, str]:
    place = ", ".join(part for part in (party.address, party.city, party.pin) if part)
    return {
        "id": str(party.id),
        "name": party.name,
        "code": party.code,
        "kind": KINDS[party.kind],
        "roles": ", ".join(ROLES[role] for role in party.roles),
        "is_active": "yes" if party.is_active else "",
        "phone": party.phone,
        "phone_href": f"tel:{party.phone.replace(' ', '')}" if party.phone else "",
        "email": party.email,
        "email_href": f"mailto:{party.email}" if party.email else "",
        "address": place,
        "state": state_name(party.state_code),
        "category": CATEGORIES[party.gst_category],
        "gstin": party.gstin or "",
        "gstin_state": state_name(party.gstin[:2]) if party.gstin else "",
        "pan": party.pan or "",
        "price_list": list_label(party.price_list, lists),
        "credit_limit": money_text(party.credit_limit),
        "credit_days": f"{party.credit_days} days" if party.credit_days else "On delivery",
        "born": date_text(party.birth_on) if party.birth_on else "",
        "sex": SEXES.get(party.sex or "", ""),
        "note": party.note,
    }


def _licence(party: Any, today: date) -> dict[str, str]:
    """Return the drug licence with what it asks for: to be recorded, renewed, or of the right form."""
    ends = party.drug_licence_expires_on
    left = (ends - today).days if ends else None
    form = LICENCE_FORMS.get(party.drug_licence_form or "", "")
    number = party.drug_licence_no or ""
    is_due = left is not None and left <= LICENCE_WARNING_DAYS
    return {
        "licence": f"{number} (Form {form})" if form and form[0].isdigit() else number,
        "licence_ends": date_text(ends) if ends else "",
        "licence_tone": "" if not is_due else "red" if left is not None and left < 0 else "amber",
        "licence_warning": _licence_warning(party, ends, left),
    }


def _licence_warning(party: Any, ends: date | None, left: int | None) -> str:
    if not party.drug_licence_no:
        return _MISSING if party.kind in TRADERS and party.is_active else ""
    if party.drug_licence_form == "other":
        return "The drug licence on record is not one for homoeopathic medicines. Ask for that one."
    if ends is None or left is None or left > LICENCE_WARNING_DAYS:
        return ""
    if left < 0:
        return f"The drug licence ended on {date_text(ends)}. Ask for the renewed one."
    return f"The drug licence ends on {date_text(ends)}, in {left} days."
