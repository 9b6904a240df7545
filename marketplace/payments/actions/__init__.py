"""The verbs of money: raised, issued, sent, paid, credited, matched. Each moves a state and records what happened."""
