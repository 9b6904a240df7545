"""The law of buying together: what shares come to, what was agreed to, who says yes again, who may still join."""
