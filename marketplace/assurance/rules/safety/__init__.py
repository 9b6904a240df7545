"""The law of clinical safety: how risks are rated, what blocks a release, which clock runs, what a record says."""
