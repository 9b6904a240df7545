"""Tests of what is owed and paid."""
