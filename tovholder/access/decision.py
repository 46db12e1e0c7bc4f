"""Every "no" says why, every "yes" says on what basis (product.md, principle 3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


class Refused(PermissionDenied):
    """A decision that said no. Carries the decision, so that the page can show its reason."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reason)
        self.decision = decision


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to "may this person do this": allowed, a stable code, one Danish sentence, the basis."""

    allowed: bool
    code: str = "ok"
    reason: str = ""
    basis: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> Decision:
        """Return self, or raise Refused with the reason."""
        if not self.allowed:
            raise Refused(self)
        return self


def yes(basis: str = "") -> Decision:
    return Decision(allowed=True, basis=basis)


def no(code: str, reason: str) -> Decision:
    return Decision(allowed=False, code=code, reason=str(reason))
