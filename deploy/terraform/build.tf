# Who builds and deploys: Cloud Build under an account of its own, set off from GitHub without a key (Workload Identity Federation).

resource "google_project_iam_member" "build" {
  #checkov:skip=CKV_GCP_49:builds.editor lets GitHub start builds; they act as the accounts of deploys_as, and no others
  for_each = toset([
    "roles/logging.logWriter", "roles/run.developer",
    # What GitHub's workflow needs beyond that: to submit in this project's name, and to read the build's log.
    "roles/cloudbuild.builds.editor", "roles/serviceusage.serviceUsageConsumer", "roles/logging.viewer",
  ])
  project = var.project
  role    = each.value
  member  = google_service_account.roles["build"].member
}

# Sources that `gcloud builds submit` sends.
resource "google_storage_bucket" "builds" {
  #checkov:skip=CKV_GCP_78:sources are git's; these copies go after a week
  name                        = "${var.project}-weather-builds"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  lifecycle_rule {
    condition {
      age = 7
    }
    action {
      type = "Delete"
    }
  }
  logging {
    log_bucket        = google_storage_bucket.logs.name
    log_object_prefix = "access/builds"
  }
  depends_on = [google_project_service.apis]
}

resource "google_storage_bucket_iam_member" "builds" {
  for_each = toset(["roles/storage.objectUser", "roles/storage.legacyBucketReader"])
  bucket   = google_storage_bucket.builds.name
  role     = each.value
  member   = google_service_account.roles["build"].member
}

resource "google_artifact_registry_repository_iam_member" "build" {
  repository = google_artifact_registry_repository.images.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.roles["build"].member
}

# To deploy a service is to act as its account, and to submit a build as that of the build: these, and no others.
resource "google_service_account_iam_member" "deploys_as" {
  for_each           = toset(concat(local.runs_history, ["build"]))
  service_account_id = google_service_account.roles[each.value].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.roles["build"].member
}

resource "google_iam_workload_identity_pool" "github" {
  count                     = var.github_repository == "" ? 0 : 1
  workload_identity_pool_id = "weather-github"
  display_name              = "GitHub"
  depends_on                = [google_project_service.apis]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  #checkov:skip=CKV_GCP_125:the condition names repository and branch; checkov cannot see into the variable
  count                              = var.github_repository == "" ? 0 : 1
  workload_identity_pool_id          = google_iam_workload_identity_pool.github[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
    "attribute.ref"        = "assertion.ref"
  }
  attribute_condition = "assertion.repository == '${var.github_repository}' && assertion.ref == 'refs/heads/main'"
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account_iam_member" "github" {
  count              = var.github_repository == "" ? 0 : 1
  service_account_id = google_service_account.roles["build"].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github[0].name}/attribute.repository/${var.github_repository}"
}
