# Buckets and the dataset. Payloads and uploads are what cannot be made again: the accounts that write them may create and not
# delete (accounts.tf), and what is deleted or written over all the same can be had back for a month. A retention policy would bind
# the whole bucket, reports and heartbeats too.

resource "google_storage_bucket" "objects" {
  name                        = "${var.project}-weather"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }
  # Reports are written anew and drop box files are replaced: versions of both go after a month. Payloads have one version.
  lifecycle_rule {
    condition {
      num_newer_versions         = 1
      days_since_noncurrent_time = 30
    }
    action {
      type = "Delete"
    }
  }
  # Payloads older than a quarter are read by replays only.
  lifecycle_rule {
    condition {
      age            = 90
      matches_prefix = ["payloads/"]
    }
    action {
      type          = "SetStorageClass"
      storage_class = "NEARLINE"
    }
  }
  soft_delete_policy {
    retention_duration_seconds = 2592000
  }
  logging {
    log_bucket        = google_storage_bucket.logs.name
    log_object_prefix = "access/objects"
  }
  depends_on = [google_project_service.apis]
}

# Compute logs of runs, and who read which bucket.
resource "google_storage_bucket" "logs" {
  #checkov:skip=CKV_GCP_62:it is the bucket that access logs go to
  #checkov:skip=CKV_GCP_78:logs are written once and dropped after 90 days; nobody restores a version of one
  name                        = "${var.project}-weather-logs"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  lifecycle_rule {
    condition {
      age = 90
    }
    action {
      type = "Delete"
    }
  }
  depends_on = [google_project_service.apis]
}

resource "google_bigquery_dataset" "tables" {
  #checkov:skip=CKV_GCP_81:weather is public; Google's own encryption keys do, and cost nothing
  dataset_id    = "weather"
  friendly_name = "weather_platform"
  description   = "Tables of weather_platform, made by the platform itself from its contracts"
  location      = var.location
  depends_on    = [google_project_service.apis]
}

resource "google_artifact_registry_repository" "images" {
  #checkov:skip=CKV_GCP_84:images hold no secret and no data; Google's own encryption keys do
  repository_id = "weather"
  location      = var.region
  format        = "DOCKER"
  description   = "Images of weather_platform"

  docker_config {
    immutable_tags = true
  }
  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }
  cleanup_policies {
    id     = "drop-old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }
  depends_on = [google_project_service.apis]
}
