"""Payment providers over their official libraries, which are loaded when the first account of theirs is used."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, cast

from erp.adapters.payment_gateways import demo_gateway
from erp.services.gateways.ports import AccountKeys, Notice, PaymentGateway

MODULES: Final = {
    "razorpay": "erp.adapters.payment_gateways.razorpay_gateway",
    "stripe": "erp.adapters.payment_gateways.stripe_gateway",
}


def gateway_of(account: AccountKeys) -> PaymentGateway:
    """Return the provider of an account, with its keys; one of the demo has nobody behind it."""
    if account.key_id.startswith(demo_gateway.KEY):
        return cast("PaymentGateway", demo_gateway.DemoGateway())
    made: PaymentGateway = _module(account.provider).connect(account)
    return made


def is_signed(account: AccountKeys, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether a call was signed with one of the account's secrets, over exactly these bytes."""
    found: bool = _module(account.provider).is_signed(account, headers, body)
    return found


def read_notice(provider: str, headers: Mapping[str, str], event: Mapping[str, Any]) -> Notice:
    """Return what a signed event is about.

    Raises:
        ValueError: It is no event of the provider.
    """
    notice: Notice = _module(provider).read_notice(headers, event)
    return notice


def _module(provider: str) -> Any:  # noqa: ANN401  a module
    return import_module(MODULES[provider])
