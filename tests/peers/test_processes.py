"""The processes behind the port: started again when they end, and gone when told to stop."""

import os
import signal
import subprocess
import sys
import time

import pytest

from erp.embedded.programs import PROJECT
from tests.ingest.conftest import until

CREW = """
import sys, time
from pathlib import Path
from jobs.listeners.dicom import Crew

place = Path(sys.argv[1])

def work(is_first):
    own = place / ("first" if is_first else f"other-{len(list(place.iterdir()))}")
    is_again = any(place.glob("other-*"))
    own.touch()
    if not is_first and not is_again and sys.argv[2] == "ends":
        return
    while True:
        time.sleep(1)

Crew(2, work).run()
"""


@pytest.mark.parametrize("other", ["stays", "ends"])
def test_all_leave_when_told_to_even_one_that_starts_or_is_about_to(tmp_path, other):
    command = [sys.executable, "-c", CREW, str(tmp_path), other]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, env=environment, start_new_session=True) as crew:
        until(lambda: len(list(tmp_path.iterdir())) == 2, 30)
        time.sleep(0.3)
        crew.send_signal(signal.SIGTERM)
        try:
            crew.wait(8)
        finally:
            os.killpg(crew.pid, signal.SIGKILL) if crew.poll() is None else None
    assert crew.returncode == 0
