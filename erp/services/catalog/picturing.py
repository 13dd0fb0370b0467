"""Which picture a product is shown with; the bytes are documents."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.models.catalog import Product
from erp.services import documents
from erp.services.catalog.errors import UnknownProduct
from erp.services.catalog.events import ProductUpdated
from erp.services.platform import Command, Identified, command, emit

ORIGIN = "product_picture"
"""Documents of this origin are pictures of products, in the variants `large` and `small`."""

documents.allow_reading(ORIGIN, "catalog.view")


class SetProductPicture(Command):
    """Show a product with a version of its picture, or with none."""

    product_id: UUID
    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


@command(
    "catalog.set_product_picture",
    permission="catalog.edit",
    rest="POST /products/{product_id}/picture-version",
)
def set_product_picture(
    session: Session, ctx: RequestContext, cmd: SetProductPicture
) -> Identified:
    """Show a product with an earlier or the latest version of its picture, or with none.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
        NotFound: There is no such version of its picture.

    Emits:
        catalog.product_updated.v1, in the same transaction.
    """
    product = session.get(Product, (ctx.tenant_id, cmd.product_id))
    if product is None:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={"product_id": message})
    if cmd.version is not None:
        wanted = documents.FindDocuments(origin_type=ORIGIN, origin_id=product.id, variant="small")
        kept = documents.find_documents(session, ctx, wanted).rows
        if cmd.version not in {row.version for row in kept}:
            raise documents.missing()
    product.picture_version = cmd.version
    session.flush()
    emit(session, ctx, product.id, ProductUpdated(product_id=product.id))
    return Identified(id=product.id)
