import subprocess
import sys

import pytest

HEAVY = ("numpy", "pydicom", "sqlalchemy", "boto3", "reflex", "fastapi")


@pytest.mark.parametrize("module", ["erp.cli", "erp.embedded.launch"])
def test_the_process_that_watches_the_others_stays_small(module):
    """`python -m erp up` lives as long as the product, so no command may load its work on import."""
    collect = "import erp, pkgutil, importlib; [importlib.import_module('erp.' + m.name)"
    collect += " for m in pkgutil.iter_modules(erp.__path__) if m.name.startswith('cli')]"
    asked = f"import sys; {collect}; import {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert not set(HEAVY) & set(done.stdout.split())
