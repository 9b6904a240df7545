"""Pilots that several trusts make together: prepared, agreed, measured month by month, and one of them ended."""

from marketplace.demonstration.pilots.duties import do_what_was_due
from marketplace.demonstration.pilots.paying import pay_what_is_old, send_in_order
from marketplace.demonstration.pilots.scenes import scenes

__all__ = ["do_what_was_due", "pay_what_is_old", "scenes", "send_in_order"]
