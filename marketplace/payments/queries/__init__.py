"""What is owed and paid, limited to what the actor may see: invoices, purchase orders, statements, bank lines."""
