"""The shape of an invented study in frameworks/demonstration/studies.yaml."""

from marketplace.frameworks.schema.base import Declared


class RetractedOf(Declared):
    days_ago: int
    reason: str


class StudyOf(Declared):
    """A study of a product; `began`, `ended` and `published` are days ago. Its fields are as a form sends them."""

    product: str
    version: str
    kind: str
    design: str
    title: str
    began: int
    ended: int
    published: int
    population: str
    setting: str
    comparator: str
    participants: int
    sites: int
    funder: str
    supplier_funded: str
    supplier_run: str
    conflicts: str
    plain_summary: str
    summary: str
    country: str = "gb"
    settings: str = ""
    populations: str = ""
    registration: str = ""
    url: str = ""
    document: str = ""
    results: tuple[dict[str, str], ...] = ()
    retracted: RetractedOf | None = None
