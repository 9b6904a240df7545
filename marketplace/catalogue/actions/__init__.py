"""The verbs of the catalogue: each allows, moves and records, and leaves what is slow to those who hear of it."""
