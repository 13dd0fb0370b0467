"""The nursery: imports the product once, and forks its programs.

    python -m jobs.nursery

Each line of its input names a module with its arguments, the environment, the working directory
and the log of a program; it is answered with the process id of a fork that runs the module's
`main` in a session of its own. Ends with its input; the programs go on.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from erp.preloading import interface, preload

PROGRAMS = ("jobs.worker", "jobs.relay", "jobs.listeners.mqtt", "jobs.listeners.dicom")


def main() -> None:
    """Fork what is asked for until the input ends."""
    preload(*PROGRAMS, *interface())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for an end
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(**json.loads(line))
            return
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become(command: Sequence[str], environment: Mapping[str, str], home: str, log: str) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _speak_to(log)
    os.chdir(home)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = list(command)
    import_module(command[0]).main()


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
