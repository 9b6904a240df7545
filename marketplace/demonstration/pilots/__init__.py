"""Pilots that several trusts make together: prepared, agreed, measured month by month, and one of them ended."""

from marketplace.demonstration.pilots.scenes import scenes

__all__ = ["scenes"]
