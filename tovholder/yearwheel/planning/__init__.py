"""Plans a school year over all forums. Pure: knows neither tables nor the web. The contract is docs/reference/plan_year.md."""

from tovholder.yearwheel.planning.checking import Fault, check_input
from tovholder.yearwheel.planning.planner import Progress, plan_year

__all__ = ["Fault", "Progress", "check_input", "plan_year"]
