"""A program for the nursery: says what it is, and waits to be ended."""

import json
import os
import sys
import time
from pathlib import Path

from erp.core.settings import get_settings
from erp.pages import ROUTES


def main() -> None:
    told = {
        "mark": os.environ.get("MARK"),
        "home": str(Path.cwd()),
        "leads": os.getsid(0) == os.getpid(),
        "parent": os.getppid(),
        "reads": sys.stdin.read(),
        "has_product": "erp.services.catalogue_of_actions" in sys.modules,
        "has_pages": set(ROUTES) <= set(sys.modules),
        "has_read_settings": "rxconfig" in sys.modules or get_settings.cache_info().currsize > 0,
        "arguments": sys.argv,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    time.sleep(600)
