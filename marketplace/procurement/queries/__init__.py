"""Selects of projects, already limited to what the actor may see."""
