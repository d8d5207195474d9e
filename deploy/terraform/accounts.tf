# One account per role, and what each may do. Roles of jobs are those of weather_platform/infra/roles.py; beside them: ticks (the
# scale-to-zero service), web and daemon (the trio), scheduler and push (who call ticks), build.

locals {
  accounts = {
    ingest    = "Asks providers: creates objects, never changes or deletes one; holds the providers' keys"
    truth     = "Uploads, observations, errors, scores"
    train     = "Reads tables, writes models"
    serve     = "Reads models, writes features, predictions and their page"
    operate   = "Runs that a person starts by hand: all of the above"
    ticks     = "Starts jobs when a tick or an upload says so"
    web       = "Shows, and starts jobs for people"
    daemon    = "Starts jobs by schedule and looks into the drop box"
    scheduler = "Cloud Scheduler calls ticks as this"
    push      = "Pub/Sub calls ticks as this"
    build     = "Builds and deploys"
  }
  runs_history = ["ingest", "truth", "train", "serve", "operate", "ticks", "web", "daemon"]
  runs_queries = ["ingest", "truth", "train", "serve", "operate", "daemon"]
  writes_table = ["ingest", "truth", "serve", "operate"]
  reads_table  = ["train", "daemon"]
  # Of truth it is the hourly tick `watch` that asks how old the champions are; in the trio the daemon's code server does.
  uses_models = ["truth", "train", "serve", "operate", "daemon"]
  # Create and view is all that write-once objects need; reports, heartbeats and the drop box's ledger are written anew.
  objects = {
    ingest  = ["roles/storage.objectCreator", "roles/storage.objectViewer"]
    truth   = ["roles/storage.objectUser"]
    train   = ["roles/storage.objectViewer"]
    serve   = ["roles/storage.objectViewer"]
    operate = ["roles/storage.objectUser"]
    daemon  = ["roles/storage.objectUser"]
  }
  # Replies: archives' come with the truth. Nobody may change one.
  raw = {
    ingest  = ["roles/storage.objectCreator", "roles/storage.objectViewer"]
    truth   = ["roles/storage.objectCreator", "roles/storage.objectViewer"]
    serve   = ["roles/storage.objectViewer"]
    operate = ["roles/storage.objectCreator", "roles/storage.objectViewer"]
    daemon  = ["roles/storage.objectViewer"]
  }
  launches = ["ticks", "web", "daemon"]
}

resource "google_service_account" "roles" {
  for_each     = local.accounts
  account_id   = "weather-${each.key}"
  display_name = "weather ${each.key}"
  description  = each.value
  depends_on   = [google_project_service.apis]
}

# Run history: every account that reads or writes it.

resource "google_project_iam_member" "sql" {
  for_each = toset(local.runs_history)
  project  = var.project
  role     = "roles/cloudsql.client"
  member   = google_service_account.roles[each.value].member
}

resource "google_secret_manager_secret_iam_member" "postgres" {
  for_each  = toset(local.runs_history)
  secret_id = google_secret_manager_secret.secrets["WEATHER_POSTGRES_URL"].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.roles[each.value].member
}

resource "google_secret_manager_secret_iam_member" "mlflow" {
  for_each  = toset(local.uses_models)
  secret_id = google_secret_manager_secret.secrets["WEATHER_MLFLOW_TRACKING_URI"].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.roles[each.value].member
}

resource "google_secret_manager_secret_iam_member" "keys" {
  for_each = {
    for pair in setproduct(values(local.key_secrets), ["ingest", "operate"]) : join("/", pair) => pair
  }
  secret_id = google_secret_manager_secret.secrets[each.value[0]].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.roles[each.value[1]].member
}

resource "google_secret_manager_secret_iam_member" "alerts" {
  for_each  = var.alert_webhook ? toset(["truth", "operate", "daemon"]) : toset([])
  secret_id = google_secret_manager_secret.secrets["WEATHER_ALERT_WEBHOOK"].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.roles[each.value].member
}

# Objects, models, logs.

resource "google_storage_bucket_iam_member" "objects" {
  for_each = merge([
    for role, grants in local.objects : { for grant in grants : "${role}/${grant}" => { role = role, grant = grant } }
  ]...)
  bucket = google_storage_bucket.objects.name
  role   = each.value.grant
  member = google_service_account.roles[each.value.role].member
}

resource "google_storage_bucket_iam_member" "raw" {
  for_each = merge([
    for role, grants in local.raw : { for grant in grants : "${role}/${grant}" => { role = role, grant = grant } }
  ]...)
  bucket = google_storage_bucket.raw.name
  role   = each.value.grant
  member = google_service_account.roles[each.value.role].member
}

# Model files lie below mlflow/ of the same bucket.
resource "google_storage_bucket_iam_member" "models" {
  bucket = google_storage_bucket.objects.name
  role   = "roles/storage.objectUser"
  member = google_service_account.roles["train"].member
  condition {
    title      = "model files only"
    expression = "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.objects.name}/objects/mlflow/\")"
  }
}

# Who answers a cycle publishes its page, and may write nothing else beside tables.
resource "google_storage_bucket_iam_member" "pages" {
  bucket = google_storage_bucket.objects.name
  role   = "roles/storage.objectUser"
  member = google_service_account.roles["serve"].member
  condition {
    title      = "pages only"
    expression = "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.objects.name}/objects/report/\")"
  }
}

resource "google_storage_bucket_iam_member" "logs" {
  for_each = toset(concat(local.roles, ["daemon"]))
  bucket   = google_storage_bucket.logs.name
  role     = "roles/storage.objectUser"
  member   = google_service_account.roles[each.value].member
}

# Dagster's log manager asks whether the bucket exists, which no object role may.
resource "google_storage_bucket_iam_member" "logs_bucket" {
  for_each = toset(concat(local.roles, ["daemon", "web"]))
  bucket   = google_storage_bucket.logs.name
  role     = "roles/storage.legacyBucketReader"
  member   = google_service_account.roles[each.value].member
}

resource "google_storage_bucket_iam_member" "logs_web" {
  bucket = google_storage_bucket.logs.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.roles["web"].member
}

resource "google_storage_bucket_iam_member" "uploaders" {
  for_each = toset(var.uploaders)
  bucket   = google_storage_bucket.objects.name
  role     = "roles/storage.objectUser"
  member   = each.value
  condition {
    title      = "drop box only"
    expression = "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.objects.name}/objects/${local.drop_box}\")"
  }
}

# Tables. They are made by the platform, so that their grants are those of the dataset.

resource "google_project_iam_member" "jobs" {
  for_each = toset(local.runs_queries)
  project  = var.project
  role     = "roles/bigquery.jobUser"
  member   = google_service_account.roles[each.value].member
}

resource "google_project_iam_member" "read_sessions" {
  for_each = toset(local.runs_queries)
  project  = var.project
  role     = "roles/bigquery.readSessionUser"
  member   = google_service_account.roles[each.value].member
}

resource "google_bigquery_dataset_iam_member" "writers" {
  for_each   = toset(local.writes_table)
  dataset_id = google_bigquery_dataset.tables.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.roles[each.value].member
}

resource "google_bigquery_dataset_iam_member" "readers" {
  for_each   = toset(local.reads_table)
  dataset_id = google_bigquery_dataset.tables.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.roles[each.value].member
}

# Starting jobs, with arguments, on these jobs only; watching and ending what was started.

resource "google_cloud_run_v2_job_iam_member" "launchers" {
  for_each = {
    for pair in setproduct(local.launches, local.roles) : join("/", pair) => { account = pair[0], job = pair[1] }
  }
  name     = google_cloud_run_v2_job.roles[each.value.job].name
  location = var.region
  role     = "roles/run.jobsExecutorWithOverrides"
  member   = google_service_account.roles[each.value.account].member
}

resource "google_project_iam_custom_role" "watch_executions" {
  role_id     = "weatherWatchExecutions"
  title       = "Watch and cancel executions of Cloud Run jobs"
  permissions = ["run.executions.get", "run.executions.cancel"]
  depends_on  = [google_project_service.apis]
}

resource "google_project_iam_member" "watch_executions" {
  for_each = toset(["web", "daemon"])
  project  = var.project
  role     = google_project_iam_custom_role.watch_executions.id
  member   = google_service_account.roles[each.value].member
}
