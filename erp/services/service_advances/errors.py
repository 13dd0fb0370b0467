"""Refusals of advances for services."""

from erp.core.errors import Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownServiceAdvance(NotFound):
    """The acting company has no such advance."""

    code = "unknown_service_advance"


class NoTaxOnAdvance(InvalidInput):
    """No tax is due when this is paid in advance."""

    code = "no_tax_on_advance"


class AdvanceUsedUp(Conflict):
    """Less is left of the advance."""

    code = "advance_used_up"


class NotItsService(InvalidInput):
    """The invoice bills no taxable service of this customer, or less of it is open."""

    code = "not_its_service"


class StepUndone(Conflict):
    """The step was taken back, or is none that can be."""

    code = "step_undone"


class AdvanceApplied(Conflict):
    """An advance settles the invoice, and its tax goes with it."""

    code = "advance_applied"


def _used_up() -> AdvanceUsedUp:
    message = "Less is left of this advance. Open its page again."
    return AdvanceUsedUp(message, fields={"amount": message})


def step_undone() -> StepUndone:
    """Return the refusal of what was taken back already."""
    message = "This was taken back already. Open the advance again."
    return StepUndone(message, fields={"step_id": message})


def _applied() -> AdvanceApplied:
    return AdvanceApplied(
        "An advance for a service settles this invoice. Take the application back on the advance's page:"
        " its tax goes with it."
    )


def _not_its_service() -> NotItsService:
    message = "An advance goes to an invoice of its own customer."
    return NotItsService(message, fields={"invoice_id": message})


refuse_on("ck_service_advance_left_not_negative", _used_up)
refuse_on("ck_service_advance_left_tax", _used_up)
refuse_on("uq_service_advance_step_tenant_id_undoes_id", step_undone)
refuse_on("service_advance_undoes", step_undone)
refuse_on("service_advance_applied", _applied)
refuse_on("service_advance_invoice", _not_its_service)
