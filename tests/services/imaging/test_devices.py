"""Devices: one name for the broker, whatever tenants call their branches and cameras."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from pydantic import ValidationError

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services import imaging, platform
from erp.services.imaging.errors import DeviceCodeTaken, UnknownDevice
from tests.fixtures.clinics import open_clinic

CAMERA = {"code": "CAM01", "name": "Camera"}


def register(ctx: RequestContext, **more: str) -> imaging.DeviceCredential:
    made = platform.run("imaging.register_device", ctx, CAMERA | more).result
    assert isinstance(made, imaging.DeviceCredential)
    return made


def test_two_tenants_may_name_their_branches_and_devices_alike(clinic):
    other = open_clinic("other")
    users = {register(clinic).user, register(other).user}
    assert len(users) == 2
    assert all(user.endswith("_MAIN/CAM01") for user in users)


def test_a_device_keeps_its_code_from_the_branch_it_is_at(clinic):
    register(clinic)
    with pytest.raises(DeviceCodeTaken) as refusal:
        register(clinic)
    assert refusal.value.fields == {"code": "is taken; choose another"}


def test_another_tenants_branch_is_not_known(clinic):
    with pytest.raises(InvalidInput) as refusal:
        register(clinic, branch_id=str(open_clinic("other").branch_id))
    assert "branch_id" in refusal.value.fields


@pytest.mark.parametrize("slug", ["under_score", "Capital", "", "a" * 41])
def test_a_slug_that_would_make_sites_ambiguous_is_refused(environment, slug):
    assert environment
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_tenant_slug"):
        open_clinic(slug, exactly=True)


def test_no_device_has_the_suites_own_name(clinic):
    with pytest.raises(ValidationError, match="the suite's own name"):
        register(clinic, code="host")


def test_uploads_are_opened_for_the_branch_one_works_in(clinic):
    elsewhere = replace(clinic, branch_id=new_id())
    given = {"branch_id": clinic.branch_id, "kind": "upload"}
    with pytest.raises(InvalidInput, match="the branch you work in"):
        platform.run("imaging.open_way_in", elsewhere, given)
    assert platform.run("imaging.open_way_in", clinic, given).result.id


CORRECTED = {"name": "Iris camera 2", "modality": "OP", "model": "IC-9", "serial": "S-17"}


def seen(ctx: RequestContext, device_id: object) -> dict[str, object]:
    page = look_at(ctx, device_id)
    return {name: getattr(page, name) for name in CORRECTED}


def look_at(ctx: RequestContext, device_id: object) -> Any:
    return platform.run("imaging.get_device", ctx, {"device_id": device_id}).result


def test_a_device_is_corrected_and_keeps_its_account(clinic):
    made = register(clinic, serial="S-71", model="old")
    before = look_at(clinic, made.id)
    platform.run("imaging.change_device", clinic, CORRECTED | {"device_id": made.id})
    after = look_at(clinic, made.id)
    assert seen(clinic, made.id) == CORRECTED
    assert (after.user, after.credential_version) == (before.user, before.credential_version)


def test_whoever_corrected_a_device_stands_in_the_audit(clinic):
    made = register(clinic)
    platform.run("imaging.change_device", clinic, CORRECTED | {"device_id": made.id})
    audit: Any = platform.run("platform.list_audit", clinic, {}).result
    assert "imaging.change_device" in [row.command for row in audit.rows]


@pytest.mark.parametrize("which", ["retired", "peer", "upload", "foreign"])
def test_only_an_active_device_of_the_broker_is_corrected(clinic, which):
    device_id = {
        "retired": retired,
        "peer": a_peer,
        "upload": a_way_in,
        "foreign": lambda _ctx: register(open_clinic("other")).id,
    }[which](clinic)
    with pytest.raises(UnknownDevice):
        platform.run("imaging.change_device", clinic, CORRECTED | {"device_id": device_id})


def test_a_device_without_a_name_is_refused(clinic):
    with pytest.raises(ValidationError, match="name"):
        platform.run(
            "imaging.change_device", clinic, {"device_id": register(clinic).id, "name": " "}
        )


def retired(ctx: RequestContext) -> object:
    made = register(ctx)
    platform.run("imaging.retire_device", ctx, {"device_id": made.id})
    return made.id


def a_peer(ctx: RequestContext) -> object:
    peer = {"ae_title": "CT1", "name": "CT", "address": "10.0.0.5"}
    return platform.run("imaging.add_peer", ctx, peer).result.id


def a_way_in(ctx: RequestContext) -> object:
    given = {"branch_id": ctx.branch_id, "kind": "upload"}
    return platform.run("imaging.open_way_in", ctx, given).result.id
