"""deploy/ and the code agree: settings, roles, schedules, names, and what a lock carries."""

import json
import re
from typing import Any

import click
import pytest
import yaml

from weather_platform.cli.main import cli
from weather_platform.definitions import build
from weather_platform.defs.archives import SCRAPED
from weather_platform.infra.drop_box import DROP_BOX
from weather_platform.infra.roles import OPERATE, ROLES, TICK_ROLES
from weather_platform.infra.settings import Settings
from weather_platform.service.settings import ServiceSettings
from weather_platform_tests.deploy.homes import DEPLOY

# Secrets that no deployment has, with the reason: every other secret has a place in Secret Manager.
LEFT_ALONE = {"WEATHER_SMTP_PASSWORD": "Cloud Monitoring mails; Google Cloud lets nobody speak SMTP at will"}
FILES = [path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix not in {".lock", ".in"}]


def test_every_variable_in_deploy_is_a_setting_and_every_setting_can_be_set_by_a_deployment() -> None:
    fields = {f"WEATHER_{name.upper()}": field for name, field in ServiceSettings.model_fields.items()}
    used = {name for path in FILES for name in re.findall(r"\bWEATHER_[A-Z0-9_]+", path.read_text())}
    # One is of the tests that Cloud Build runs.
    assert used - {"WEATHER_REQUIRE_STAND_INS"} - set(fields) == set()
    # What deploy/ does not name has a default, and goes through Terraform's `settings` unless it is a secret.
    assert "merge(var.settings," in _terraform("main")
    for name in set(fields) - used:
        assert not fields[name].is_required(), name
        assert "Secret" not in str(fields[name].annotation) or name in LEFT_ALONE, name
    assert set(LEFT_ALONE) <= set(fields) - used


def test_terraforms_environment_is_one_that_the_settings_take(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(Settings.model_fields):
        monkeypatch.delenv(f"WEATHER_{name.upper()}", raising=False)
    given = re.search(r"environment = merge\(var.settings, \{(.*?)\n  \}", _terraform("main"), re.S)
    assert given is not None
    values = {
        "WEATHER_MAX_BYTES_BILLED": "10000000000",
        "WEATHER_FIRST_DAY": "2026-11-01",
        "WEATHER_HORIZON_HOURS": "120",
        "WEATHER_PROVIDERS": "open_meteo,met_norway",
        "WEATHER_PROFILE": "gcp",
        "WEATHER_SEPARATE_ROLES": "true",
        "WEATHER_LOG_FORMAT": "json",
        "WEATHER_ARCHIVES": "open_meteo_archive,ghcn_hourly",
    }
    for name in re.findall(r"(WEATHER_\w+)\s*=", given[1]):
        monkeypatch.setenv(name, values.get(name, "x"))
    settings = Settings()
    assert (settings.profile, settings.providers) == ("gcp", ("open_meteo", "met_norway"))
    assert build(settings).get_repository_def().has_schedule_def("fetch_cycle")


def test_terraform_has_the_roles_ticks_and_places_of_the_code() -> None:
    assert f"roles = {json.dumps(list(ROLES))}" in _terraform("main")
    assert f'drop_box = "{DROP_BOX}"' in _terraform("main")
    ticks = re.search(r"ticks = \{(.*?)\n  \}", _terraform("ticks"), re.S)
    assert ticks is not None
    crons = dict(re.findall(r'(\w+)\s*= "([^"]+)"', ticks[1]))
    assert set(crons) == set(TICK_ROLES)
    for schedule in build(Settings(separate_roles=True)).get_repository_def().schedule_defs:
        assert crons[schedule.name] == schedule.cron_schedule


# Ticks that ask MLflow: training, predicting, and the look at everything, which tells how old champions are.
ASK_MLFLOW = {"every_week", "retraining", "answer_cycle", "watch"}


def test_whose_tick_asks_mlflow_is_given_its_address() -> None:
    # The trio's daemon looks for itself; what a person starts by hand may be any of these.
    asking = {TICK_ROLES[name] for name in ASK_MLFLOW} | {OPERATE, "daemon"}
    assert set(_list("accounts", "uses_models")) == asking
    assert 'contains(local.uses_models, role) ? ["WEATHER_MLFLOW_TRACKING_URI"] : []' in _terraform("run")
    for_daemon = 'contains(local.uses_models, each.key) ? ["WEATHER_MLFLOW_TRACKING_URI"] : []'
    assert for_daemon in _terraform("trio")
    # Versions' files lie in the bucket of objects.
    granted = re.search(r"  objects = \{(.*?)\n  \}", _terraform("accounts"), re.S)
    assert granted is not None
    assert asking <= set(re.findall(r"(?m)^ +(\w+) =", granted[1]))


def test_terraform_ticks_for_every_archive_that_is_crawled() -> None:
    crawled = re.search(r"crawled = setintersection\((\[.*?\])", _terraform("ticks"))
    assert crawled is not None
    names = json.loads(crawled[1])
    assert set(names) == set(SCRAPED)
    repository = build(Settings(profile="live", archives=tuple(names))).get_repository_def()
    for name in names:
        cron = repository.get_schedule_def(f"list_{name}_daily").cron_schedule
        assert f'"list_${{archive}}_daily" => "{cron}"' in _terraform("ticks")
        assert repository.has_sensor_def(f"new_{name}_files")


def test_silence_is_that_of_all_successful_fetches_together() -> None:
    # By series, one failure in between would begin a series of its own, which then falls silent.
    silence = _block("alerts", 'resource "google_monitoring_alert_policy" "silence"')
    assert r"metric.labels.result = \"succeeded\"" in silence
    assert 'cross_series_reducer = "REDUCE_SUM"' in silence


def test_jobs_and_services_that_cloud_build_updates_are_those_of_terraform() -> None:
    script = _script("worker")
    assert f"for role in {' '.join(ROLES)};" in script
    made = re.findall(r'name\s+= "(weather-[a-z]+)"', _terraform("run") + _terraform("trio"))
    assert "weather-ticks" in made
    assert "services update weather-ticks" in _script("ticks")


def test_without_a_daemon_a_past_is_a_command_that_there_is_with_room_for_the_largest_job() -> None:
    for words in re.findall(r"operate weather-platform ([^`\n]+)", _readme()):
        name, *rest = words.split()
        command = cli.get_command(click.Context(cli), name)
        assert command is not None, name
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known
    assert "operate weather-platform run --days" in _readme()
    jobs = set(re.findall(r"operate dagster job execute --module-name \S+ --job (\w+)", _readme()))
    archives = ("ghcn_hourly", "open_meteo_archive")
    there = build(Settings(profile="live", archives=archives, separate_roles=True)).get_repository_def()
    assert jobs <= set(there.job_names)
    sizes = dict(re.findall(r'(\w+)\s*= \{ cpu = "\d", memory = "(\d)Gi" \}', _terraform("run")))
    assert sizes["operate"] == max(sizes.values())


def test_people_are_told_of_every_secret_that_they_fill_and_how_one_comes_later() -> None:
    held = [*re.findall(r'= "(WEATHER_\w+_KEY)"', _terraform("secrets")), "WEATHER_ALERT_WEBHOOK"]
    assert len(held) == 3
    for setting in held:
        assert setting.lower().replace("_", "-") in _readme()
    assert "apply -target=google_secret_manager_secret.secrets\n" in _readme()


def test_every_command_that_restores_postgres_names_backup_and_instance() -> None:
    restores = re.findall(r"gcloud sql backups restore[^`\n]*", _readme())
    assert restores == [f"gcloud sql backups restore ID --restore-instance={_named('database')}"]


def test_a_migration_is_made_by_the_new_image() -> None:
    (steps,) = re.findall(r"(?ms)^```\n(TAG=(?:(?!^```).)*?instance migrate.*?)^```", _readme())
    order = ["_DEPLOY=no", "jobs update weather-operate", "dagster instance migrate", "mlflow db upgrade"]
    others = " ".join(role for role in ROLES if role != OPERATE)
    places = [steps.index(step) for step in [*order, f"for role in {others};"]]
    assert places == sorted(places)


def test_a_service_that_cloud_build_updates_is_served_whatever_was_pinned_before() -> None:
    for image in ("ticks", "web", "worker"):
        lines = [line.strip() for line in _script(image).splitlines()]
        updates = [number for number, line in enumerate(lines) if "gcloud run services update " in line]
        assert updates
        for number in updates:
            service = lines[number].split()[4]
            assert lines[number + 1].startswith(f"gcloud run services update-traffic {service} "), image
            assert lines[number + 1].endswith("--to-latest"), image
    # Nor does what people are told pin anything.
    assert "--to-revisions" not in _readme()


def test_the_images_that_services_and_jobs_are_first_made_with_are_never_cleaned_up() -> None:
    # Terraform makes by that tag what it makes later too: the other way of running, a job that was deleted.
    for made in ("run", "trio"):
        assert ":${var.image_tag}" in _terraform(made)
    images = _block("storage", 'resource "google_artifact_registry_repository" "images"')
    assert "tag_prefixes = [var.image_tag]" in images


def test_what_may_connect_to_postgres_at_once_is_less_than_it_takes() -> None:
    run, trio = _terraform("run"), _terraform("trio")
    taken = _number(r'name = "max_connections"\s+value = "(\d+)"', _terraform("database"))
    own, a_run = 8, 4  # as counted in database.tf
    ticks = _number(r"max_instance_request_concurrency = (\d+)", run)
    ticks *= _number(r"max_instance_count = (\d+)", run)
    pools = [_number(r'"--db-pool-max-overflow", "(\d+)"', trio)]
    pools.append(_number(r"dagster-webserver .*--db-pool-max-overflow (\d+)", _readme()))
    web, ui = (3 * (1 + overflow) for overflow in pools)  # runs, events, schedules: a pool each
    queue = yaml.safe_load((DEPLOY / "dagster" / "trio" / "dagster.yaml").read_text())["concurrency"]["runs"]
    assert own + ticks + 7 * a_run + ui <= taken
    assert own + web + 12 + queue["max_concurrent_runs"] * a_run <= taken


def test_the_scale_to_zero_image_carries_no_dagster_and_no_pandas() -> None:
    names = set(re.findall(r"^([a-z0-9-]+)==", (DEPLOY / "images" / "ticks.lock").read_text(), re.M))
    assert not names & {"dagster", "pandas", "pyarrow", "numpy", "grpcio"}


def test_no_file_of_deploy_holds_a_secret() -> None:
    for path in FILES:
        text = path.read_text()
        assert not re.search(r"-----BEGIN|AIza[0-9A-Za-z_-]{30}|\"private_key\"", text), path


def _script(service: str) -> str:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "cloudbuild" / f"{service}.yaml").read_text())
    (deploy,) = [step for step in loaded["steps"] if step["id"] == "deploy"]
    return str(deploy["args"][-1])


def _named(file: str) -> str:
    """The first name that a file of Terraform's gives."""
    found = re.search(r'(?m)^  name = "([a-z-]+)"$', _terraform(file))
    assert found is not None
    return found[1]


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return int(found[1])


def _readme() -> str:
    return (DEPLOY / "README.md").read_text()


def _block(file: str, opening: str) -> str:
    """A block at the left margin, from its opening line to its end."""
    found = re.search(rf"(?ms)^{re.escape(opening)} \{{$.*?^\}}$", _terraform(file))
    assert found is not None, opening
    return found[0]


def _list(file: str, name: str) -> list[str]:
    found = re.search(rf"(?m)^  {name} = (\[.*?\])", _terraform(file))
    assert found is not None
    return [str(one) for one in json.loads(found[1])]


def _terraform(name: str) -> str:
    return re.sub(r"(?m)(?<=[a-z]) +=", " =", (DEPLOY / "terraform" / f"{name}.tf").read_text())
