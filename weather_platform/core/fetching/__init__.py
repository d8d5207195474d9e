"""Asking providers through a client that is passed in, within their limits, and a reply as it is kept."""
