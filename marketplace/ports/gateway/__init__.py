"""The gateway that sends invoices to buyers and takes their payments: Stripe for the world, a rehearsal of it here."""
