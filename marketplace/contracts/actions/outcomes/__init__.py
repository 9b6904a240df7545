"""Measuring, settling, accepting, holding, and how a pilot ends."""
