"""Selects of the catalogue, already limited to what the actor may see."""
