# Cloud Run: one job per role, the scale-to-zero service, and the trio. Cloud Build moves images on, so Terraform leaves them.

locals {
  sizes = {
    ingest  = { cpu = "1", memory = "1Gi" }
    truth   = { cpu = "2", memory = "4Gi" }
    train   = { cpu = "4", memory = "8Gi" }
    serve   = { cpu = "2", memory = "4Gi" }
    operate = { cpu = "4", memory = "8Gi" } # it may train, and makes a past of months
  }
  # By role: settings that come from Secret Manager.
  secret_settings = {
    for role in local.roles : role => concat(
      ["WEATHER_POSTGRES_URL"],
      contains(local.uses_models, role) ? ["WEATHER_MLFLOW_TRACKING_URI"] : [],
      contains(["ingest", "operate"], role) ? values(local.key_secrets) : [],
      contains(["truth", "operate"], role) && var.alert_webhook ? ["WEATHER_ALERT_WEBHOOK"] : [],
    )
  }
  # Places are read by hand, hence by one role: files of the bucket, mounted.
  files = "/mnt/objects"
  places = merge(
    var.places_object == "" ? {} : { WEATHER_LOCATIONS_FILE = "${local.files}/${var.places_object}" },
    var.lattice_object == "" ? {} : { WEATHER_LATTICE_FILE = "${local.files}/${var.lattice_object}" },
  )
}

resource "google_cloud_run_v2_job" "roles" {
  for_each            = toset(local.roles)
  name                = "weather-${each.value}"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.roles[each.value].email
      timeout         = "7200s"
      # A worker that was killed is started once more and finishes the run; one whose run failed only says so again.
      max_retries = 1

      containers {
        image = "${local.image}/worker:${var.image_tag}"
        resources {
          limits = local.sizes[each.value]
        }
        dynamic "env" {
          for_each = merge(local.environment, each.value == "operate" ? local.places : {}, {
            DAGSTER_HOME = var.trio ? "/opt/dagster/trio" : "/opt/dagster/scale_to_zero"
          })
          content {
            name  = env.key
            value = env.value
          }
        }
        dynamic "env" {
          for_each = toset(local.secret_settings[each.value])
          content {
            name = env.value
            value_source {
              secret_key_ref {
                secret  = google_secret_manager_secret.secrets[env.value].secret_id
                version = "latest"
              }
            }
          }
        }
        volume_mounts {
          name       = "cloudsql"
          mount_path = "/cloudsql"
        }
        dynamic "volume_mounts" {
          for_each = each.value == "operate" ? ["objects"] : []
          content {
            name       = volume_mounts.value
            mount_path = local.files
          }
        }
      }
      volumes {
        name = "cloudsql"
        cloud_sql_instance {
          instances = [google_sql_database_instance.postgres.connection_name]
        }
      }
      dynamic "volumes" {
        for_each = each.value == "operate" ? ["objects"] : []
        content {
          name = volumes.value
          gcs {
            bucket    = google_storage_bucket.objects.name
            read_only = true
          }
        }
      }
    }
  }
  lifecycle {
    ignore_changes = [template[0].template[0].containers[0].image, client, client_version]
  }
  # Cloud Run looks whether its account may read every secret it names.
  depends_on = [
    google_project_iam_member.sql, google_secret_manager_secret_version.made, google_secret_manager_secret_iam_member.postgres,
    google_secret_manager_secret_iam_member.mlflow, google_secret_manager_secret_iam_member.keys,
    google_secret_manager_secret_iam_member.alerts,
  ]
}

# Nothing of it runs between ticks. Calls beyond what it takes at once are delivered again by their sender.
resource "google_cloud_run_v2_service" "ticks" {
  count               = var.trio ? 0 : 1
  name                = "weather-ticks"
  location            = var.region
  ingress             = "INGRESS_TRAFFIC_ALL" # Pub/Sub and Scheduler come by the public address; IAM and the service check tokens
  deletion_protection = false

  template {
    service_account                  = google_service_account.roles["ticks"].email
    timeout                          = "60s"
    max_instance_request_concurrency = 6 # each call opens a connection: database.tf counts them
    scaling {
      min_instance_count = 0
      max_instance_count = 2
    }
    containers {
      image = "${local.image}/ticks:${var.image_tag}"
      resources {
        limits            = { cpu = "1", memory = "512Mi" }
        cpu_idle          = true
        startup_cpu_boost = true
      }
      ports {
        container_port = 8080
      }
      startup_probe {
        period_seconds    = 1
        failure_threshold = 20
        http_get {
          path = "/health"
        }
      }
      dynamic "env" {
        for_each = merge(local.environment, {
          WEATHER_TICKS_AUDIENCE       = local.ticks_audience
          WEATHER_TICKS_BEHIND_IAM     = "true" # Cloud Run removes the signatures that it has verified
          WEATHER_TICKS_SCHEDULER      = google_service_account.roles["scheduler"].email
          WEATHER_TICKS_PUSH           = google_service_account.roles["push"].email
          WEATHER_TICKS_UPLOADS_BUCKET = google_storage_bucket.objects.name
          WEATHER_TICKS_UPLOADS_PREFIX = local.drop_box
          WEATHER_TICKS_JOBS           = "projects/${var.project}/locations/${var.region}/jobs/weather-"
        })
        content {
          name  = env.key
          value = env.value
        }
      }
      env {
        name = "WEATHER_POSTGRES_URL"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.secrets["WEATHER_POSTGRES_URL"].secret_id
            version = "latest"
          }
        }
      }
      volume_mounts {
        name       = "cloudsql"
        mount_path = "/cloudsql"
      }
    }
    volumes {
      name = "cloudsql"
      cloud_sql_instance {
        instances = [google_sql_database_instance.postgres.connection_name]
      }
    }
  }
  # Accepted beside the service's own URL, which is not known before it is made.
  custom_audiences = [local.ticks_audience]

  lifecycle {
    ignore_changes = [template[0].containers[0].image, client, client_version]
  }
  # Cloud Run looks whether its account may read every secret it names.
  depends_on = [
    google_project_iam_member.sql, google_secret_manager_secret_version.made, google_secret_manager_secret_iam_member.postgres,
    google_secret_manager_secret_iam_member.mlflow, google_secret_manager_secret_iam_member.keys,
    google_secret_manager_secret_iam_member.alerts,
  ]
}

locals {
  # The form of a URL is what Cloud Run wants; nothing is looked up there.
  ticks_audience = "https://weather-ticks.${var.project}"
}
