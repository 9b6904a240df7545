"""Everything that a request may use, plugged together once by `wiring`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.loader.registers import Registers
from marketplace.kit.db import Database
from marketplace.kit.values import Value, field
from marketplace.ports.files.port import Files
from marketplace.ports.gateway.port import Gateway
from marketplace.ports.mail.mailbox import Mailbox
from marketplace.ports.mail.port import Mail
from marketplace.ports.search.port import Search
from marketplace.ports.signin.port import Elsewhere, NowhereElse


class Services(Value):
    """The engines of this process, and the few facts about it that faces show.

    `secret` signs what travels through a browser and comes back; `clock` is the one source of now. `doors` are the
    people of a demonstration whom anybody may enter as: address -> what they can do here. `elsewhere` are the other
    houses that people may sign in through. Delivery reports come back to `mailbox`, or by a door to which
    `bounces_secret` is the key; without it the door is shut.
    """

    database: Database
    search: Search
    files: Files
    mail: Mail
    gateway: Gateway
    frameworks: Frameworks
    clock: Callable[[], datetime]
    secret: bytes
    templates: Path
    base_url: str
    is_demonstration: bool
    is_secure: bool
    trusted_proxies: frozenset[str] = frozenset()
    registers: Registers = field(default_factory=Registers)
    doors: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Elsewhere = field(default_factory=NowhereElse)
    mailbox: Mailbox | None = None
    bounces_secret: str = ""
