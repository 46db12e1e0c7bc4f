"""Plans a school year over all forums. Pure: knows neither tables nor the web. The contract is docs/reference/plan_year.md."""

from tovholder.yearwheel.planning.absences import absences
from tovholder.yearwheel.planning.checking import Fault, check_input
from tovholder.yearwheel.planning.clashes import Clash, clashes
from tovholder.yearwheel.planning.planner import Progress, plan_year
from tovholder.yearwheel.planning.suggestions import Suggestion, what_would_free

__all__ = [
    "Clash",
    "Fault",
    "Progress",
    "Suggestion",
    "absences",
    "check_input",
    "clashes",
    "plan_year",
    "what_would_free",
]
