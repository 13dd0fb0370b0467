"""Setting prices and schemes: rules are added, never changed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, LiteralString, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.sales import ALL_GOODS, Basis, PriceRule, RuleKind
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Quantity,
    Text,
    UnitPrice,
    command,
    emit,
)
from erp.services.sales.errors import UnknownRule
from erp.services.sales.events import PriceRuleSet
from erp.services.sales.price_lists import hold_list

Scope = Literal["lot", "variant", "product", "brand", "all"]
_KNOWN: Mapping[str, LiteralString] = {
    "lot": "select 1 from lot where tenant_id = %s and id = %s",
    "variant": "select 1 from variant where tenant_id = %s and id = %s",
    "product": "select 1 from product where tenant_id = %s and id = %s",
    "brand": "select 1 from brand where tenant_id = %s and id = %s",
}


class RuleInput(Command):
    """What rules of prices and of schemes have in common.

    Attributes:
        scope: What kind of goods it is for. goods_id: which of them; none for all goods.
        valid_from: Today where none is given; not before today, so that no price of the past changes.
        reason: Why; kept with the rule.
    """

    list_id: UUID
    scope: Scope = "all"
    goods_id: UUID | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    reason: Text = ""

    @model_validator(mode="after")
    def _names_its_goods(self) -> Self:
        if (self.scope == "all") != (self.goods_id is None):
            message = "Name the goods, or choose all goods and name none."
            raise ValueError(message)
        return self


class SetPrice(RuleInput):
    """Say what goods cost the customers of a list.

    Attributes:
        min_quantity: Base units on the bill, of the goods it is for, from which on the price holds.
        basis: What the price is worked out from. amount: the price itself, where it is fixed.
        percent: What is added to the basis; negative takes off.
        round_to: Step the price is rounded to, such as 0.50.
    """

    min_quantity: Quantity = 1
    basis: Basis = Basis.FIXED
    amount: UnitPrice | None = None
    percent: Annotated[Decimal, Field(ge=-100, le=1000, max_digits=7, decimal_places=4)] = Decimal(
        0
    )
    round_to: Annotated[UnitPrice, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _has_a_price(self) -> Self:
        if self.basis is Basis.NONE:
            message = "Choose what the price is worked out from."
            raise ValueError(message)
        if (self.basis is Basis.FIXED) != (self.amount is not None):
            message = "Give the price itself where it is fixed, and a percentage where it is not."
            raise ValueError(message)
        return self


class SetScheme(RuleInput):
    """Give whole units free with paid ones.

    Attributes:
        buy_quantity: Paid base units of one variant. free_quantity: units that come free.
        free_variant_id: What comes free where it is not the same.
        repeats: Whether every further `buy_quantity` brings free units again. Several steps for the
            same goods, as 10 + 1 and 25 + 3, are taken from the largest down; one that gives less for a unit than a
            smaller one gives nothing.
    """

    buy_quantity: Quantity
    free_quantity: Quantity
    free_variant_id: UUID | None = None
    repeats: bool = True


class EndRule(Command):
    """End a price or scheme.

    Attributes:
        from_day: The first day without it; today where none is given.
    """

    rule_id: UUID
    from_day: Day | None = None
    reason: Text = ""


@command(
    "sales.set_price", permission="sales.set_prices", rest="POST /price-lists/{list_id}/prices"
)
def set_price(session: Session, ctx: RequestContext, cmd: SetPrice) -> Identified:
    """Add a price to a list; it takes the place of one for the same goods and quantity.

    Locks the list.

    Raises:
        UnknownPriceList: The acting tenant has no such list.
        InvalidInput: The goods are not known here, or the days are wrong.

    Emits:
        sales.price_rule_set.v1
    """
    facts = {
        "kind": RuleKind.PRICE,
        "min_quantity": cmd.min_quantity,
        "basis": cmd.basis,
        "amount": cmd.amount,
        "percent": cmd.percent,
        "round_to": cmd.round_to,
    }
    return _add(session, ctx, cmd, facts)


@command(
    "sales.set_scheme", permission="sales.set_prices", rest="POST /price-lists/{list_id}/schemes"
)
def set_scheme(session: Session, ctx: RequestContext, cmd: SetScheme) -> Identified:
    """Add a scheme to a list; it takes the place of one for the same goods and quantity.

    Locks the list.

    Raises:
        UnknownPriceList: The acting tenant has no such list.
        InvalidInput: The goods are not known here, a lot is named, or the days are wrong.

    Emits:
        sales.price_rule_set.v1
    """
    if cmd.scope == "lot":
        message = "A scheme is for a variant, a product or a brand: lots are chosen at the sale."
        raise InvalidInput(message, fields={"scope": message})
    check_goods(session, ctx, "variant", cmd.free_variant_id, "free_variant_id")
    facts = {
        "kind": RuleKind.SCHEME,
        "min_quantity": cmd.buy_quantity,
        "basis": Basis.NONE,
        "free_quantity": cmd.free_quantity,
        "free_variant_id": cmd.free_variant_id,
        "repeats": cmd.repeats,
    }
    return _add(session, ctx, cmd, facts)


@command("sales.end_rule", permission="sales.set_prices", rest="POST /price-rules/{rule_id}/end")
def end_rule(session: Session, ctx: RequestContext, cmd: EndRule) -> Identified:
    """End a price or scheme from a day on, by a rule that gives nothing.

    Locks the list.

    Raises:
        UnknownRule: The acting tenant has no such rule. InvalidInput: The day has gone by.

    Emits:
        sales.price_rule_set.v1
    """
    row = db.fetch_one(
        session,
        "select list_id, kind, min_quantity, nullif(target_id, %s) as goods_id,"
        " case when lot_id is not null then 'lot' when variant_id is not null then 'variant'"
        " when product_id is not null then 'product' when brand_id is not null then 'brand'"
        " else 'all' end as scope from price_rule where tenant_id = %s and id = %s",
        (ALL_GOODS, ctx.tenant_id, cmd.rule_id),
    )
    if row is None:
        raise UnknownRule("This rule is not known here. Load the list again.")
    goods = {name: row[name] for name in ("list_id", "scope", "goods_id")}
    end = RuleInput(**goods, valid_from=cmd.from_day, reason=cmd.reason)
    facts = {"kind": row["kind"], "min_quantity": row["min_quantity"], "basis": Basis.NONE}
    return _add(session, ctx, end, facts)


def _add(
    session: Session, ctx: RequestContext, cmd: RuleInput, facts: dict[str, Any]
) -> Identified:
    hold_list(session, ctx, cmd.list_id)
    valid_from = cmd.valid_from or ctx.today
    _check_days(ctx, cmd, valid_from)
    check_goods(session, ctx, cmd.scope, cmd.goods_id, "goods_id")
    goods = {f"{scope}_id": cmd.goods_id if scope == cmd.scope else None for scope in _KNOWN}
    rule_id = new_id()
    rest = {
        "tenant_id": ctx.tenant_id,
        "id": rule_id,
        "list_id": cmd.list_id,
        "valid_from": valid_from,
        "valid_until": cmd.valid_until,
        "reason": cmd.reason,
        "set_by": ctx.user_id,
        "set_at": ctx.now,
    }
    usual = {"percent": Decimal(0), "repeats": True}
    db.insert_rows(session, PriceRule, [usual | facts | goods | rest])
    gives = facts["basis"] is not Basis.NONE or "free_quantity" in facts
    event = PriceRuleSet(
        list_id=cmd.list_id,
        rule_id=rule_id,
        kind=facts["kind"],
        is_end=not gives,
        valid_from=valid_from,
    )
    emit(session, ctx, cmd.list_id, event)
    return Identified(id=rule_id)


def _check_days(ctx: RequestContext, cmd: RuleInput, valid_from: Day) -> None:
    if valid_from < ctx.today:
        message = "Prices of the past stay. Choose today or a later day."
        raise InvalidInput(message, fields={"valid_from": message})
    if cmd.valid_until is not None and cmd.valid_until < valid_from:
        message = f"It must not end before it begins on {date_text(valid_from)}."
        raise InvalidInput(message, fields={"valid_until": message})


def check_goods(
    session: Session, ctx: RequestContext, scope: Scope, goods_id: UUID | None, field: str
) -> None:
    """Refuse goods of nobody or of another tenant.

    Raises:
        InvalidInput: They are; names the field.
    """
    if goods_id is None:
        return
    if db.fetch_one(session, _KNOWN[scope], (ctx.tenant_id, goods_id)) is None:
        message = f"This {scope} is not known here. Choose one of the list."
        raise InvalidInput(message, fields={field: message})
