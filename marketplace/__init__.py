"""Touchstone: where care organisations find GenAI products proven safe and useful, and buy them together."""
