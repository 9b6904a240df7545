"""The rules of who is who: identifiers with their own checks, credentials, and names of organisations. Pure."""
