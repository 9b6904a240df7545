"""What comes in of contracts, from forms, files and JSON alike."""
