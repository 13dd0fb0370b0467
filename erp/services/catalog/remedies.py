"""Remedies: their names corrected for all their products, two that are one merged, retired."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core.context import RequestContext
from erp.models.catalog import Product, Remedy
from erp.services.catalog.events import RemedyMerged, RemedyUpdated
from erp.services.catalog.families import Name, ensure, locked, merge_rows
from erp.services.catalog.variants import rename_products_of
from erp.services.platform import Closed, Command, Identified, command, emit

Names = Annotated[tuple[Name, ...], Field(max_length=30)]


class RemedyNames(Closed):
    """A substance under names it is asked for by; those of a known remedy are added to its own.

    Attributes:
        is_pharmacopoeial: It is made by a pharmacopoeia, which decides its tax. Given, it
            holds for all products of the remedy; left out, a known remedy keeps what it had.
    """

    name: Name
    synonyms: Names = ()
    abbreviations: Names = ()
    is_pharmacopoeial: bool = True


class UpdateRemedy(Command):
    """Correct a remedy; what is left out stays as it is.

    Attributes:
        synonyms, abbreviations: All that it has from now on.
    """

    remedy_id: UUID
    name: Name | None = None
    synonyms: Names | None = None
    abbreviations: Names | None = None
    is_pharmacopoeial: bool | None = None


class MergeRemedy(Command):
    """Say that a remedy is another one, which stays.

    Attributes:
        into_id: The one that stays.
    """

    remedy_id: UUID
    into_id: UUID


class SetRemedyStatus(Command):
    """Retire a remedy, or take it back into use."""

    remedy_id: UUID
    is_active: bool


@command("catalog.update_remedy", permission="catalog.edit", rest="PATCH /remedies/{remedy_id}")
def update_remedy(session: Session, ctx: RequestContext, cmd: UpdateRemedy) -> Identified:
    """Correct a remedy's names and whether a pharmacopoeia has it; all its products follow.

    They are found by the names it has now, and by none that was taken away. Locks the remedy.

    Raises:
        UnknownRemedy: It is not in the acting tenant.
        InvalidInput: It was merged into another.
        Conflict: Another remedy has the name, whatever its capitals and spaces.

    Emits:
        catalog.remedy_updated.v1, in the same transaction.
    """
    remedy = locked(session, ctx, Remedy, cmd.remedy_id)
    for field in ("name", "is_pharmacopoeial"):
        value = getattr(cmd, field)
        if value is not None:
            setattr(remedy, field, value)
    for field in ("synonyms", "abbreviations"):
        names = getattr(cmd, field)
        if names is not None:
            setattr(remedy, field, _each_once(names))
    session.flush()
    rename_products_of(session, ctx, remedy.id)
    emit(session, ctx, remedy.id, RemedyUpdated(remedy_id=remedy.id))
    return Identified(id=remedy.id)


@command("catalog.merge_remedy", permission="catalog.edit", rest="POST /remedies/{remedy_id}/merge")
def merge_remedy(session: Session, ctx: RequestContext, cmd: MergeRemedy) -> Identified:
    """Make one remedy of two: the products and all names of the first are the second's.

    Typed again, the first one's name means the second. Locks both, by id.

    Raises:
        UnknownRemedy: Either is not in the acting tenant.
        InvalidInput: They are one, or either was merged before.

    Emits:
        catalog.remedy_merged.v1 for both, in the same transaction.
    """
    gone, kept = merge_rows(session, ctx, Remedy, cmd.remedy_id, cmd.into_id)
    session.execute(
        update(Product)
        .where(col(Product.tenant_id) == ctx.tenant_id, col(Product.remedy_id) == gone.id)
        .values(remedy_id=kept.id)
    )
    others = (*kept.synonyms, gone.name, *gone.synonyms)
    kept.synonyms = _each_once(others, besides=kept.name)
    kept.abbreviations = _each_once((*kept.abbreviations, *gone.abbreviations))
    session.flush()
    rename_products_of(session, ctx, kept.id)
    for row in (gone, kept):
        emit(session, ctx, row.id, RemedyMerged(remedy_id=gone.id, into_id=kept.id))
    return Identified(id=kept.id)


@command(
    "catalog.set_remedy_status", permission="catalog.edit", rest="POST /remedies/{remedy_id}/status"
)
def set_remedy_status(session: Session, ctx: RequestContext, cmd: SetRemedyStatus) -> Identified:
    """Retire a remedy, of which no new product is made then, or take it back; its products stay.

    Raises:
        UnknownRemedy: It is not in the acting tenant.
        InvalidInput: It was merged into another.

    Emits:
        catalog.remedy_updated.v1, in the same transaction.
    """
    remedy = locked(session, ctx, Remedy, cmd.remedy_id)
    remedy.is_active = cmd.is_active
    emit(session, ctx, remedy.id, RemedyUpdated(remedy_id=remedy.id))
    return Identified(id=remedy.id)


def named_remedy(
    session: Session, ctx: RequestContext, names: RemedyNames, known: UUID | None = None
) -> UUID:
    """Return the remedy that a product is made of, made on first use; names it lacks are added.

    Args:
        known: What the product is made of already.

    Raises:
        InvalidInput: The remedy is retired.
    """
    remedy = ensure(session, ctx, Remedy, names.name, known)
    if "is_pharmacopoeial" in names.model_fields_set:
        remedy.is_pharmacopoeial = names.is_pharmacopoeial
    synonyms = _each_once((*remedy.synonyms, *names.synonyms))
    abbreviations = _each_once((*remedy.abbreviations, *names.abbreviations))
    if (synonyms, abbreviations) != (remedy.synonyms, remedy.abbreviations):
        remedy.synonyms, remedy.abbreviations = synonyms, abbreviations
        session.flush()
        rename_products_of(session, ctx, remedy.id)
    session.flush()
    return remedy.id


def _each_once(names: Iterable[str], besides: str = "") -> list[str]:
    """Return names without those that differ from one before in capitals only."""
    kept = {name.lower(): name for name in reversed([*names])}
    kept.pop(besides.lower(), None)
    return [*reversed(kept.values())]
