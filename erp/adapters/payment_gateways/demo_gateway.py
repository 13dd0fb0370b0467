"""The account of the demo: no provider stands behind it, and nobody outside is ever asked."""

from typing import Final, NoReturn

from erp.services.gateways.ports import GatewayRefused

KEY: Final = "rzp_demo_"
"""Beginning of key ids that no provider gives."""
WORDS: Final = (
    "This account is part of the demo: no provider stands behind it. Add one of your own."
)


class DemoGateway:
    """Pays nothing out, and says of all else why it cannot."""

    def list_settlements(self, since: object) -> tuple[()]:
        """Return nothing new."""
        del since
        return ()

    def __getattr__(self, name: str) -> object:
        """Answer everything else with the reason."""
        if name.startswith("_"):
            raise AttributeError(name)
        return _refuse


def _refuse(*_asked: object) -> NoReturn:
    raise GatewayRefused(WORDS)
