"""What became of verdicts on what runs, once they were kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GateRecord:
    """Findings, counted by what was written of them."""

    new: int = 0
    known: int = 0
    returned: int = 0
    """Closed before, and there again."""
    fixed: int = 0
    """The same control passes on the same resource now."""
    linked: int = 0
    """From before deployment: their resources were seen live now."""
    unlinked: int = 0
    """From before deployment, of controls that failed here: nobody can tell whether this is their resource."""

    def __add__(self, other: "GateRecord") -> "GateRecord":
        """Give both together."""
        return GateRecord(
            self.new + other.new,
            self.known + other.known,
            self.returned + other.returned,
            self.fixed + other.fixed,
            self.linked + other.linked,
            self.unlinked + other.unlinked,
        )
