"""What it takes to sell a product, and how much of it at once."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.models.catalog import Form, LicenceClass, Product
from erp.services.catalog.errors import UnknownProduct
from erp.services.catalog.events import ProductUpdated
from erp.services.platform import Command, Identified, command, emit

_OPEN = frozenset({Form.COSMETIC, Form.PACKAGING, Form.BOOK, Form.DEVICE, Form.SERVICE, Form.OTHER})
Cap = Annotated[int, Field(ge=1, le=100_000)]
"""Base units in one sale, or for one customer."""


class SetLicenceClass(Command):
    """Say what it takes to sell a product.

    Attributes:
        max_per_sale: Most base units in one sale; a narcotic has one, others may.
        max_per_day, max_per_month: Most base units for one customer in a day, in a calendar month; such
            goods are sold to named customers only.
    """

    product_id: UUID
    licence_class: LicenceClass
    max_per_sale: Cap | None = None
    max_per_day: Cap | None = None
    max_per_month: Cap | None = None


@command(
    "catalog.set_licence_class",
    permission="catalog.edit",
    rest="POST /products/{product_id}/licence",
)
def set_licence_class(session: Session, ctx: RequestContext, cmd: SetLicenceClass) -> Identified:
    """Set what it takes to sell a product, from the next sale on.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
        InvalidInput: A narcotic has no cap.

    Emits:
        catalog.product_updated.v1, in the same transaction.
    """
    product = session.get(Product, (ctx.tenant_id, cmd.product_id))
    if product is None:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={"product_id": message})
    require_cap(cmd.licence_class, cmd.max_per_sale)
    product.licence_class, product.max_per_sale = cmd.licence_class, cmd.max_per_sale
    product.max_per_day, product.max_per_month = cmd.max_per_day, cmd.max_per_month
    session.flush()
    emit(session, ctx, product.id, ProductUpdated(product_id=product.id))
    return Identified(id=product.id)


def require_cap(licence_class: LicenceClass, max_per_sale: int | None) -> None:
    """Refuse a narcotic without a cap.

    Raises:
        InvalidInput: It has none.
    """
    if licence_class is LicenceClass.NARCOTIC and max_per_sale is None:
        message = "Say how much of it may be sold at once."
        raise InvalidInput(message, fields={"max_per_sale": message})


def usual_class(form: Form) -> LicenceClass:
    """Return the licence class of goods of a form, until a person says otherwise."""
    return LicenceClass.OPEN if form in _OPEN else LicenceClass.HOMEOPATHIC
