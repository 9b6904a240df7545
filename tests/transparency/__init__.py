"""Tests of what the public may see."""
