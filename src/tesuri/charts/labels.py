"""Places texts in a drawing so that none covers another."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tesuri.charts import svg

_Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Labels:
    """Remembers what is taken while one drawing is made."""

    left: float
    right: float
    _taken: list[_Box] = field(default_factory=list)

    def take(self, x: float, y: float, width: float, height: float) -> None:
        """Keep a box free of texts."""
        self._taken.append((x, y, x + width, y + height))

    def place(
        self, words: str, spots: Sequence[svg.Point], classes: str, *, anchor: str = ""
    ) -> list[str]:
        """Give the text at the first free spot, or nothing: the table twin says it too.

        Without an anchor the text runs to the right when its spot is right of the first one.
        """
        first = spots[0][0]
        for x, y in spots:
            side = anchor or ("start" if x >= first else "end")
            width = svg.text_width(words)
            box_left = x if side == "start" else x - width
            box = (box_left, y - 11, box_left + width, y + 3)
            if self._is_free(box):
                self._taken.append(box)
                return [svg.text((x, y), words, classes=classes, anchor=side)]
        return []

    def _is_free(self, box: _Box) -> bool:
        if box[0] < self.left or box[2] > self.right:
            return False
        return not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for other in self._taken
        )
