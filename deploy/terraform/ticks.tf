# What sets off the scale-to-zero service: the clock, and files that people drop. The trio has its daemon instead.

locals {
  # Names and roles as in weather_platform/infra/roles.py, times as in the schedules of defs/; a test compares them.
  ticks = {
    fetch_cycle  = "15 */6 * * *"
    answer_cycle = "45 */6 * * *"
    every_day    = "30 7 * * *"
    every_week   = "30 8 * * 1"
    retraining   = "50 8 * * *"
    new_uploads  = "10 5 * * *" # what a lost message left behind
    watch        = "5 * * * *"
    every_night  = "50 3 * * *"
  }
  # Archives whose files are listed and fetched station by station.
  crawled = setintersection(["ghcn_hourly", "isd_lite", "isd", "dwd"], var.archives)
  archive_ticks = merge(
    { for archive in local.crawled : "list_${archive}_daily" => "10 6 * * *" },
    { for archive in local.crawled : "new_${archive}_files" => "40 6 * * *" },
  )
}

resource "google_cloud_run_v2_service_iam_member" "callers" {
  for_each = var.trio ? toset([]) : toset(["scheduler", "push"])
  name     = google_cloud_run_v2_service.ticks[0].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.roles[each.value].member
}

resource "google_cloud_scheduler_job" "ticks" {
  for_each         = var.trio ? {} : merge(local.ticks, local.archive_ticks)
  name             = "weather-${replace(each.key, "_", "-")}"
  region           = var.region
  schedule         = each.value
  time_zone        = "Etc/UTC"
  attempt_deadline = "60s"

  retry_config {
    retry_count          = 5        # Scheduler's most, over in a quarter of an hour;
    max_retry_duration   = "14400s" # where both are set it goes on until both are reached, here within a cycle
    min_backoff_duration = "30s"
    max_backoff_duration = "600s"
    max_doublings        = 4
  }
  http_target {
    http_method = "POST"
    uri         = "${google_cloud_run_v2_service.ticks[0].uri}/ticks/${each.key}"
    oidc_token {
      service_account_email = google_service_account.roles["scheduler"].email
      audience              = local.ticks_audience
    }
  }
}

resource "google_pubsub_topic" "uploads" {
  for_each = toset(["weather-uploads", "weather-uploads-dead"])
  #checkov:skip=CKV_GCP_83:messages name files, and hold none; Google's own encryption keys do
  name                       = each.value
  message_retention_duration = "604800s"
  depends_on                 = [google_project_service.apis]
}

data "google_storage_project_service_account" "gcs" {
  depends_on = [google_project_service.apis]
}

resource "google_pubsub_topic_iam_member" "gcs" {
  topic  = google_pubsub_topic.uploads["weather-uploads"].id
  role   = "roles/pubsub.publisher"
  member = data.google_storage_project_service_account.gcs.member
}

resource "google_storage_notification" "uploads" {
  count              = var.trio ? 0 : 1
  bucket             = google_storage_bucket.objects.name
  topic              = google_pubsub_topic.uploads["weather-uploads"].id
  payload_format     = "NONE"
  event_types        = ["OBJECT_FINALIZE"]
  object_name_prefix = local.drop_box
  depends_on         = [google_pubsub_topic_iam_member.gcs]
}

resource "google_pubsub_subscription" "uploads" {
  count                      = var.trio ? 0 : 1
  name                       = "weather-uploads"
  topic                      = google_pubsub_topic.uploads["weather-uploads"].id
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"
  expiration_policy {
    ttl = ""
  }
  push_config {
    push_endpoint = "${google_cloud_run_v2_service.ticks[0].uri}/uploads"
    oidc_token {
      service_account_email = google_service_account.roles["push"].email
      audience              = local.ticks_audience
    }
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.uploads["weather-uploads-dead"].id
    max_delivery_attempts = 20
  }
}

# Somebody must hold what died, or it is gone.
resource "google_pubsub_subscription" "dead" {
  name                       = "weather-uploads-dead"
  topic                      = google_pubsub_topic.uploads["weather-uploads-dead"].id
  message_retention_duration = "604800s"
  expiration_policy {
    ttl = ""
  }
}

# Google makes this account when Pub/Sub is first used; a grant to an account that is not there is refused, hence depends_on below.
locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic_iam_member" "dead" {
  topic  = google_pubsub_topic.uploads["weather-uploads-dead"].id
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "dead" {
  count        = var.trio ? 0 : 1
  subscription = google_pubsub_subscription.uploads[0].id
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

resource "google_service_account_iam_member" "push_tokens" {
  service_account_id = google_service_account.roles["push"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.pubsub_agent
  depends_on         = [google_pubsub_topic.uploads]
}
