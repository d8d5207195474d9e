"""What deploy/README.md has people do, and what a deployment does by itself, where a text can hold it."""

import re

import click
import yaml

from weather_platform.cli.main import cli
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.roles import OPERATE, ROLES
from weather_platform_tests.deploy.homes import DEPLOY
from weather_platform_tests.deploy.texts import block, deploying, listed, named, number_in, readme, terraform


def test_without_a_daemon_a_past_is_a_command_that_there_is_with_room_for_the_largest_job() -> None:
    for words in re.findall(r"operate weather-platform ([^`\n]+)", readme()):
        name, *rest = words.split()
        command = cli.get_command(click.Context(cli), name)
        assert command is not None, name
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known
    assert "operate weather-platform run --days" in readme()
    jobs = set(re.findall(r"operate dagster job execute --module-name \S+ --job (\w+)", readme()))
    archives = ("ghcn_hourly", "open_meteo_archive")
    there = build(Settings(profile="live", archives=archives, separate_roles=True)).get_repository_def()
    assert jobs <= set(there.job_names)
    sizes = dict(re.findall(r'(\w+)\s*= \{ cpu = "\d", memory = "(\d)Gi" \}', terraform("run")))
    assert sizes["operate"] == max(sizes.values())


def test_people_are_told_of_every_secret_that_they_fill_and_how_one_comes_later() -> None:
    keyed = {name for name, provider in PROVIDERS.items() if provider.auth is not None}
    assert set(listed("secrets", "keyed")) == keyed, "deploy/terraform/secrets.tf"
    assert "weather-PROVIDER-key" in readme()
    assert "weather-alert-webhook" in readme()
    assert "apply -target=google_secret_manager_secret.secrets\n" in readme()


def test_every_command_that_restores_postgres_names_backup_and_instance() -> None:
    restores = re.findall(r"gcloud sql backups restore[^`\n]*", readme())
    assert restores == [f"gcloud sql backups restore ID --restore-instance={named('database')}"]


def test_a_migration_is_made_by_the_new_image() -> None:
    (steps,) = re.findall(r"(?ms)^```\n(TAG=(?:(?!^```).)*?instance migrate.*?)^```", readme())
    order = ["_DEPLOY=no", "jobs update weather-operate", "dagster instance migrate", "mlflow db upgrade"]
    others = " ".join(role for role in ROLES if role != OPERATE)
    places = [steps.index(step) for step in [*order, f"for role in {others};"]]
    assert places == sorted(places)


def test_a_service_that_cloud_build_updates_is_served_whatever_was_pinned_before() -> None:
    for image in ("ticks", "web", "worker"):
        lines = [line.strip() for line in deploying(image).splitlines()]
        updates = [number for number, line in enumerate(lines) if "gcloud run services update " in line]
        assert updates
        for number in updates:
            service = lines[number].split()[4]
            assert lines[number + 1].startswith(f"gcloud run services update-traffic {service} "), image
            assert lines[number + 1].endswith("--to-latest"), image
    # Nor does what people are told pin anything.
    assert "--to-revisions" not in readme()


def test_the_images_that_services_and_jobs_are_first_made_with_are_never_cleaned_up() -> None:
    # Terraform makes by that tag what it makes later too: the other way of running, a job that was deleted.
    for made in ("run", "trio"):
        assert ":${var.image_tag}" in terraform(made)
    images = block("storage", 'resource "google_artifact_registry_repository" "images"')
    assert "tag_prefixes = [var.image_tag]" in images


def test_what_may_connect_to_postgres_at_once_is_less_than_it_takes() -> None:
    run, trio = terraform("run"), terraform("trio")
    taken = number_in(r'name = "max_connections"\s+value = "(\d+)"', terraform("database"))
    own, a_run = 8, 4  # as counted in database.tf
    ticks = number_in(r"max_instance_request_concurrency = (\d+)", run)
    ticks *= number_in(r"max_instance_count = (\d+)", run)
    pools = [number_in(r'"--db-pool-max-overflow", "(\d+)"', trio)]
    pools.append(number_in(r"dagster-webserver .*--db-pool-max-overflow (\d+)", readme()))
    web, ui = (3 * (1 + overflow) for overflow in pools)  # runs, events, schedules: a pool each
    queue = yaml.safe_load((DEPLOY / "dagster" / "trio" / "dagster.yaml").read_text())["concurrency"]["runs"]
    assert own + ticks + 7 * a_run + ui <= taken
    assert own + web + 12 + queue["max_concurrent_runs"] * a_run <= taken


def test_silence_is_that_of_all_successful_fetches_together() -> None:
    # By series, one failure in between would begin a series of its own, which then falls silent.
    silence = block("alerts", 'resource "google_monitoring_alert_policy" "silence"')
    assert r"metric.labels.result = \"succeeded\"" in silence
    assert 'cross_series_reducer = "REDUCE_SUM"' in silence
