"""The verbs of clinical safety."""
