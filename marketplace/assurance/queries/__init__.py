"""What others ask of assurance: how a product conforms today, and whether a certificate can be relied on."""
