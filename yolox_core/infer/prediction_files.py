"""Predictions of whole videos in the user's cache folder, part by part, so that a kill loses only the last part."""

import hashlib
import io
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from yolox_core.files import make_folder, write_atomically
from yolox_core.infer.predictions import COLUMNS, Part, VideoKey, VideoPredictions
from yolox_core.user_folders import cache_folder

MOST_CACHE_BYTES = 4_000_000_000
VERSION = 2


class PredictionFiles:
    """The folder of one key. It may be deleted at any time; parts that cannot be read are looked at again."""

    def __init__(self, key: VideoKey) -> None:
        words = json.dumps([VERSION, asdict(key)]).encode()
        self._key = key
        self.folder = predictions_folder() / hashlib.sha256(words).hexdigest()[:24]
        self._written = 0

    def read(self) -> VideoPredictions:
        """What is kept of earlier times."""
        predictions = VideoPredictions(self._key)
        for path in sorted(self.folder.glob("part_*.npz")):
            part = _read_part(path)
            if part is not None and _fits(part, predictions):
                predictions.add_part(part)
        self._written = predictions.done
        return predictions

    def write(self, predictions: VideoPredictions) -> None:
        """Keep what came since the last call. Raises FileError where the folder cannot be written."""
        part = predictions.part(self._written)
        if not len(part.frames):
            return
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, frames=part.frames, counts=part.counts, damaged=part.damaged, **part.rows)
        make_folder(self.folder)
        write_atomically(self.folder / f"part_{self._written:09}.npz", content.getvalue())
        self._written += len(part.frames)


def predictions_folder() -> Path:
    """Where predictions of all videos are kept."""
    return cache_folder() / "predictions"


def prune(most_bytes: int = MOST_CACHE_BYTES) -> None:
    """Delete the predictions written longest ago until the rest takes no more than so many bytes."""
    folders = sorted(predictions_folder().glob("*/"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    total = 0
    for folder in folders:
        total += sum(path.stat().st_size for path in folder.iterdir())
        if total > most_bytes:
            shutil.rmtree(folder, ignore_errors=True)


def _read_part(path: Path) -> Part | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            rows = {name: stored[name] for name in COLUMNS}
            part = Part(stored["frames"], stored["counts"], rows, stored["damaged"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
    return part


def _fits(part: Part, predictions: VideoPredictions) -> bool:
    """Whether a part is whole and tells of frames of this video that are not here yet."""
    frames = part.frames.tolist()
    is_whole = all(len(rows) == part.counts.sum() for rows in part.rows.values()) and len(part.counts) == len(frames)
    are_new = len(set(frames)) == len(frames) and not any(
        frame >= predictions.key.frames or predictions.has(frame) for frame in frames
    )
    return is_whole and are_new and part.counts.max(initial=0) <= predictions.key.most_a_frame
