"""Decoded frames of a video file from any keyframe on, each with its exact number."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import av
from av.codec.context import Flags
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from yolox_core.errors import FileError
from yolox_core.infer.video_index import read_index

Packets = Iterator["Packet[VideoStream]"]

THREADS = 4
NOT_VIDEO = {"tty", "image2"}  # FFmpeg draws text files and reads image sequences with these
CONVERT = "Convert it to H.264, for instance with HandBrake or FFmpeg."
ADVICE = "Choose a video file such as .mp4, .mov, .mkv, .avi or .webm."


class FrameDecoder:
    """An open video file, its index, and a place in it: `position` is the number of the frame that comes next.

    `damaged` holds the frames met so far that the file has lost or broken, or that lean on such a one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container, self.stream = _open(path)
        try:
            self.index = read_index(self._container, self.stream)
            if not self.index.times:
                raise FileError("The video holds no frames.", where=path, action=ADVICE)
            self._frames: Iterator[tuple[int, VideoFrame]] = iter(())
            self.damaged = set(range(self.index.keys[0] if self.index.keys else 0))  # what they lean on was cut off
            self.start_at(0)
        except BaseException:
            self._container.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._frames = iter(())
        self._container.close()

    def start_at(self, key_place: int) -> None:
        """Go to the keyframe with this place in the index."""
        if self.index.is_counted:
            self.position = self.index.keys[key_place]
            self._frames = self._counted_frames(self.position, self.index.key_times[key_place])
        else:
            self.position = self.index.keys[key_place] if self.index.keys else 0
            self._frames = self._frames_since(self.index.times[self.position], self._packets_from(key_place))
        self._spoiled_before = 0

    def next(self) -> tuple[int, VideoFrame] | None:
        """The next frame that can be decoded and its number; None at the end."""
        numbered = next(self._frames, None)
        number, is_corrupt = (
            (len(self.index.times), False) if numbered is None else (numbered[0], numbered[1].is_corrupt)
        )
        self._mark_damage(number, is_corrupt=is_corrupt)
        self.position = number + 1
        return numbered

    def _mark_damage(self, number: int, *, is_corrupt: bool) -> None:
        """Note frames that are lost or broken, and those after them that are drawn upon them."""
        lost = range(self.position, number)
        if lost or is_corrupt:
            self._spoiled_before = self.index.next_key(number if is_corrupt else number - 1)
        self.damaged.update(lost)
        if number < self._spoiled_before:
            self.damaged.add(number)

    def _counted_frames(self, number: int, key: int) -> Iterator[tuple[int, VideoFrame]]:
        """Frames from the keyframe on that is packet `key` and frame `number`; those before it are passed over unread.

        Keyframes met on the way are noted, so that each stretch of the file is decoded for counting only once.
        """
        self._reopen()
        is_met = False
        for frame in self._decode(_placed(self._container.demux(self.stream), key)):
            is_met = is_met or key == 0 or frame.opaque == key
            if not is_met:
                continue  # it is shown before the keyframe and leans on what precedes it
            if frame.key_frame and isinstance(frame.opaque, int):
                self.index = self.index.with_key(number, frame.opaque)
            yield number, frame
            number += 1

    def _reopen(self) -> None:
        self._container.close()
        self._container, self.stream = _open(self._path)

    def _packets_from(self, key_place: int) -> Packets:
        """Packets in file order from a keyframe on; where the file's own seek jumps past it, an earlier is tried."""
        if not self.index.keys:
            self._reopen()
            return self._container.demux(self.stream)
        wanted = self.index.key_times[key_place]
        for time in reversed(self.index.key_times[: key_place + 1]):
            packets = _since(self._seek(time), wanted, self.index.decode_places)
            if packets is not None:
                return packets
        self._reopen()
        from_start = self._container.demux(self.stream)
        return _since(from_start, wanted, self.index.decode_places) or iter(())

    def _seek(self, time: int) -> Packets:
        try:
            self._container.seek(time, stream=self.stream)
        except FFmpegError:  # some files cannot be sought in
            self._reopen()
        return self._container.demux(self.stream)

    def _frames_since(self, first_time: int, packets: Packets) -> Iterator[tuple[int, VideoFrame]]:
        for frame in self._decode(packets):
            if frame.pts is not None and frame.pts >= first_time:  # earlier ones lean on what precedes the keyframe
                yield self.index.number_at(frame.pts), frame

    def _decode(self, packets: Packets) -> Iterator[VideoFrame]:
        """All frames that can be had: a packet that cannot be decoded is passed over, a broken end ends them."""
        for packet in _readable(packets):
            try:
                yield from self.stream.decode(packet)
            except FFmpegError:
                continue
        try:
            yield from self.stream.decode(None)
        except FFmpegError:
            return


def _open(path: Path) -> tuple[InputContainer, VideoStream]:
    """The opened file and its picture stream. Raises FileError where there is none."""
    if not path.is_file():
        raise FileError("There is no such file.", where=path, action=ADVICE)
    try:
        container = av.open(str(path.absolute()))
    except (FFmpegError, OSError, ValueError) as error:
        raise FileError("This is not a video, or it is damaged.", where=path, action=ADVICE) from error
    covers = Disposition.attached_pic | Disposition.timed_thumbnails
    streams = [s for s in container.streams.video if not s.disposition & covers]
    if not streams or container.format.name in NOT_VIDEO:
        container.close()
        raise FileError("There are no moving pictures in this file.", where=path, action=ADVICE)
    stream = streams[0]
    if stream.codec_context is None:
        container.close()
        raise FileError("No decoder for this kind of video is at hand.", where=path, action=CONVERT)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = THREADS
    stream.codec_context.flags |= Flags.copy_opaque
    return container, stream


def _readable(packets: Packets) -> Packets:
    """Packets with content, up to the end or to where the file is broken off."""
    try:
        for packet in packets:
            if packet.size:
                yield packet
    except FFmpegError:
        return


def _placed(packets: Packets, first: int) -> Packets:
    """Packets with content from the one at place `first` on, each with its place, which its frame will carry too."""
    for place, packet in enumerate(_readable(packets)):
        if place >= first:
            packet.opaque = place
            yield packet


def _since(packets: Packets, wanted: int, places: dict[int, int]) -> Packets | None:
    """The packets from the one shown at `wanted` on; None where they begin behind it."""
    packets = _readable(packets)
    for packet in packets:
        if packet.pts == wanted:
            return chain((packet,), packets)
        if packet.pts is not None and places.get(packet.pts, -1) > places[wanted]:
            return None
    return None
