"""Price lists: for whom, from when to when."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.sales import Audience, Basis, PriceList, PriceMode, PriceRule, RuleKind
from erp.services import party
from erp.services.party import PartyKind
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Result,
    ShortText,
    command,
    emit,
)
from erp.services.sales.errors import UnknownPriceList
from erp.services.sales.events import PriceListChanged, PriceListMade

ListCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$")]

STANDARD = (
    ("DOCTOR", "Doctors, a tenth below MRP", Basis.MRP, -10),
    ("RETAILER_PTR", "Retailers, at PTR", Basis.PTR, 0),
    ("STOCKIST_PTS", "Stockists, at PTS", Basis.PTS, 0),
    ("INSTITUTION", "Institutions, at PTR", Basis.PTR, 0),
)
"""Lists that customers are given by their kind; what everyone else pays is the MRP.

Source: 2.8 of the domain's rules for prices: doctors pay PTR, or MRP less 10 to 25 percent.
"""


class CreatePriceList(Command):
    """Make an empty price list.

    Attributes:
        customer_id, customer_kind: Whom it is for, as its audience asks.
        price_mode: Whether its fixed prices hold the tax.
        valid_from: Today where none is given.
    """

    code: ListCode
    name: ShortText
    audience: Audience
    customer_id: UUID | None = None
    customer_kind: PartyKind | None = None
    price_mode: PriceMode = PriceMode.INCLUSIVE
    valid_from: Day | None = None
    valid_until: Day | None = None

    @model_validator(mode="after")
    def _names_its_audience(self) -> Self:
        if (self.audience is Audience.CUSTOMER) != (self.customer_id is not None):
            message = "Name the customer of a contract, and of no other list."
            raise ValueError(message)
        if (self.audience is Audience.KIND) != (self.customer_kind is not None):
            message = "Name the kind of customers of a list for a kind, and of no other list."
            raise ValueError(message)
        return self


class UpdatePriceList(Command):
    """Rename a list, give it an end, stop it, or start it again."""

    list_id: UUID
    name: ShortText
    valid_until: Day | None = None
    is_active: bool = True


class MakeStandardLists(Command):
    """Make the lists customers are given by their kind."""


class StandardLists(Result):
    """The codes of the lists that were made; those that were there are left alone."""

    made: list[str]


@command("sales.create_price_list", permission="sales.set_prices", rest="POST /price-lists")
def create_price_list(session: Session, ctx: RequestContext, cmd: CreatePriceList) -> Identified:
    """Make a list without rules; its code is kept in upper case.

    Raises:
        Conflict: The code is taken. UnknownParty: The customer is not in the acting tenant.
        InvalidInput: It ends before it begins.

    Emits:
        sales.price_list_made.v1
    """
    valid_from = cmd.valid_from or ctx.today
    if cmd.valid_until is not None and cmd.valid_until < valid_from:
        raise _ends_early(f"It must not end before it begins on {date_text(valid_from)}.")
    if cmd.customer_id is not None:
        party.check_known(session, ctx, cmd.customer_id, "customer_id")
    list_id, code = new_id(), cmd.code.upper()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": list_id,
        "code": code,
        "name": cmd.name,
        "audience": cmd.audience,
        "party_id": cmd.customer_id,
        "party_kind": cmd.customer_kind,
        "price_mode": cmd.price_mode,
        "valid_from": valid_from,
        "valid_until": cmd.valid_until,
        "is_active": True,
    }
    db.insert_rows(session, PriceList, [row])
    emit(session, ctx, list_id, PriceListMade(list_id=list_id, code=code))
    return Identified(id=list_id)


@command(
    "sales.update_price_list", permission="sales.set_prices", rest="PUT /price-lists/{list_id}"
)
def update_price_list(session: Session, ctx: RequestContext, cmd: UpdatePriceList) -> Identified:
    """Rename a list, give it an end, stop it or start it again; bills posted keep their prices.

    Raises:
        UnknownPriceList: The acting tenant has no such list.
        InvalidInput: It would end before it begins.

    Emits:
        sales.price_list_changed.v1
    """
    found = hold_list(session, ctx, cmd.list_id)
    if cmd.valid_until is not None and cmd.valid_until < found["valid_from"]:
        began = date_text(found["valid_from"])
        raise _ends_early(f"It must not end before it began on {began}.")
    db.execute(
        session,
        "update price_list set name = %s, valid_until = %s, is_active = %s"
        " where tenant_id = %s and id = %s",
        (cmd.name, cmd.valid_until, cmd.is_active, ctx.tenant_id, cmd.list_id),
    )
    event = PriceListChanged(list_id=cmd.list_id, is_active=cmd.is_active)
    emit(session, ctx, cmd.list_id, event)
    return Identified(id=cmd.list_id)


@command(
    "sales.make_standard_lists", permission="sales.set_prices", rest="POST /price-lists/standard"
)
def make_standard_lists(
    session: Session, ctx: RequestContext, _cmd: MakeStandardLists
) -> StandardLists:
    """Make the lists that customers are given by their kind, with one rule each for all goods.

    Emits:
        sales.price_list_made.v1 for each.
    """
    rows = db.fetch_all(
        session, "select code from price_list where tenant_id = %s", (ctx.tenant_id,)
    )
    known = {row["code"] for row in rows}
    fresh = [standard for standard in STANDARD if standard[0] not in known]
    for code, name, basis, percent in fresh:
        made = create_price_list(
            session,
            ctx,
            CreatePriceList(
                code=code,
                name=name,
                audience=Audience.ASSIGNED,
                price_mode=PriceMode.INCLUSIVE if basis is Basis.MRP else PriceMode.EXCLUSIVE,
            ),
        )
        rule = {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "list_id": made.id,
            "kind": RuleKind.PRICE,
            "basis": basis,
            "percent": percent,
            "min_quantity": 1,
            "repeats": True,
            "valid_from": ctx.today,
            "reason": "The usual list",
            "set_by": ctx.user_id,
            "set_at": ctx.now,
        }
        db.insert_rows(session, PriceRule, [rule])
    return StandardLists(made=[standard[0] for standard in fresh])


def hold_list(session: Session, ctx: RequestContext, list_id: UUID) -> db.Row:
    """Lock a list and return it.

    Raises:
        UnknownPriceList: The acting tenant has no such list.
    """
    row = db.fetch_one(
        session,
        "select * from price_list where tenant_id = %s and id = %s for update",
        (ctx.tenant_id, list_id),
    )
    if row is None:
        message = "This price list is not known here. Choose one of the list."
        raise UnknownPriceList(message, fields={"list_id": message})
    return row


def _ends_early(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"valid_until": message})
