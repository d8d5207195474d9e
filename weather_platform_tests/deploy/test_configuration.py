"""deploy/ and the code agree: settings, roles, schedules, names, and what a lock carries."""

import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

import weather_platform_tests
from weather_platform.core.history.scraped_archives import SCRAPED
from weather_platform.core.partitions import CYCLE
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.google.errors import RETRY_SECONDS
from weather_platform.infra.roles import OPERATE, ROLES, TICK_ROLES
from weather_platform.infra.stores.drop_box import DROP_BOX
from weather_platform.service.settings import ServiceSettings
from weather_platform_tests.deploy.dockerfile import set_in
from weather_platform_tests.deploy.homes import DEPLOY
from weather_platform_tests.deploy.texts import deploying, listed, readme, terraform

# Secrets that no deployment has, with the reason: every other secret has a place in Secret Manager.
LEFT_ALONE = {"WEATHER_SMTP_PASSWORD": "Cloud Monitoring mails; Google Cloud lets nobody speak SMTP at will"}
FILES = [path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix not in {".lock", ".in"}]


def test_every_variable_in_deploy_is_a_setting_and_every_setting_can_be_set_by_a_deployment() -> None:
    fields = {f"WEATHER_{name.upper()}": field for name, field in ServiceSettings.model_fields.items()}
    used = {name for path in FILES for name in re.findall(r"\bWEATHER_[A-Z0-9_]+", path.read_text())}
    # One is of the tests that Cloud Build runs.
    assert used - {"WEATHER_REQUIRE_STAND_INS"} - set(fields) == set()
    # What deploy/ does not name has a default, and goes through Terraform's `settings` unless it is a secret.
    assert "merge(var.settings," in terraform("main")
    for name in set(fields) - used:
        assert not fields[name].is_required(), name
        assert "Secret" not in str(fields[name].annotation) or name in LEFT_ALONE, name
    assert set(LEFT_ALONE) <= set(fields) - used


def test_the_daemon_waits_for_a_sensor_that_finds_a_store_away() -> None:
    """Found by reading: after a minute nobody listened to `watch` any more, which was to tell of it."""
    patience = int(set_in("web")["DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS"])
    assert patience > 2 * RETRY_SECONDS  # the bucket's, and BigQuery's


def test_terraforms_environment_is_one_that_the_settings_take(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(Settings.model_fields):
        monkeypatch.delenv(f"WEATHER_{name.upper()}", raising=False)
    given = re.search(r"environment = merge\(var.settings, \{(.*?)\n  \}", terraform("main"), re.S)
    assert given is not None
    values = {
        "WEATHER_MAX_BYTES_BILLED": "10000000000",
        "WEATHER_FIRST_DAY": "2026-11-01",
        "WEATHER_HORIZON_HOURS": "120",
        "WEATHER_PROVIDERS": "open_meteo,met_norway",
        "WEATHER_PROFILE": "gcp",
        "WEATHER_SEPARATE_ROLES": "true",
        "WEATHER_LOG_FORMAT": "json",
        "WEATHER_WATCH_INTERVAL": "01:00:00",
        "WEATHER_ARCHIVES": "open_meteo_archive,ghcn_hourly",
    }
    for name in re.findall(r"(WEATHER_\w+)\s*=", given[1]):
        monkeypatch.setenv(name, values.get(name, "x"))
    settings = Settings()
    assert (settings.profile, settings.providers) == ("gcp", ("open_meteo", "met_norway"))
    assert build(settings).get_repository_def().has_schedule_def("fetch_cycle")


def test_a_setting_that_terraform_gives_itself_is_refused_among_further_ones() -> None:
    """Found by reading: one of them was taken, and did nothing."""
    given = set(re.findall(r"\b(WEATHER_\w+)\s*=", terraform("main") + terraform("run")))
    given = {name for name in given if not name.startswith("WEATHER_TICKS_")}  # of the service alone
    given |= set(re.findall(r'"(WEATHER_[A-Z_]+)"', terraform("secrets")))
    (refused,) = re.findall(
        r"setintersection\(keys\(var.settings\), \[(.*?)\]\)", terraform("variables"), re.S
    )
    assert set(re.findall(r'"(WEATHER_\w+)"', refused)) == given


def test_a_quote_in_a_setting_does_not_end_it_in_the_shell_of_who_opens_the_ui() -> None:
    """Found by reading: `o'neil@example.org` as contact left the shell waiting for the end of a text."""
    assert """replace(value, "'", "'\\\\''")""" in terraform("outputs")
    assert 'eval "$(terraform -chdir=deploy/terraform output -raw environment)"' in readme()


def test_terraform_has_the_roles_ticks_and_places_of_the_code() -> None:
    assert f"roles = {json.dumps(list(ROLES))}" in terraform("main")
    assert f'drop_box = "{DROP_BOX}"' in terraform("main")
    ticks = re.search(r"ticks = \{(.*?)\n  \}", terraform("ticks"), re.S)
    assert ticks is not None
    crons = dict(re.findall(r'(\w+)\s*= "([^"]+)"', ticks[1]))
    assert set(crons) == set(TICK_ROLES)
    for schedule in build(Settings(separate_roles=True)).get_repository_def().schedule_defs:
        assert crons[schedule.name] == schedule.cron_schedule
    # `doctor` judges the sign of life by how often it is due: hourly by the clock, else as the daemon does.
    assert crons["watch"] == "5 * * * *"
    assert re.search(r'WEATHER_WATCH_INTERVAL += var.trio \? "00:10:00" : "01:00:00"', terraform("main"))


def test_a_tick_is_tried_again_for_hours_and_within_its_cycle() -> None:
    """Found by reading: a quarter of an hour without Postgres lost a cycle, which nobody can have later."""
    lasts = re.search(r'max_retry_duration += "(\d+)s"', terraform("ticks"))
    assert lasts is not None
    last_try = timedelta(minutes=45) + timedelta(seconds=int(lasts[1]))  # of answer_cycle
    assert timedelta(hours=3) < last_try < CYCLE.length - timedelta(hours=1)


# Ticks that ask MLflow: training, predicting, and the look at everything, which tells how old champions are.
ASK_MLFLOW = {"every_week", "retraining", "answer_cycle", "watch"}


def test_whose_tick_asks_mlflow_is_given_its_address() -> None:
    # The trio's daemon looks for itself; what a person starts by hand may be any of these.
    asking = {TICK_ROLES[name] for name in ASK_MLFLOW} | {OPERATE, "daemon"}
    assert set(listed("accounts", "uses_models")) == asking
    assert 'contains(local.uses_models, role) ? ["WEATHER_MLFLOW_TRACKING_URI"] : []' in terraform("run")
    for_daemon = 'contains(local.uses_models, each.key) ? ["WEATHER_MLFLOW_TRACKING_URI"] : []'
    assert for_daemon in terraform("trio")
    # Versions' files lie in the bucket of objects.
    granted = re.search(r"  objects = \{(.*?)\n  \}", terraform("accounts"), re.S)
    assert granted is not None
    assert asking <= set(re.findall(r"(?m)^ +(\w+) =", granted[1]))


def test_terraform_ticks_for_every_archive_that_is_crawled() -> None:
    crawled = re.search(r"crawled = setintersection\((\[.*?\])", terraform("ticks"))
    assert crawled is not None
    names = json.loads(crawled[1])
    hourly = {name for name, archive in SCRAPED.items() if not archive.daily}
    assert set(names) == hourly, "deploy/terraform/ticks.tf"
    repository = build(Settings(profile="live", archives=tuple(names))).get_repository_def()
    for name in names:
        cron = repository.get_schedule_def(f"list_{name}_daily").cron_schedule
        assert f'"list_${{archive}}_daily" => "{cron}"' in terraform("ticks")
        assert repository.has_sensor_def(f"new_{name}_files")


def test_jobs_and_services_that_cloud_build_updates_are_those_of_terraform() -> None:
    script = deploying("worker")
    assert f"for role in {' '.join(ROLES)};" in script
    made = re.findall(r'name\s+= "(weather-[a-z]+)"', terraform("run") + terraform("trio"))
    assert "weather-ticks" in made
    assert "services update weather-ticks" in deploying("ticks")


def test_the_scale_to_zero_image_carries_no_dagster_and_no_pandas() -> None:
    names = set(re.findall(r"^([a-z0-9-]+)==", (DEPLOY / "images" / "ticks.lock").read_text(), re.M))
    assert not names & {"dagster", "pandas", "pyarrow", "numpy", "grpcio"}


def test_nobody_may_call_without_an_account_and_only_the_ticks_service_trusts_cloud_runs_check() -> None:
    """Without IAM before it, the service would take tokens that anyone can write."""
    files = {path.name: path.read_text() for path in FILES}
    assert [name for name, text in files.items() if re.search(r"allUsers|allAuthenticatedUsers", text)] == []
    assert not any("allow-unauthenticated" in text for text in files.values())
    assert not any("invoker_iam_disabled" in text for text in files.values())
    trusting = {name: text for name, text in files.items() if "WEATHER_TICKS_BEHIND_IAM" in text}
    assert list(trusting) == ["run.tf"]
    _, _, ticks = trusting["run.tf"].partition('resource "google_cloud_run_v2_service" "ticks"')
    assert re.search(r'WEATHER_TICKS_BEHIND_IAM\s+= "true"', ticks)
    assert trusting["run.tf"].count("WEATHER_TICKS_BEHIND_IAM") == 1


def test_no_file_of_deploy_holds_a_secret() -> None:
    for path in FILES:
        text = path.read_text()
        assert not re.search(r"-----BEGIN|AIza[0-9A-Za-z_-]{30}|\"private_key\"", text), path


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "deploy/images/worker"])
def test_every_python_gets_the_same_version_of_a_package(name: str) -> None:
    """Python 3.12 and 3.13 had a newer NumPy and SciPy, with which pandas warned at every Timedelta."""
    names = re.findall(r"^([a-z0-9-]+)==", (DEPLOY.parent / f"{name}.lock").read_text(), re.M)
    assert len(names) > 50
    assert [one for one in names if names.count(one) > 1] == []


def test_the_audit_looks_at_every_lock_and_passes_nothing_unseen() -> None:
    root = DEPLOY.parent
    tests = Path(weather_platform_tests.__file__).parent
    kept = [*root.glob("*.lock"), *DEPLOY.rglob("*.lock"), *tests.rglob("*.lock")]
    done = subprocess.run(
        ["/usr/bin/env", "make", "-n", "audit"], cwd=root, capture_output=True, text=True, check=True
    )
    (loop,) = re.findall(r"for lock in (.*?); do", done.stdout)
    assert sorted(loop.split()) == sorted(str(path.relative_to(root)) for path in kept)
    assert "--strict" in done.stdout
    installs = [line for line in done.stdout.splitlines() if " install " in line]
    assert all("--require-hashes" in line for line in installs)
