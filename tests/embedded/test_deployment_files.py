"""The deployment files name processes and settings that exist."""

import hashlib
import os
import re
import subprocess
import sys
from contextlib import suppress

import pytest
import yaml
from pydantic import SecretStr

from erp.adapters.object_storage import S3ObjectStorage
from erp.adapters.object_storage.directory import DirectoryObjectStorage
from erp.api.observing import PATIENCE_SECONDS
from erp.core.settings import Settings
from erp.embedded.credentials import free_port
from erp.embedded.programs import PROJECT, product_programs
from erp.services.documents import ObjectMissing, StorageUnavailable
from tests.fixtures.servers import own_settings
from tests.ingest.conftest import until

COMPOSE = yaml.safe_load((PROJECT / "deploy/compose.yaml").read_text())
CLUSTER = list(yaml.safe_load_all((PROJECT / "deploy/kubernetes/vantage.yaml").read_text()))
PROGRAMS = [
    program.name
    for program in product_programs(own_settings().model_copy(update={"dicom_port": 11112}))
]
SETTINGS = {name.upper() for name in Settings.model_fields}


def containers():
    for document in CLUSTER:
        spec = document.get("spec", {}).get("template", {}).get("spec", {})
        yield from spec.get("containers", [])


def test_every_process_is_served_by_compose_and_kubernetes():
    served = [service.get("command") for service in COMPOSE["services"].values()]
    in_cluster = [container["args"] for container in containers()]
    for name in PROGRAMS:
        assert ["serve", name] in served
        assert ["serve", name] in in_cluster
    assert ["migrate"] in served
    assert ["migrate"] in in_cluster


@pytest.mark.parametrize(
    "service", ["migrate", "web", "worker", "relay", "listener", "dicom", "objects"]
)
def test_the_product_gets_only_settings_it_knows(service):
    assert set(COMPOSE["services"][service]["environment"]) <= SETTINGS


def test_only_the_migration_knows_the_owners_password():
    for name, service in COMPOSE["services"].items():
        address = service.get("environment", {}).get("DATABASE_URL", "")
        assert ("POSTGRES_PASSWORD" in address) == (name == "migrate")


def test_what_compose_asks_for_is_in_the_example():
    text = (PROJECT / "deploy/compose.yaml").read_text()
    wanted = set(re.findall(r"\$\{(\w+)[:}]", text))
    given = set(re.findall(r"^(\w+)=", (PROJECT / "deploy/.env.example").read_text(), re.MULTILINE))
    assert wanted == given


def test_the_config_map_holds_known_settings_and_no_secret():
    config = next(document for document in CLUSTER if document["kind"] == "ConfigMap")["data"]
    assert set(config) <= SETTINGS
    assert not any("SECRET" in name or "PASSWORD" in name for name in config)
    assert not any("@" in value for value in config.values())


def test_every_program_writes_the_stores_directory_itself_so_that_bytes_are_on_disk():
    store = COMPOSE["services"]["objects"]
    assert store["command"] == ["serve", "objects"]
    [mount] = store["volumes"]
    home = mount.partition(":")[2]
    for name in PROGRAMS:
        service = COMPOSE["services"][name]
        assert (service["volumes"], service["environment"]["S3_DIRECTORY"]) == ([mount], home)
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert f"{home} && chown erp" in dockerfile, "a new volume belongs to the product's user"


def test_the_store_of_compose_serves_what_is_written_beside_it(tmp_path):
    """The command line of compose.yaml, outside of a container."""
    command = [sys.executable, "-m", "erp", *COMPOSE["services"]["objects"]["command"]]
    keys = {"S3_ACCESS_KEY": "deployed", "S3_SECRET_KEY": "deployed-secret"}
    address = f"http://127.0.0.1:{free_port()}"
    place = {"S3_ENDPOINT_URL": address, "S3_DIRECTORY": str(tmp_path)}
    own = keys | place | {"PYTHONPATH": str(PROJECT)}
    refused = subprocess.run(
        command,
        env=os.environ | own | {"S3_SECRET_KEY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, "S3_SECRET_KEY" in refused.stderr) == (1, True)
    settings = own_settings().model_copy(
        update={
            "s3_endpoint_url": address,
            "s3_directory": str(tmp_path),
            "s3_access_key": keys["S3_ACCESS_KEY"],
            "s3_secret_key": SecretStr(keys["S3_SECRET_KEY"]),
        }
    )
    with subprocess.Popen(command, env=os.environ | own, cwd=tmp_path) as store:
        try:
            until((tmp_path / "buckets" / settings.s3_bucket).is_dir)
            beside, over_s3 = DirectoryObjectStorage(settings), S3ObjectStorage(settings)
            digest = hashlib.sha256(b"picture").hexdigest()
            beside.put("tenants/one", b"picture", sha256=digest, media="application/dicom")
            until(lambda: _read(over_s3, "tenants/one") == b"picture")
        finally:
            store.terminate()


def _read(store, key):
    with suppress(ObjectMissing, StorageUnavailable):
        return store.read(key)
    return None


def test_a_program_in_a_container_ends_when_it_is_told_to():
    for name in PROGRAMS:
        assert COMPOSE["services"][name]["init"] is True


def test_probes_wait_as_long_as_an_answer_may_take():
    """Readiness names what is away after looking for it; the default of a probe is a second."""
    [web] = [container for container in containers() if container["name"] == "web"]
    for probe in ("readinessProbe", "livenessProbe"):
        assert web[probe]["timeoutSeconds"] >= PATIENCE_SECONDS


def test_the_image_takes_nothing_of_the_machine_it_is_built_on():
    """Links of components' scripts hold the folder they were made in; the build makes its own."""
    left_out = set((PROJECT / ".dockerignore").read_text().split())
    assert {".git", ".venv", ".web", ".data", ".env", "assets/external"} <= left_out


def test_the_image_holds_what_the_product_imports_and_reads():
    """All of the working tree, but what is left out by name."""
    left_out = set((PROJECT / ".dockerignore").read_text().split())
    assert not left_out & {"erp", "jobs", "alembic", "alembic.ini", "assets", "rxconfig.py"}
    assert "COPY . ." in (PROJECT / "Dockerfile").read_text()
