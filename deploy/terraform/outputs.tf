output "images" {
  description = "Where images go"
  value       = local.image
}

output "bucket" {
  description = "Payloads, uploads and reports; people drop files below drop_box/"
  value       = google_storage_bucket.objects.name
}

output "build_account" {
  description = "For gcloud builds submit --service-account"
  value       = google_service_account.roles["build"].id
}

output "ticks" {
  description = "The scale-to-zero service"
  value       = one(google_cloud_run_v2_service.ticks[*].uri)
}

output "ui" {
  description = "The trio's UI; open it with gcloud run services proxy weather-web"
  value       = var.trio ? google_cloud_run_v2_service.trio["web"].uri : null
}

output "workload_identity_provider" {
  description = "For google-github-actions/auth"
  value       = one(google_iam_workload_identity_pool_provider.github[*].name)
}

output "environment" {
  description = "What jobs are told, as lines of a shell, for a UI on your own machine; no secrets"
  value       = join("\n", [for name, value in local.environment : "export ${name}='${replace(value, "'", "'\\''")}'"])
}
