"""The sound of a video carried over into another file as it is, without encoding it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet

from yolox_core.infer.sources import is_images

CODECS_OF_MP4 = frozenset(("aac", "ac3", "alac", "eac3", "flac", "mp3", "opus"))


class Sound:
    """The sound of `source` between two times in seconds of that file, at times that count from the first one."""

    def __init__(self, source: InputContainer, target: OutputContainer, *, start_s: float, end_s: float) -> None:
        self._start_s = start_s
        self._end_s = end_s
        self._target = target
        streams = source.streams.audio
        self._copies = {
            stream.index: target.add_stream_from_template(stream)
            for stream in streams
            if stream.codec_context.name in CODECS_OF_MP4
        }
        left_out = (stream.codec_context.name for stream in streams if stream.index not in self._copies)
        self.left_out = tuple(dict.fromkeys(left_out))
        self._packets = _packets(source, [stream for stream in streams if stream.index in self._copies])
        self._next = next(self._packets, None)

    def copy_until(self, time_s: float) -> None:
        """Carry over what is heard before this time, which counts from the start."""
        while self._next is not None and _time_s(self._next) < min(self._start_s + time_s, self._end_s):
            packet, self._next = self._next, next(self._packets, None)
            if _time_s(packet) >= self._start_s:
                self._put(packet)

    def _put(self, packet: "Packet[AudioStream]") -> None:
        shift = round(self._start_s / packet.time_base)
        packet.pts = (packet.pts or 0) - shift
        packet.dts = packet.pts
        packet.stream = self._copies[packet.stream.index]
        self._target.mux(packet)


class Silence:
    """The sound of images."""

    left_out: tuple[str, ...] = ()

    def copy_until(self, _time_s: float) -> None:
        """Nothing is heard."""


@contextmanager
def sound_of(path: Path, target: OutputContainer, *, start_s: float, end_s: float) -> Iterator[Sound | Silence]:
    """The sound of a video file, none of images, to be used in a `with` statement."""
    if is_images(path):
        yield Silence()
        return
    with av.open(str(path.absolute())) as source:
        yield Sound(source, target, start_s=start_s, end_s=end_s)


def _packets(source: InputContainer, streams: list[AudioStream]) -> "Iterator[Packet[AudioStream]]":
    """Packets with a time, up to the end or to where the file is broken off."""
    if not streams:
        return
    try:
        for packet in source.demux(streams):
            if packet.size and packet.pts is not None:
                yield cast("Packet[AudioStream]", packet)
    except FFmpegError:
        return


def _time_s(packet: "Packet[AudioStream]") -> float:
    return float((packet.pts or 0) * packet.time_base)
