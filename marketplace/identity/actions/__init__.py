"""The verbs of identity: signing in and out, people, organisations, members, tokens, notices."""
