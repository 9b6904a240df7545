"""The verbs of buying together: start, invite, join, approve, make ready, settle, leave, end."""
