"""Why the catalogue refuses."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownProduct(NotFound):
    """No such product or variant in the acting tenant."""

    code = "unknown_product"


class UnknownRemedy(NotFound):
    """No such remedy in the acting tenant."""

    code = "unknown_remedy"


class UnknownBrand(NotFound):
    """No such brand in the acting tenant."""

    code = "unknown_brand"


class InactiveProduct(InvalidInput):
    """The variant was taken out of trade."""

    code = "inactive_product"


class NoTaxRate(InvalidInput):
    """No GST rate is set for the day."""

    code = "no_tax_rate"


class BadPotency(InvalidInput):
    """The text names no potency."""

    code = "bad_potency"


class BadBarcode(InvalidInput):
    """The code has a wrong check digit or characters no label carries."""

    code = "bad_barcode"


class RateOrder(InvalidInput):
    """A rate may not start before the one that is already set."""

    code = "rate_order"


class NotStocked(InvalidInput):
    """A service has no stock."""

    code = "not_stocked"


class UnknownUnit(InvalidInput):
    """The product is not traded in this unit."""

    code = "unknown_unit"


class LicenceMissing(ConfirmationRequired):
    """Medicines of a supplier without a drug licence on record."""

    code = "licence_missing"


class LicenceOtherForm(ConfirmationRequired):
    """Medicines of a supplier whose drug licence does not cover selling them to the trade."""

    code = "licence_other_form"


class LicenceExpired(ConfirmationRequired):
    """Medicines of a supplier whose drug licence has ended."""

    code = "licence_expired"


class UnknownTaxClass(NotFound):
    """No such tax class in the acting tenant."""

    code = "unknown_tax_class"


def _taken(field: str, message: str) -> Conflict:
    return Conflict(message, fields={field: message})


refuse_on("uq_variant_tenant_id_sku", lambda: _taken("sku", "This SKU is taken. Choose another."))
refuse_on(
    "uq_variant_pack",
    lambda: _taken("pack_quantity", "The product has this potency and pack already."),
)
refuse_on(
    "uq_barcode_tenant_id_code",
    lambda: _taken("code", "This barcode belongs to another product. Scan the right pack."),
)
refuse_on(
    "uq_product_tenant_id_name_brand_id_form",
    lambda: _taken("name", "This brand already has a product of this name and form."),
)
refuse_on(
    "uq_tax_class_tenant_id_code",
    lambda: _taken("code", "There is already a tax class of this code."),
)
refuse_on(
    "uq_tax_rate_tenant_id_tax_class_id_valid_from",
    lambda: _taken("valid_from", "A rate is already set from this day."),
)
refuse_on(
    "uq_variant_unit_tenant_id_variant_id_code",
    lambda: _taken("code", "This unit is already defined for the product."),
)
refuse_on(
    "uq_product_substitute_tenant_id_product_id_other_id",
    lambda: _taken("substitute_id", "These two stand in for each other already."),
)
refuse_on(
    "uq_remedy_name",
    lambda: _taken("name", "Another remedy has this name. Merge the two, or choose another name."),
)
refuse_on(
    "uq_brand_name",
    lambda: _taken("name", "Another brand has this name. Merge the two, or choose another name."),
)
