"""What is declared in frameworks/safety/, in its newest version, out of what was loaded at start."""

from marketplace.assurance.rules.changes import Changes
from marketplace.assurance.rules.safety.declared import Clocks, LogShape, Matrix, ReportShape
from marketplace.assurance.rules.safety.transparency import RecordShape
from marketplace.frameworks.loader import Frameworks

FOLDER = "safety"


def matrix_of(frameworks: Frameworks) -> Matrix:
    """How a risk is rated."""
    return Matrix.model_validate(frameworks.plain[f"{FOLDER}/matrix.yaml"][-1])


def log_shape(frameworks: Frameworks) -> LogShape:
    """What a hazard log holds."""
    return LogShape.model_validate(frameworks.plain[f"{FOLDER}/log.yaml"][-1])


def report_shape(frameworks: Frameworks) -> ReportShape:
    """The parts of a safety case report."""
    return ReportShape.model_validate(frameworks.plain[f"{FOLDER}/report.yaml"][-1])


def clocks_of(frameworks: Frameworks) -> Clocks:
    """Time limits of incidents and notices."""
    return Clocks.model_validate(frameworks.plain[f"{FOLDER}/clocks.yaml"][-1])


def changes_of(frameworks: Frameworks) -> Changes:
    """The kinds of change, and what each opens again."""
    return Changes.model_validate(frameworks.plain["reuse/changes.yaml"][-1])


def record_shape(frameworks: Frameworks) -> RecordShape:
    """The fields of an algorithmic transparency record."""
    return RecordShape.model_validate(frameworks.plain[f"{FOLDER}/transparency.yaml"][-1])
