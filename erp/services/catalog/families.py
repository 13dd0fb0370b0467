"""Names that products share, of remedies and of brands: known once, made on first use, merged, retired."""

from collections.abc import Callable
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import AfterValidator
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.models.catalog import Brand, Remedy
from erp.services.catalog.errors import UnknownBrand, UnknownRemedy
from erp.services.platform import ShortText

F = TypeVar("F", Brand, Remedy)
BrandRule = Callable[[Session, RequestContext, UUID], None]
"""Refuses to merge a brand into another while something is said of it alone."""
_BEFORE_BRANDS_MERGE: list[BrandRule] = []


def single_spaced(name: str) -> str:
    """Return a name as it is kept: one space between its words."""
    return " ".join(name.split())


Name = Annotated[ShortText, AfterValidator(single_spaced)]
"""A name as people type it; it is the same name in capitals and with more spaces."""


def before_brands_merge(rule: BrandRule) -> None:
    """Declare what keeps a brand from being merged; domains above the catalogue do."""
    _BEFORE_BRANDS_MERGE.append(rule)


def require_mergeable(session: Session, ctx: RequestContext, brand_id: UUID) -> None:
    """Ask every domain whether a brand may be merged into another."""
    for rule in _BEFORE_BRANDS_MERGE:
        rule(session, ctx, brand_id)


def ensure(
    session: Session, ctx: RequestContext, kind: type[F], name: str, known: UUID | None = None
) -> F:
    """Return what a name means, made on first use, locked; a merged name means what it was merged into.

    Args:
        known: What the product has already, which may be retired.

    Raises:
        InvalidInput: It is retired: no new product may have it.
    """
    found = _named(session, ctx, kind, name)
    if found is None:
        made = kind(tenant_id=ctx.tenant_id, name=single_spaced(name))
        session.execute(insert(kind).values(made.model_dump()).on_conflict_do_nothing())
        found = _named(session, ctx, kind, name) or made
    if not found.is_active and found.id != known:
        message = f"{found.name} is retired. Choose another, or take it back into use first."
        raise InvalidInput(message, fields={kind.__tablename__: message})
    return found


def _named(session: Session, ctx: RequestContext, kind: type[F], name: str) -> F | None:
    """Return what a name means, locked alone: a merge locks the one that stays before its aliases."""
    meant = session.scalars(
        select(func.coalesce(col(kind.merged_into_id), col(kind.id)))
        .where(
            col(kind.tenant_id) == ctx.tenant_id,
            func.lower(col(kind.name)) == func.lower(single_spaced(name)),
        )
        .order_by(col(kind.merged_into_id).is_not(None), col(kind.id))
        .limit(1)
    ).first()
    if meant is None:
        return None
    found = session.get_one(
        kind, (ctx.tenant_id, meant), with_for_update=True, populate_existing=True
    )
    return found if found.merged_into_id is None else _named(session, ctx, kind, name)


def locked(session: Session, ctx: RequestContext, kind: type[F], row_id: UUID) -> F:
    """Return a remedy or a brand for changing.

    Raises:
        UnknownRemedy, UnknownBrand: It is not in the acting tenant.
        InvalidInput: It was merged into another, which is meant now.
    """
    found = session.get(kind, (ctx.tenant_id, row_id), with_for_update=True, populate_existing=True)
    if found is None:
        raise _unknown(kind, f"{kind.__tablename__}_id")
    if found.merged_into_id is not None:
        message = f"{found.name} was merged into another. Open that one."
        raise InvalidInput(message, fields={f"{kind.__tablename__}_id": message})
    return found


def merge_rows(
    session: Session, ctx: RequestContext, kind: type[F], gone_id: UUID, kept_id: UUID
) -> tuple[F, F]:
    """Say that one is another, and return both; its products are the caller's to move. Locks both, by id.

    Raises:
        UnknownRemedy, UnknownBrand: Either is not in the acting tenant.
        InvalidInput: They are one, or either was merged before.
    """
    if gone_id == kept_id:
        message = "This is the same one. Choose the one that stays."
        raise InvalidInput(message, fields={"into_id": message})
    rows = session.scalars(
        select(kind)
        .where(col(kind.tenant_id) == ctx.tenant_id, col(kind.id).in_([gone_id, kept_id]))
        .order_by(col(kind.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    by_id = {row.id: row for row in rows.all()}
    for field, row_id in ((f"{kind.__tablename__}_id", gone_id), ("into_id", kept_id)):
        if row_id not in by_id:
            raise _unknown(kind, field)
        if by_id[row_id].merged_into_id is not None:
            message = f"{by_id[row_id].name} was merged into another before. Choose that one."
            raise InvalidInput(message, fields={field: message})
    gone, kept = by_id[gone_id], by_id[kept_id]
    gone.is_active, gone.merged_into_id = False, kept.id
    session.flush()
    session.execute(
        update(kind)
        .where(col(kind.tenant_id) == ctx.tenant_id, col(kind.merged_into_id) == gone.id)
        .values(merged_into_id=kept.id)
    )
    return gone, kept


def _unknown(kind: type[Brand] | type[Remedy], field: str) -> UnknownBrand | UnknownRemedy:
    words = kind.__tablename__
    message = f"This {words} is not known here. Choose one of the list."
    error = UnknownBrand if kind is Brand else UnknownRemedy
    return error(message, fields={field: message})
