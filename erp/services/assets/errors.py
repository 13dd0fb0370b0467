"""Why the asset register refuses."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownAsset(NotFound):
    """The company has no such asset."""

    code = "unknown_asset"


class UnknownCategory(NotFound):
    """The company has no such kind of asset in use."""

    code = "unknown_asset_category"


class CategoryTaken(Conflict):
    """Another kind of asset has the name."""

    code = "asset_category_taken"


class WrongAccount(InvalidInput):
    """Assets do not stand in the account."""

    code = "wrong_asset_account"


class WrongDay(InvalidInput):
    """The day does not fit the asset or the months that were run."""

    code = "wrong_asset_day"


class BilledBefore(ConfirmationRequired):
    """The supplier's bill brought an asset already."""

    code = "asset_billed_before"


class AssetGone(Conflict):
    """The asset was sold or scrapped."""

    code = "asset_gone"


class MonthRun(Conflict):
    """Depreciation of the month, or of a later one, is posted."""

    code = "month_run"


class MonthNotRun(Conflict):
    """An earlier month was never run."""

    code = "month_not_run"


class OtherRegistration(InvalidInput):
    """Between two GST registrations goods move by a tax invoice."""

    code = "other_registration"


refuse_on(
    "uq_asset_category_tenant_id_company_id_name",
    lambda: CategoryTaken(
        "Another kind of asset has this name. Choose another.",
        fields={"name": "this name is in use"},
    ),
)
refuse_on(
    "uq_asset_run_tenant_id_company_id_month",
    lambda: MonthRun("Somebody has run this month just now. Look again."),
)
refuse_on(
    "uq_asset_depreciation_tenant_id_asset_id_month",
    lambda: MonthRun("This asset's depreciation of the month is posted already."),
)
