"""Who may do what with a contract."""
