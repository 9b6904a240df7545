"""The verbs of assurance: answering, working on a case, deciding, and what becomes of a certificate."""
