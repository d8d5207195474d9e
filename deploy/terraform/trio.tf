# The trio: webserver, and daemon, each with a code server beside it, always up.

locals {
  trio = var.trio ? {
    web    = { image = "web", args = local.web_args, port = 3000 }
    daemon = { image = "web", args = ["dagster-daemon", "run"], port = null }
  } : {}
  web_args = ["dagster-webserver", "--host", "0.0.0.0", "--port", "3000", "--db-pool-max-overflow", "3"]
  code_args = [
    "dagster", "code-server", "start", "--host", "0.0.0.0", "--port", "4000",
    "--module-name", "weather_platform.definitions", "--location-name", "weather_platform",
  ]
}

resource "google_cloud_run_v2_service" "trio" {
  for_each = local.trio
  name     = "weather-${each.key}"
  location = var.region
  # The daemon is called by nobody: Cloud Run wants a port, and gets that of its code server.
  ingress             = each.key == "web" ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_ONLY"
  deletion_protection = false

  template {
    service_account = google_service_account.roles[each.key].email
    scaling {
      min_instance_count = 1
      max_instance_count = 1 # of daemons there may be only one
    }
    containers {
      name       = each.key
      image      = "${local.image}/web:${var.image_tag}"
      args       = concat(each.value.args, ["--workspace", "/opt/dagster/workspace.yaml"])
      depends_on = ["code"]
      resources {
        limits   = { cpu = "1", memory = "1Gi" }
        cpu_idle = false
      }
      dynamic "ports" {
        for_each = each.value.port == null ? [] : [each.value.port]
        content {
          container_port = ports.value
        }
      }
      dynamic "env" {
        for_each = merge(local.environment, { DAGSTER_HOME = "/opt/dagster/trio" })
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
    containers {
      name  = "code"
      image = "${local.image}/worker:${var.image_tag}"
      args  = local.code_args
      resources {
        limits   = { cpu = "1", memory = "2Gi" }
        cpu_idle = false
      }
      dynamic "ports" {
        for_each = each.value.port == null ? [4000] : []
        content {
          container_port = ports.value
        }
      }
      startup_probe {
        period_seconds    = 5
        failure_threshold = 24
        tcp_socket {
          port = 4000
        }
      }
      dynamic "env" {
        for_each = merge(local.environment, { DAGSTER_HOME = "/opt/dagster/trio" })
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
      dynamic "env" {
        for_each = toset(concat(
          contains(local.uses_models, each.key) ? ["WEATHER_MLFLOW_TRACKING_URI"] : [],
          each.key == "daemon" && var.alert_webhook ? ["WEATHER_ALERT_WEBHOOK"] : [],
        ))
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
    }
    volumes {
      name = "cloudsql"
      cloud_sql_instance {
        instances = [google_sql_database_instance.postgres.connection_name]
      }
    }
  }
  lifecycle {
    ignore_changes = [template[0].containers[0].image, template[0].containers[1].image, client, client_version]
  }
  # Cloud Run looks whether its account may read every secret it names.
  depends_on = [
    google_project_iam_member.sql, google_secret_manager_secret_version.made, google_secret_manager_secret_iam_member.postgres,
    google_secret_manager_secret_iam_member.mlflow, google_secret_manager_secret_iam_member.keys,
    google_secret_manager_secret_iam_member.alerts,
  ]
}

resource "google_cloud_run_v2_service_iam_member" "ui_users" {
  for_each = var.trio ? toset(var.ui_users) : toset([])
  name     = google_cloud_run_v2_service.trio["web"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.value
}
