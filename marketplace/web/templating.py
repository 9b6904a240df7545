"""Two Jinja environments: strict for our pages, lenient for the vendored components, which lean on missing values."""

from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, ChainableUndefined, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from marketplace.web.charts import CHARTS
from marketplace.web.filters import FILTERS
from marketplace.web.glossary import explained

COMPONENTS = {
    "error_summary": ("error-summary", "errorSummary"),
    "date_input": ("date-input", "dateInput"),
    "character_count": ("character-count", "characterCount"),
    "password_input": ("password-input", "passwordInput"),
}


class MemoryCache(BytecodeCache):
    """Compiled templates kept for the life of the process, shared by environments made in it."""

    def __init__(self) -> None:
        self.kept: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key + bucket.checksum] = bucket.code


COMPILED: BytecodeCache = MemoryCache()


class Components:
    """The vendored macros by name: `nhsuk.date_input({...})` in a page."""

    def __init__(self, lenient: Environment) -> None:
        for name, (folder, macro) in COMPONENTS.items():
            module = lenient.get_template(f"nhsuk/components/{folder}/macro.jinja").module
            setattr(self, name, getattr(module, macro))


def component_environment() -> Environment:
    return Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"), undefined=ChainableUndefined, autoescape=True,
        trim_blocks=True, lstrip_blocks=True, bytecode_cache=COMPILED, auto_reload=False,
    )


def page_environment(templates: Path, *, asset: Callable[[str], str], auto_reload: bool = False) -> Environment:
    """The environment of our pages. `asset` turns "css/touchstone.css" into its URL."""
    pages = Environment(
        loader=FileSystemLoader(templates), undefined=StrictUndefined, autoescape=True,
        trim_blocks=True, lstrip_blocks=True, bytecode_cache=COMPILED, auto_reload=auto_reload,
    )
    pages.filters.update(FILTERS, explained=explained)
    pages.globals.update(CHARTS, asset=asset, nhsuk=Components(component_environment()))
    return pages


def render(env: Environment, template_name: str, **values: Any) -> str:
    return env.get_template(template_name).render(**values)
