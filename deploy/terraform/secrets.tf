# Secret Manager. Terraform knows the database's URLs, since it makes the password; providers' keys are put in by hand
# (deploy/README.md) and never pass through here.

locals {
  # Names apart from values, which wait for Postgres: secrets are made before it, and deploy/README.md fills some of them.
  made_names = ["WEATHER_POSTGRES_URL", "WEATHER_MLFLOW_TRACKING_URI"]
  made_secrets = {
    WEATHER_POSTGRES_URL        = local.urls["dagster"]
    WEATHER_MLFLOW_TRACKING_URI = local.urls["mlflow"]
  }
  hand_secrets = concat(values(local.key_secrets), var.alert_webhook ? ["WEATHER_ALERT_WEBHOOK"] : [])
  # Providers that want a key, and the settings that hold it for those in use.
  keyed = ["openweathermap", "weatherapi", "visualcrossing", "pirate_weather"]
  key_secrets = {
    for provider in setintersection(local.keyed, var.providers_in_use) : provider => "WEATHER_${upper(provider)}_KEY"
  }
}

resource "google_secret_manager_secret" "secrets" {
  for_each  = toset(concat(local.made_names, local.hand_secrets))
  secret_id = lower(replace(each.value, "_", "-"))
  replication {
    auto {}
  }
  depends_on = [google_project_service.apis]
}

resource "google_secret_manager_secret_version" "made" {
  for_each    = toset(local.made_names)
  secret      = google_secret_manager_secret.secrets[each.value].id
  secret_data = local.made_secrets[each.value]
}
