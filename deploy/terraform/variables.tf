variable "project" {
  description = "Id of the project, which has billing and nothing else in it"
  type        = string
}

variable "region" {
  description = "Region of Cloud Run, Cloud SQL and Artifact Registry"
  type        = string
  default     = "europe-west1"
}

variable "location" {
  description = "Location of buckets and datasets: a multi-region or the region"
  type        = string
  default     = "EU"
}

variable "contact" {
  description = "Your e-mail: MET Norway and NWS require a contact, and alerts go there"
  type        = string
}

variable "billing_account" {
  description = "Billing account for the budget; no budget where empty"
  type        = string
  default     = ""
}

variable "monthly_budget" {
  description = "Monthly budget in the billing account's currency; alerts at 50, 90 and 100 %"
  type        = number
  default     = 40
}

variable "trio" {
  description = "true: webserver, daemon and code server that are always up. false: scale to zero"
  type        = bool
  default     = false
}

variable "ui_users" {
  description = "Who may open the UI of the trio, as IAM members: user:you@example.org"
  type        = list(string)
  default     = []
}

variable "image_tag" {
  description = "Tag of the images that services and jobs are first made with, never cleaned up; Cloud Build moves them on by digest"
  type        = string
  default     = "bootstrap"
}

variable "providers_in_use" {
  description = "Providers to ask; those with keys need theirs in Secret Manager"
  type        = list(string)
  default     = ["open_meteo", "met_norway", "nws", "brightsky", "smhi"]
}

variable "places_object" {
  description = "Object in the bucket with your places (CSV), as config/places.csv; the built-in panel where empty"
  type        = string
  default     = ""
}

variable "lattice_object" {
  description = "Object in the bucket with further places, as `weather-platform lattice` writes it; none where empty"
  type        = string
  default     = ""
}

variable "alert_webhook" {
  description = "Whether alerts go to a chat's webhook too, whose URL you put into Secret Manager"
  type        = bool
  default     = false
}

variable "archives" {
  description = "Public archives of truth (README.md, 'With live providers')"
  type        = list(string)
  default     = ["open_meteo_archive"]
}

variable "settings" {
  description = "Further settings of the platform, by environment variable; none that is a secret"
  type        = map(string)
  default     = {}
  # What is given by Terraform itself would go before them, unsaid; a test compares the names.
  validation {
    condition = length(setintersection(keys(var.settings), [
      "WEATHER_ALERT_WEBHOOK", "WEATHER_ARCHIVES", "WEATHER_BUCKET", "WEATHER_CONTACT", "WEATHER_DATASET", "WEATHER_FIRST_DAY",
      "WEATHER_GCP_LOCATION", "WEATHER_GCP_PROJECT", "WEATHER_GCP_REGION", "WEATHER_HORIZON_HOURS", "WEATHER_LATTICE_FILE",
      "WEATHER_LOCATIONS_FILE", "WEATHER_LOGS_BUCKET", "WEATHER_LOG_FORMAT", "WEATHER_MAX_BYTES_BILLED",
      "WEATHER_MLFLOW_TRACKING_URI", "WEATHER_POSTGRES_URL", "WEATHER_PROFILE", "WEATHER_PROVIDERS", "WEATHER_RAW_BUCKET",
      "WEATHER_SEPARATE_ROLES", "WEATHER_WATCH_INTERVAL",
    ])) == 0
    error_message = "One of these settings is Terraform's own to give: set the variable that it is of (contact, archives, ...), where it has one."
  }
}

variable "first_day" {
  description = "First day that partitions exist for (UTC)"
  type        = string
}

variable "horizon_hours" {
  description = "How far ahead forecasts are asked for, hours"
  type        = number
  default     = 120
}

variable "keep_raw_days" {
  description = "Days for which nobody may delete a provider's reply"
  type        = number
  default     = 365
}

variable "max_bytes_billed" {
  description = "A BigQuery query that would bill more is refused, bytes"
  type        = number
  default     = 10000000000
}

variable "uploaders" {
  description = "Who may put files into the drop box, as IAM members"
  type        = list(string)
  default     = []
}

variable "github_repository" {
  description = "owner/name of the repository whose main branch may submit builds; none where empty"
  type        = string
  default     = ""
}
