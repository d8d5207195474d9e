# What everything else stands on: APIs, names, and what is said to every container.

locals {
  apis = [
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "bigquerystorage.googleapis.com",
    "billingbudgets.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudscheduler.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "sqladmin.googleapis.com",
    "sts.googleapis.com",
    "storage.googleapis.com",
  ]
  # As in weather_platform/infra/roles.py; a test compares them.
  roles = ["ingest", "truth", "train", "serve", "operate"]

  drop_box = "drop_box/" # weather_platform/infra/stores/drop_box.py
  image    = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}"

  environment = merge(var.settings, {
    WEATHER_PROFILE          = "gcp"
    WEATHER_GCP_PROJECT      = var.project
    WEATHER_GCP_REGION       = var.region
    WEATHER_GCP_LOCATION     = var.location
    WEATHER_BUCKET           = google_storage_bucket.objects.name
    WEATHER_RAW_BUCKET       = google_storage_bucket.raw.name
    WEATHER_LOGS_BUCKET      = google_storage_bucket.logs.name
    WEATHER_DATASET          = google_bigquery_dataset.tables.dataset_id
    WEATHER_MAX_BYTES_BILLED = tostring(var.max_bytes_billed)
    WEATHER_PROVIDERS        = join(",", var.providers_in_use)
    WEATHER_FIRST_DAY        = var.first_day
    WEATHER_HORIZON_HOURS    = tostring(var.horizon_hours)
    WEATHER_CONTACT          = var.contact
    WEATHER_SEPARATE_ROLES   = "true"
    WEATHER_LOG_FORMAT       = "json"
    WEATHER_WATCH_INTERVAL   = var.trio ? "00:10:00" : "01:00:00" # as the tick `watch`
    WEATHER_ARCHIVES         = join(",", var.archives)
  })
}

data "google_project" "this" {
  depends_on = [google_project_service.apis]
}

resource "google_project_service" "apis" {
  for_each           = toset(local.apis)
  service            = each.value
  disable_on_destroy = false
}
