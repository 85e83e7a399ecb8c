"""The part of a video that timeline and strips show, and which frame lies where on a bar."""

from dataclasses import dataclass

MARGIN = 10  # px beside the bars
LEAST_FRAMES = 10.0


@dataclass(frozen=True, slots=True)
class Reach:
    """`first` to `last` of a video's `frames` (0 to `frames` - 1; may lie between two) over the width of a bar."""

    frames: int
    first: float
    last: float

    @staticmethod
    def whole(frames: int) -> "Reach":
        """All of a video."""
        return Reach(frames, 0, max(frames - 1, 0))

    @property
    def is_whole(self) -> bool:
        """Whether every frame is on the bar."""
        return self == Reach.whole(self.frames)

    def index_at(self, x: float, width: float) -> int:
        """The frame at a place on a bar of some width, 0 to `frames` - 1."""
        place = self.first + x / max(width, 1) * (self.last - self.first)
        return min(max(round(place), 0), max(self.frames - 1, 0))

    def place_of(self, index: float, width: float) -> float:
        """Where on a bar of some width a frame lies; outside the bar for one that is out of reach."""
        return width * (index - self.first) / max(self.last - self.first, 1e-9) if self.frames > 1 else 0.0

    def zoomed(self, factor: float, at: float) -> "Reach":
        """So many times fewer frames, with the frame `at` staying where it is."""
        length = self.last - self.first
        wanted = min(max(length / factor, LEAST_FRAMES), max(self.frames - 1, 0))
        share = (at - self.first) / length if length else 0.0
        return self._from(at - share * wanted, wanted)

    def holding(self, index: int) -> "Reach":
        """The same length, moved as little as needed to show a frame."""
        if self.first <= index <= self.last:
            return self
        length = self.last - self.first
        return self._from(index if index < self.first else index - length, length)

    def moved(self, share: float) -> "Reach":
        """Moved on by a share of its length, as far as the video goes."""
        length = self.last - self.first
        return self._from(self.first + share * length, length)

    def _from(self, first: float, length: float) -> "Reach":
        first = min(max(first, 0.0), max(self.frames - 1 - length, 0.0))
        return Reach(self.frames, first, first + length)
