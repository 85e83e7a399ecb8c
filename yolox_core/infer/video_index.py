"""Which frame is shown when: read from the packets of a video without decoding a single one."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import cached_property

from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

DOUBLES_TIMES = {"mpeg"}  # program streams, which time only some of their packets
PACKETS_FOR_EACH_BAD_TIME = 200  # fewer, and times that are missing or doubled are no damage but the container's way


@dataclass(frozen=True)
class FrameIndex:
    """Presentation times of all frames in order of showing, and where decoding may start.

    `times` are in units of the stream's time base. `keys` holds the frame numbers of the keyframes, ascending, and
    `key_times` their times; a keyframe that an edit list cuts away stands for the first frame shown after it.
    `decode_places[time]` is the packet's place in the file. `is_counted` says that the file's own times cannot be
    trusted: frames are then numbered by decoding from the start, `times` are made up from the frame rate, and keyframes
    become known while frames are decoded: `key_times` hold the places of their packets in the file.
    """

    times: tuple[int, ...]
    keys: tuple[int, ...]
    key_times: tuple[int, ...]
    decode_places: dict[int, int]
    is_counted: bool = False

    @cached_property
    def numbers(self) -> dict[int, int]:
        """Frame number by presentation time."""
        return {time: number for number, time in enumerate(self.times)}

    def number_at(self, time: int) -> int:
        """The frame on show at this time; 0 before the first."""
        number = self.numbers.get(time)
        return max(bisect_right(self.times, time) - 1, 0) if number is None else number

    def key_place(self, number: int) -> int:
        """Place in `keys` of the keyframe from which this frame can be decoded."""
        return max(bisect_right(self.keys, number) - 1, 0)

    def with_key(self, number: int, place: int) -> "FrameIndex":
        """The same, with the packet at a place known to be the keyframe of this number; for frames that are counted."""
        if number <= self.keys[-1]:
            return self
        return replace(self, keys=(*self.keys, number), key_times=(*self.key_times, place))

    def next_key(self, number: int) -> int:
        """The first keyframe after this frame; the number of frames where none follows."""
        place = bisect_right(self.keys, number)
        return self.keys[place] if place < len(self.keys) else len(self.times)


@dataclass(frozen=True, slots=True)
class _Packet:
    time: int | None
    is_key: bool
    is_shown: bool


def read_index(container: InputContainer, stream: VideoStream) -> FrameIndex:
    """The index of a stream just opened; the container is left at its end. A damaged tail ends the index early."""
    packets: list[_Packet] = []
    try:
        for packet in container.demux(stream):
            if packet.size:
                packets.append(_Packet(packet.pts, bool(packet.is_keyframe), is_shown=not packet.is_discard))
    except FFmpegError:
        pass  # what was read so far can be shown
    known_times = [packet.time for packet in packets if packet.time is not None]
    unknown = len(packets) - len(set(known_times))
    most = 0 if container.format.name in DOUBLES_TIMES else len(packets) / PACKETS_FOR_EACH_BAD_TIME
    if unknown > most or _hides_order(container, stream, known_times):
        return _counted_index(stream, sum(packet.is_shown for packet in packets))
    return _timed_index(packets)


def _hides_order(container: InputContainer, stream: VideoStream, times: list[int]) -> bool:
    """Whether the container stores no times but counts packets, though the codec shows them in another order (AVI)."""
    return "avi" in container.format.name and stream.codec_context.has_b_frames and times == sorted(times)


def _timed_index(packets: list[_Packet]) -> FrameIndex:
    decode_places: dict[int, int] = {}
    shown_times, key_times = set(), set()
    for place, packet in enumerate(packets):
        if packet.time is not None:
            decode_places[packet.time] = place
            if packet.is_shown:
                shown_times.add(packet.time)
            if packet.is_key:
                key_times.add(packet.time)
    times = tuple(sorted(shown_times))
    key_by_number = {bisect_left(times, time): time for time in sorted(key_times)}  # the last of those cut away
    key_by_number.pop(len(times), None)
    return FrameIndex(times, tuple(key_by_number), tuple(key_by_number.values()), decode_places)


def _counted_index(stream: VideoStream, frames: int) -> FrameIndex:
    rate = stream.average_rate or stream.guessed_rate or 25
    step = max(round(1 / (rate * stream.time_base)), 1) if stream.time_base else 1
    return FrameIndex(tuple(range(0, frames * step, step)), (0,), (0,), {}, is_counted=True)
