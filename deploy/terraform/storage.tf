# Buckets and the dataset. Payloads are what cannot be made again: they have a bucket of their own, from which nobody may delete
# before their time. What is deleted or written over elsewhere can be had back for a month.

# Replies as served. A retention policy binds a whole bucket, and reports and heartbeats are written anew: hence this one.
resource "google_storage_bucket" "raw" {
  #checkov:skip=CKV_GCP_78:every object is written once, and can be neither replaced nor deleted before its time
  name                        = "${var.project}-weather-raw"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  retention_policy {
    retention_period = var.keep_raw_days * 86400
    is_locked        = false # locking is for ever: not even the owner could then delete the bucket
  }
  # Payloads older than a quarter are read by replays only.
  lifecycle_rule {
    condition {
      age = 90
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
    log_object_prefix = "access/raw"
  }
  depends_on = [google_project_service.apis]
}

# Uploads, models, reports, the drop box.

resource "google_storage_bucket" "objects" {
  name                        = "${var.project}-weather"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }
  # Reports are written anew and drop box files are replaced: versions of both go after a month.
  lifecycle_rule {
    condition {
      num_newer_versions         = 1
      days_since_noncurrent_time = 30
    }
    action {
      type = "Delete"
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

# Cloud Storage itself writes the access logs. An organization that restricts domains must allow this group, or go without them.
resource "google_storage_bucket_iam_member" "access_logs" {
  bucket = google_storage_bucket.logs.name
  role   = "roles/storage.objectCreator"
  member = "group:cloud-storage-analytics@google.com"
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
  # What Terraform makes later (the trio, a job that was deleted) is made by this tag too.
  cleanup_policies {
    id     = "keep-first"
    action = "KEEP"
    condition {
      tag_state    = "TAGGED"
      tag_prefixes = [var.image_tag]
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
