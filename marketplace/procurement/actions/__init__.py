"""The verbs of finding and choosing. Each asks a policy, moves a state or adds a row, and records what happened."""
