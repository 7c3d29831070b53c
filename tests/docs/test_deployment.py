"""The files of the deployment fit each other and the service. No container is started."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.core.config import Settings, load_settings
from app.parts import DRAIN_SECONDS as PARTS_SECONDS
from app.worker.jobs import DRAIN_SECONDS as JOBS_SECONDS
from commands.serving.running import SHUTDOWN_SECONDS, ServerConfig
from tests.support.service import Service

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/deployment"
CADDYFILE = (FOLDER / "Caddyfile").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "docker-compose.yml").read_text())
DEVELOPMENT = (ROOT / "docker-compose-dev.yml").read_text()
EXAMPLE = (FOLDER / "questboard.env.example").read_text()

SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
SERVERS = {name: service for name, service in OURS.items() if "command" not in service}
LASTING = {name: service for name, service in SERVICES.items() if service["restart"] != "no"}
SETTINGS = {name.upper() for name in Settings.model_fields}
MAX_CONNECTIONS = 100 - 3
"""PostgreSQL's default, without those kept for superusers."""


def read_seconds(text: str) -> int:
    """Of ``5s`` or ``2m``."""
    return int(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


def read_caddy(name: str) -> str:
    """What follows a directive."""
    found = re.search(rf"^\s*{name} (.+)$", CADDYFILE, re.MULTILINE)
    assert found is not None, name
    return found[1].strip()


def load(service: dict[str, Any], folder: Path) -> Settings:
    """The settings of a service, with what its secret file would hold."""
    keys = ("access_secret_key", "reset_password_secret_key", "verification_secret_key")
    given = {name.lower(): value for name, value in service["environment"].items()}
    given["frontend_url"] = "https://play.example.org"
    secrets = {name: f"{name[:3]}0123456789abcdefghijklmnopqrstuvw" for name in keys}
    url = "postgresql://questboard:hunter2@postgres:5432/questboard"
    given |= {"database_url": url, "data_dir": str(folder)}
    return load_settings(_env_file=None, **given, **secrets)


def list_texts(value: Any) -> Iterator[str]:
    """All keys and values within."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from list_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from list_texts(inner)
    else:
        yield str(value)


def test_it_has_the_parts_that_were_promised() -> None:
    assert len(SERVERS) == 2
    assert {"proxy", "worker", "migrate", "postgres", "redis"} == SERVICES.keys() - SERVERS.keys()
    assert SERVICES["worker"]["command"] == ["python", "-m", "commands.worker"]
    assert SERVICES["migrate"]["command"] == ["python", "-m", "commands.migrate"]
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", OURS)
def test_every_name_in_the_environment_is_a_setting(name: str, tmp_path: Path) -> None:
    assert OURS[name]["environment"].keys() <= SETTINGS
    assert load(OURS[name], tmp_path).is_production


def test_the_example_of_the_secret_file_names_settings_and_no_values() -> None:
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))

    assert given.keys() <= SETTINGS
    assert {name for name, value in given.items() if value} == {"MAIL_PORT"}
    assert not given.keys() & SERVERS["api-1"]["environment"].keys()  # which would go before it


def test_no_secret_stands_in_the_files() -> None:
    texts = list(list_texts(COMPOSE))
    settings = {name for service in SERVICES.values() for name in service.get("environment", {})}

    assert not [text for text in texts if re.search(r"://[^/]*:[^/]*@", text)]
    assert not [name for name in settings if re.search(r"SECRET|_KEY|TOKEN|PASSWORD$", name)]
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


def test_only_the_proxy_can_be_reached() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    assert not [name for name, service in SERVICES.items() if "network_mode" in service]
    assert COMPOSE["networks"]["back"]["internal"] is True
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["back"]


def test_the_servers_trust_the_proxy_alone(tmp_path: Path) -> None:
    address = SERVICES["proxy"]["networks"]["front"]["ipv4_address"]

    for server in SERVERS.values():
        assert load(server, tmp_path).trusted_proxies == [address]


def test_the_proxy_knows_every_server_at_its_port() -> None:
    port = re.search(r"\bPORT=(\d+)", DOCKERFILE)
    exposed = re.search(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)

    assert port is not None
    assert exposed is not None
    assert exposed[1] == port[1]
    upstreams = read_caddy("reverse_proxy").removesuffix(" {").split()
    assert upstreams == [f"{name}:{port[1]}" for name in SERVERS]
    for server in SERVERS.values():
        assert f":{port[1]}/" in server["healthcheck"]["test"][-1]


async def test_the_paths_of_health_checks_answer(service: Service) -> None:
    checks = [DOCKERFILE, *(server["healthcheck"]["test"][-1] for server in SERVERS.values())]
    paths = {read_caddy("health_uri"), *re.findall(r"/api/[\w/]+", " ".join(checks))}

    assert paths == {"/api/v1/health", "/api/v1/health/ready"}
    for path in paths:
        answer = await service.client().get(f"http://testserver{path}")
        assert answer.status_code == 200


async def test_the_metrics_are_not_shown_to_the_world(service: Service) -> None:
    path = read_caddy("@private path").split()[0]

    assert (await service.client().get(f"http://testserver{path}")).status_code != 404
    assert read_caddy("respond @private") == "404"


def test_servers_leave_the_jobs_to_the_worker(tmp_path: Path) -> None:
    assert not any(load(server, tmp_path).run_jobs for server in SERVERS.values())


def test_a_drain_is_longer_than_the_proxy_takes_to_notice(tmp_path: Path) -> None:
    noticed = read_seconds(read_caddy("health_interval")) + read_seconds(
        read_caddy("health_timeout")
    )

    for server in SERVERS.values():
        assert load(server, tmp_path).shutdown_drain_seconds > noticed


@pytest.mark.parametrize("name", ["worker", *SERVERS])
def test_whoever_leaves_is_given_the_time(name: str, tmp_path: Path) -> None:
    requests = SHUTDOWN_SECONDS if name in SERVERS else 0
    drain = load(OURS[name], tmp_path).shutdown_drain_seconds if name in SERVERS else 0
    # Jobs, and then work in the background, mails and events, one after the other.
    needed = drain + requests + JOBS_SECONDS + 3 * PARTS_SECONDS

    assert read_seconds(OURS[name]["stop_grace_period"]) > needed


def test_the_proxy_closes_silent_connections_before_the_servers_do() -> None:
    config = ServerConfig("app.main:app", drain_seconds=0, log_config=None)

    assert read_seconds(read_caddy("keepalive")) < config.timeout_keep_alive


def test_the_proxy_lets_imports_through() -> None:
    assert read_caddy("max_size") == "21MiB"
    assert "flush_interval" not in re.sub(r"#.*", "", CADDYFILE)


def test_postgresql_has_connections_for_all(tmp_path: Path) -> None:
    lasting = [load(OURS[name], tmp_path) for name in OURS.keys() & LASTING.keys()]

    assert sum(one.workers * one.database_pool_size for one in lasting) <= MAX_CONNECTIONS


@pytest.mark.parametrize("name", SERVICES)
def test_each_part_is_bounded_and_watched(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert "healthcheck" in service
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", OURS)
def test_ours_run_with_few_rights_and_a_file_of_secrets(name: str) -> None:
    service = OURS[name]

    assert service["init"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    folder = re.findall(r"^WORKDIR (.+)$", DOCKERFILE, re.MULTILINE)[-1]
    assert [secret["target"] for secret in service["secrets"]] == [f"{folder}/.env"]


def test_nobody_starts_before_the_migrations_and_those_after_the_database() -> None:
    for name in OURS.keys() - {"migrate"}:
        assert OURS[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
        assert OURS[name]["depends_on"]["redis"] == {"condition": "service_started"}
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_the_image_runs_as_nobody_in_particular_and_hears_signals() -> None:
    assert re.findall(r"^USER (\d+):\d+$", DOCKERFILE, re.MULTILINE)[-1] != "0"
    assert re.findall(r"^STOPSIGNAL (.+)$", DOCKERFILE, re.MULTILINE) == ["SIGTERM"]
    assert re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE) == [
        '["python", "-m", "commands.serve"]'
    ]
    assert "ENTRYPOINT" not in DOCKERFILE


@pytest.mark.parametrize("folder", ["app", "commands", "alembic_migrations"])
def test_the_image_has_all_code(folder: str) -> None:
    assert f"\nCOPY {folder} {folder}\n" in DOCKERFILE
    assert f"\n!{folder}\n" in (ROOT / ".dockerignore").read_text()


def test_the_image_compiles_what_its_user_can_not_write() -> None:
    copied = DOCKERFILE.index("COPY app app")

    assert "PYTHONDONTWRITEBYTECODE=1" in DOCKERFILE
    assert DOCKERFILE.index("RUN python -m compileall -q app commands alembic_migrations") > copied


def test_the_lines_for_development_are_settings_that_fit_the_ports() -> None:
    lines = dict(re.findall(r"^  # ([A-Z_]+)=(.*)$", DEVELOPMENT, re.MULTILINE))
    services = yaml.safe_load(DEVELOPMENT)["services"].values()
    published = {port.split(":")[1] for service in services for port in service["ports"]}
    hosts = {port.split(":")[0] for service in services for port in service["ports"]}

    assert lines.keys() <= SETTINGS
    assert {name.lower() for name in lines} <= load_settings(
        _env_file=None, **{name.lower(): value for name, value in lines.items()}
    ).model_fields_set
    assert hosts == {"127.0.0.1"}
    wanted = set(re.findall(r":(\d{4})\b", f"{lines['DATABASE_URL']} {lines['REDIS_URL']}"))
    assert wanted | {lines["MAIL_PORT"]} <= published
