"""Addresses of the archive over DICOMweb, and what they name."""

import re
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.requests import Request

from erp.api.callers import context_of, credentials_of
from erp.api.observing import request_id_of
from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services import imaging

T = TypeVar("T")
ROOT: Final = "/api/dicom-web"
STUDIES: Final = f"{ROOT}/studies"
STUDY: Final = f"{STUDIES}/{{study_uid}}"
SERIES: Final = f"{STUDY}/series/{{series_uid}}"
INSTANCE: Final = f"{SERIES}/instances/{{sop_uid}}"
_UID: Final = re.compile(r"[0-9.]{1,64}")


def root_of(request: Request) -> str:
    """Return the address of the service as the caller sees it."""
    return f"{request.base_url.scheme}://{request.base_url.netloc}{ROOT}"


def uids_of(request: Request) -> tuple[str, str, str]:
    """Return the study, series and instance that an address names; empty where it names none.

    Raises:
        NotFound: One of them is no UID, so nothing can have it.
    """
    given = request.path_params
    study, series, sop = (given.get(name, "") for name in ("study_uid", "series_uid", "sop_uid"))
    if not all(_UID.fullmatch(uid) for uid in (study, series, sop) if uid):
        raise NotFound("There is no such study, series or object.")
    return study, series, sop


def instance_address(root: str, study: str, series: str, sop: str) -> str:
    """Return where an object is retrieved."""
    return f"{root}/studies/{study}/series/{series}/instances/{sop}"


def caller(request: Request) -> Callable[[], RequestContext]:
    """Return the function that finds who calls; it asks the database, so call it off the loop."""
    credentials, request_id = credentials_of(request), request_id_of(request.scope)
    return lambda: context_of(credentials, request_id)


def found_objects(
    who: Callable[[], RequestContext], uids: tuple[str, str, str]
) -> list[imaging.ArchivedObject]:
    """Return the objects below an address. Raises like `imaging.find_objects`."""
    ctx = who()
    with db.unit_of_work(ctx) as session:
        return imaging.find_objects(session, ctx, *uids)
