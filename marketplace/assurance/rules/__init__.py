"""The verdict on a framework: what holds up today of what was answered, why, and until when."""
