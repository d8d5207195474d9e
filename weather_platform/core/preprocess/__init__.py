"""Dropped files that are no tables - pictures, sound, text - made into features."""
