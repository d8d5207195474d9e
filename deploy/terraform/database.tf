# Postgres for the run history, the ledger of ticks, and MLflow. It is reached through Cloud SQL's connector alone: the public
# address has no authorized network, and anything but the connector is refused.

resource "google_sql_database_instance" "postgres" {
  #checkov:skip=CKV_GCP_79:one release behind the newest; it is supported until November 2029
  #checkov:skip=CKV_GCP_60:a private address needs a VPC and its NAT, 30 USD a month; connectors alone may connect (below)
  #checkov:skip=CKV2_GCP_13:statement durations of every query would be most of the log; Query Insights has them
  #checkov:skip=CKV_GCP_55:the default level, warning, is what a person would look for
  #checkov:skip=CKV_GCP_109:the default level, error, is what a person would look for
  #checkov:skip=CKV_GCP_110:pgaudit: three service accounts of one application connect, and no person
  #checkov:skip=CKV_GCP_111:every statement of a scheduler is no audit; connections are logged
  name                = "weather"
  database_version    = "POSTGRES_17"
  region              = var.region
  deletion_protection = true

  settings {
    edition                     = "ENTERPRISE"
    tier                        = "db-f1-micro"
    availability_type           = "ZONAL"
    disk_size                   = 10
    disk_autoresize             = true
    deletion_protection_enabled = true
    connector_enforcement       = "REQUIRED"

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
      start_time                     = "02:00"
      backup_retention_settings {
        retained_backups = 14
      }
    }
    ip_configuration {
      ipv4_enabled = true
      ssl_mode     = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }
    insights_config {
      query_insights_enabled = true
    }
    maintenance_window {
      day  = 7
      hour = 3
    }
    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }
    database_flags {
      name  = "log_connections"
      value = "on"
    }
    database_flags {
      name  = "log_disconnections"
      value = "on"
    }
    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
    database_flags {
      name  = "log_hostname"
      value = "on"
    }
    # What may be open at once; 25 is the tier's own, and each connection costs it some 5 MB. A test adds up.
    #   8  Postgres' own three for its superuser, and those of Cloud SQL
    #   4  a run: its lock, two of Dagster, which opens one for each question, and MLflow's
    #  12  a webserver: pools for runs, events and schedules, of one and three more each (--db-pool-max-overflow)
    # Scale to zero: 8, calls of ticks 2 x 6 (run.tf), seven runs (a tick of each kind, uploads twice, one by hand) 28, a UI 12: 60.
    # Trio: 8, web 12, daemon 8, code servers 4, six runs (max_concurrent_runs) 24: 56.
    database_flags {
      name  = "max_connections"
      value = "60"
    }
  }
  depends_on = [google_project_service.apis]
}

resource "google_sql_database" "databases" {
  for_each = toset(["dagster", "mlflow"])
  name     = each.value
  instance = google_sql_database_instance.postgres.name
  # They go with the instance: Postgres drops no database that is in use, and no role that owns tables.
  deletion_policy = "ABANDON"
}

resource "random_password" "postgres" {
  length  = 40
  special = false # it stands in a URL
}

resource "google_sql_user" "weather" {
  name            = "weather"
  instance        = google_sql_database_instance.postgres.name
  password        = random_password.postgres.result
  deletion_policy = "ABANDON"
}

locals {
  socket = "/cloudsql/${google_sql_database_instance.postgres.connection_name}"
  urls = {
    for database in ["dagster", "mlflow"] :
    database => "postgresql://weather:${random_password.postgres.result}@/${database}?host=${local.socket}"
  }
}
