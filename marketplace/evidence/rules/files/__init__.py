"""What other systems write of studies: CSL JSON, RIS, BibTeX, FHIR. Pure: text in, entries with their lines out."""
