"""What the network said of the frames visited, kept within a number of bytes."""

from collections import OrderedDict

from yolox_core.infer.candidates import Candidates

CACHE_BYTES = 256 * 1024 * 1024


class CandidateCache:
    """Candidates by frame index; the frames not looked at for longest go first when `max_bytes` are exceeded."""

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._candidates: OrderedDict[int, Candidates] = OrderedDict()

    def __len__(self) -> int:
        return len(self._candidates)

    @property
    def byte_count(self) -> int:
        """Bytes held by the arrays."""
        return self._bytes

    def get(self, index: int) -> Candidates | None:
        """The candidates of a frame, if they are still here."""
        candidates = self._candidates.get(index)
        if candidates is not None:
            self._candidates.move_to_end(index)
        return candidates

    def put(self, index: int, candidates: Candidates) -> None:
        """Keep the candidates of a frame; drop others if room is short."""
        self._forget(index)
        self._candidates[index] = candidates
        self._bytes += byte_count(candidates)
        while self._bytes > self._max_bytes:
            self._forget(next(iter(self._candidates)))

    def clear(self) -> None:
        """Forget every frame."""
        self._candidates.clear()
        self._bytes = 0

    def _forget(self, index: int) -> None:
        candidates = self._candidates.pop(index, None)
        if candidates is not None:
            self._bytes -= byte_count(candidates)


def byte_count(candidates: Candidates) -> int:
    """Bytes of the three arrays."""
    return candidates.boxes.nbytes + candidates.scores.nbytes + candidates.class_ids.nbytes
