"""The nursery: imports the product once, and forks the programs that run beside the web server.

    python -m jobs.nursery

Each line of its input names a module, the environment, the working directory and the log of a
program; it is answered with the process id of a fork that runs the module's `main` in a session
of its own. Ends with its input; the programs go on.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module

from erp.preloading import preload

PROGRAMS = ("jobs.worker", "jobs.relay", "jobs.listeners.mqtt", "jobs.listeners.dicom")


def main() -> None:
    """Fork what is asked for until the input ends."""
    preload(*PROGRAMS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for an end
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(**json.loads(line))
            return
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become(module: str, environment: Mapping[str, str], home: str, log: str) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _speak_to(log)
    os.chdir(home)
    os.environ.clear()
    os.environ.update(environment)
    import_module(module).main()


def _speak_to(log: str) -> None:
    """Read nothing, and print to the log."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    page = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for target, source in ((0, nothing), (1, page), (2, page)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(page)


if __name__ == "__main__":
    main()
