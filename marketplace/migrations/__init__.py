"""The schema as it grew: add, backfill, enforce."""
