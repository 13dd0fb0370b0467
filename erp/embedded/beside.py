"""Commands beside a running product: they find its servers without being told."""

import os
import sys

from erp.core.settings import get_settings
from erp.embedded.stack import EmbeddedStack


def use_running_stack() -> None:
    """Put the addresses of the embedded servers into the settings, where none are configured.

    Ends the program with a sentence where no database is configured and none runs here.
    """
    settings = get_settings()
    if settings.database_url:
        return
    stack = EmbeddedStack(settings.data_dir, settings)
    if not stack.postgres.is_running():
        sys.exit("There is no database: start the product with `make run`, or set DATABASE_URL.")
    os.environ.update(stack.environment(), DATA_DIR=str(stack.data_dir))
    get_settings.cache_clear()
