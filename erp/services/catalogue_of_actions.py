"""Every domain of the product: importing this registers all commands, queries and referees.

The edges import it, so that REST, the command line, jobs and `verify` know the same list.
A new domain is added here once.
"""

from types import ModuleType

from erp.services import documents, identity, platform, workflows

DOMAINS: tuple[ModuleType, ...] = (platform, identity, documents, workflows)
