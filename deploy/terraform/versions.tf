terraform {
  required_version = ">= 1.6"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.20"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.6"
    }
  }
  # The state holds the database password: keep it in a bucket that only you read.
  #   terraform init -backend-config=bucket=PROJECT-terraform
  backend "gcs" {
    prefix = "weather"
  }
}

provider "google" {
  project               = var.project
  region                = var.region
  billing_project       = var.project
  user_project_override = true # budgets are asked for in the name of this project
}
