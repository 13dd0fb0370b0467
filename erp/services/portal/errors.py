"""Why a link is refused."""

from erp.core.errors import Conflict, NotFound


class UnknownLink(NotFound):
    """No such link, or it has ended; which of both is not told."""

    code = "unknown_link"


class TooManyLinks(Conflict):
    """An order has as many links in force as it may."""

    code = "too_many_links"
