"""Releases: encoded chapters made into the files that listeners get."""
