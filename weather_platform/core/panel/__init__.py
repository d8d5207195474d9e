"""The places that are forecast together: as users keep them, spread over the globe, and what they cost."""
