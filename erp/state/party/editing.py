"""The form of a party, new or known, with its GSTIN checked as it is typed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import plain_decimal
from erp.services import party
from erp.state.party.parties import EDIT
from erp.state.party.wording import CATEGORIES, RETAIL, ROLES, STATES, list_label
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid
from erp.state.submitting import FormState

UPPER = ("gstin", "pan")
NUMBERS = ("credit_limit", "credit_days")
DAYS = ("drug_licence_expires_on", "birth_on")
ROLE_BOX = "role_"


class PartyFormState(FormState, mixin=True):
    """A party being typed.

    Attributes:
        facts: What the fields start from.
        gstin_note: What the GSTIN says of the party, once it is right.
    """

    facts: dict[str, str] = {}
    roles: list[dict[str, str]] = []
    price_lists: list[dict[str, str]] = []
    state_code: str = ""
    gst_category: str = "unregistered"
    gstin_note: str = ""

    @handler(permission=PAGE)
    async def choose_state(self, code: str) -> None:
        """Keep the state of the address."""
        if code in STATES:
            self.state_code = code

    @handler(permission=PAGE)
    async def choose_category(self, category: str) -> None:
        """Keep how the party is registered."""
        if category in CATEGORIES:
            self.gst_category = category

    @handler(permission=PAGE)
    async def check_gstin(self, text: str) -> None:
        """Say at the field what is wrong; a right one fills in the state and the registration."""
        typed = f"{text}".strip()[:20]
        kept = {name: words for name, words in self.field_errors.items() if name != "gstin"}
        self.field_errors, self.gstin_note = kept, ""
        if not typed:
            return
        try:
            gstin = party.read_gstin(typed)
        except DomainError as error:
            self.field_errors = kept | {"gstin": error.message}
            return
        self.state_code = gstin.state_code
        if self.gst_category == "unregistered":
            self.gst_category = "regular"
        place = party.state_name(gstin.state_code)
        self.gstin_note = f"Right: registered in {place}, PAN {gstin.pan}."

    async def _offer_lists(self, current: str) -> None:
        """Offer the lists that customers are given, the party's own code, and the MRP."""
        names: dict[str, str] = {}
        if (await self._principal()).may("sales.view"):
            wanted = {"audience": "assigned", "limit": 200}
            found = await self._ask("sales.list_price_lists", wanted)
            names = {row.code: row.name for row in found.rows}
        codes = dict.fromkeys((RETAIL, *names, *filter(None, (current,))))
        self.price_lists = [{"value": code, "label": list_label(code, names)} for code in codes]

    def _begin(self, facts: Mapping[str, str], roles: Sequence[str]) -> None:
        self._renew()
        self.facts, self.gstin_note = dict(facts), ""
        self.state_code = facts["state_code"]
        self.gst_category = facts["gst_category"]
        self.roles = [
            {"value": f"{ROLE_BOX}{name}", "label": label, "held": "yes" if name in roles else ""}
            for name, label in ROLES.items()
        ]

    def _typed(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was typed: ticked roles as a list, GSTIN and PAN in capitals."""
        boxes = {f"{ROLE_BOX}{name}": name for name in ROLES}
        given = {name: value for name, value in form.items() if name not in boxes}
        ticked = [name for box, name in boxes.items() if form.get(box)]
        given |= {name: f"{given[name]}".strip().upper() for name in UPPER if name in given}
        if given.get("credit_limit"):
            given["credit_limit"] = f"{given['credit_limit']}".replace(",", "")
        return given | {"roles": ticked}


class NewPartyState(PartyFormState, rx.State):
    """Registers a party."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "party.create_party"

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty form in our own state; the address may name the role."""
        role = dict(self.router.url.query_parameters).get("role", "")
        wanted = role if role in ROLES else "customer"
        kind = {"supplier": "distributor", "doctor": "doctor", "manufacturer": "manufacturer"}
        branch_id = (await self._principal()).branch_id
        branches = (await self._ask("identity.list_branches")).rows
        home = next((row.state_code for row in branches if row.id == branch_id), "")
        facts = {
            "kind": kind.get(wanted, "patient"),
            "state_code": home,
            "gst_category": "unregistered",
        }
        await self._offer_lists("")
        usual = {"value": "", "label": "As usual for the kind"}
        self.price_lists = [usual, *self.price_lists]
        self._begin(facts, [wanted])

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: value for name, value in self._typed(form).items() if value not in ("", None)}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        return [
            rx.toast.success(f"Saved under the code {result.code}."),
            rx.redirect(f"/parties/{result.id}"),
        ]


class EditPartyState(PartyFormState, rx.State):
    """Changes a party."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "party.update_party"

    is_loading: bool = True
    problem: str = ""
    back: str = "/parties"

    _party_id: str = ""

    @handler(permission=PAGE)
    async def open_edit(self) -> None:
        """Show the party that the address names, ready to be changed."""
        self.is_loading, self.problem = True, ""
        found = as_uuid(self.router.url.path.rstrip("/").removesuffix("/edit").rpartition("/")[2])
        self._party_id = str(found or "")
        self.back = f"/parties/{self._party_id}"
        try:
            row = await self._ask("party.get_party", {"party_id": found}) if found else None
        except DomainError as error:
            self.problem = error.message
        else:
            if row is None:
                self.problem = "The address names no party."
            else:
                await self._offer_lists(row.price_list)
                self._begin(_facts(row), list(row.roles))
        self.is_loading = False

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send every field, so that an emptied one is cleared; an emptied number is zero."""
        given = self._typed(form)
        zeros = {name: "0" for name in NUMBERS if not given.get(name)}
        days = {name: None for name in DAYS if not given.get(name)}
        return given | zeros | days | {"party_id": self._party_id}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        return [rx.toast.success("Saved."), rx.redirect(f"/parties/{result.id}")]


def _facts(row: Any) -> dict[str, str]:
    """Return the party as its form starts."""
    shown = row.model_dump(exclude={"id", "roles"})
    return {
        name: plain_decimal(value)
        if isinstance(value, Decimal)
        else ""
        if value is None
        else f"{value}"
        for name, value in shown.items()
    }
