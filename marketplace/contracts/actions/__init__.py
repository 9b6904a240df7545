"""The verbs of contracts."""
