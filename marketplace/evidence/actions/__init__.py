"""The verbs of evidence: writing studies down, publishing and retracting them, taking in what a pilot came to."""
