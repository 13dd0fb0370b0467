"""How providers are spoken to: briefly, without following anybody elsewhere, and never through a proxy by chance."""

from typing import Any, Final

import requests

from erp.core.settings import get_settings
from erp.services.gateways.ports import GatewayAway

REFUSED_KEYS: Final = frozenset({401, 403})
TOO_MANY: Final = 429
SERVER_ERROR: Final = 500
LARGEST_ANSWER: Final = 10_000_000


class BoundedSession(requests.Session):
    """A session whose calls end in time, follow no redirect, and say plainly when there was no usable answer.

    Raises:
        GatewayAway: No answer, one that is too large, one about the keys or the rate, or the provider's failure.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401  as the library's
        """Send one request."""
        kwargs |= {
            "timeout": get_settings().gateway_seconds,
            "allow_redirects": False,
            "stream": True,
        }
        try:
            response = super().request(method, url, *args, **kwargs)
            content = response.raw.read(LARGEST_ANSWER + 1, decode_content=True)
        except (requests.RequestException, OSError, ValueError) as error:
            raise GatewayAway(f"The provider is away ({type(error).__name__}).") from error
        except Exception as error:
            if type(error).__module__.startswith("urllib3"):
                raise GatewayAway(f"The provider is away ({type(error).__name__}).") from error
            raise
        finally:
            self.close()
        if len(content) > LARGEST_ANSWER:
            raise GatewayAway("The provider's answer is too large.")
        response._content = content  # noqa: SLF001  read already, at most so much of it
        response._content_consumed = True  # noqa: SLF001  as above
        return _usable(response)


def _usable(response: requests.Response) -> requests.Response:
    status = response.status_code
    if status in REFUSED_KEYS:
        raise GatewayAway("The provider does not know our keys. Type them in again.")
    if status == TOO_MANY:
        raise GatewayAway("The provider wants fewer questions a minute.")
    if status >= SERVER_ERROR or 300 <= status < 400:  # noqa: PLR2004  redirects
        raise GatewayAway(f"The provider answered {status}.")
    return response
