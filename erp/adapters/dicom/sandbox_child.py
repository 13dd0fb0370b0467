"""The limited process in which strangers' bytes are parsed and decoded.

Started by `sandbox.py` as `python -m erp.adapters.dicom.sandbox_child`. It holds no
settings, credential or connection; it receives file descriptors over one socket and
answers JSON and bytes. Whatever a hostile file makes of it, it can only lie about that file.
"""

import codecs
import contextlib
import ctypes
import json
import os
import resource
import socket
import struct
import sys
from importlib import import_module
from typing import Any, Final

from erp.adapters.dicom.source import Operation, Source

FRAME: Final = struct.Struct("<LQ")
NOBODY: Final = 65534
CLONE_NEWNET: Final = 0x40000000
CLONE_NEWUSER: Final = 0x10000000
PR_SET_NO_NEW_PRIVS: Final = 38
SOCKET_FD: Final = 3
ALONE: Final = b"R"
NETWORKED: Final = b"N"
MODULES: Final = {
    "inspect": "answering",
    "render": "decoding",
    "deidentify": "deidentifying",
}
NEEDLESS: Final = {
    "inspect": ("gdcm", "jpeg_ls", "numpy", "openjpeg", "PIL", "pylibjpeg", "requests", "rle"),
}
"""What pydicom would load and a purpose has no use for: memory, and code that a file could reach."""


def main() -> None:
    """Load the code for one purpose, drop every right, then serve until the socket closes."""
    purpose, memory_bytes, cpu_seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    operations = _load(purpose)
    has_network = _confine(memory_bytes)
    with socket.socket(fileno=SOCKET_FD) as channel:
        channel.sendall(NETWORKED if has_network else ALONE)
        while _serve(channel, operations, cpu_seconds):
            pass


def _load(purpose: str) -> dict[str, Operation]:
    modules: dict[str, Any] = sys.modules
    for name in NEEDLESS.get(purpose, ()):
        modules[name] = None  # Python's way to say that there is none
    module = import_module(f"erp.adapters.dicom.{MODULES[purpose]}")
    operations: dict[str, Operation] = module.OPERATIONS
    charset = import_module("pydicom.charset")
    for encoding in {*charset.python_encoding.values(), "ascii", "utf-16", "utf-32"}:
        codecs.lookup(encoding)  # read now: later the library's files may be out of reach
    return operations


def _confine(memory_bytes: int) -> bool:
    """Take away network, privileges, processes, file writing and unlimited memory.

    Returns whether the network stays, because the kernel grants no namespace of one's own.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    has_network = True
    with contextlib.suppress(AttributeError):  # no such calls outside Linux
        is_alone = libc.unshare(CLONE_NEWNET) == 0
        has_network = not is_alone and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    used = _address_space()
    for limit, value in (
        (resource.RLIMIT_AS, used + memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        with contextlib.suppress(ValueError, OSError):  # a platform without this limit
            resource.setrlimit(limit, (value, value))
    return has_network


def _address_space() -> int:
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123  pathlib is not loaded here
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 512 * 1024 * 1024


def _serve(channel: socket.socket, operations: dict[str, Operation], cpu_seconds: int) -> bool:
    message, descriptors, _, _ = socket.recv_fds(channel, 65536, 1)
    if not message:
        return False
    _allow_cpu(cpu_seconds)
    request = json.loads(message)
    try:
        answer, payload = operations[request["op"]](Source(descriptors[0]), request)
    except MemoryError:
        answer, payload = {"error": "memory"}, b""
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    head = json.dumps(answer).encode()
    channel.sendall(FRAME.pack(len(head), len(payload)) + head)
    channel.sendall(payload)
    return True


def _allow_cpu(seconds: int) -> None:
    """Let this object use `seconds` more; the kernel kills the process beyond that."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


if __name__ == "__main__":
    main()
