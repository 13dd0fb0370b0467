"""What the address of a new paper of buying fills in: a product, or what stock suggests."""

from erp.state.lining import MOST_LINES
from erp.state.session import SessionState, as_uuid


async def suggested_goods(page: SessionState) -> list[tuple[str, str]]:
    """Return products and the base units suggested of each; none where only a product is named."""
    given = dict(page.router.url.query_parameters)
    variant = as_uuid(given.get("variant_id", ""))
    supplier = as_uuid(given.get("supplier_id", ""))
    if not given.get("suggested"):
        return [(str(variant), "")] if variant else []
    named = {"variant_id": variant} if variant else {"supplier_id": supplier}
    if not any(named.values()):
        return []
    wanted = named | {"limit": MOST_LINES}
    found = await page._ask("inventory.list_suggestions", wanted)  # noqa: SLF001  the mixin's own interface
    return [(str(row.variant_id), str(row.quantity)) for row in found.rows]
