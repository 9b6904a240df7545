"""The law of evidence: who stands behind a study, how sure a result is, what is missing, which version was studied."""
