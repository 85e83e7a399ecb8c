"""The published COCO weights: what there is, and where it is kept. No torch: the window reads this table."""

import os
from dataclasses import dataclass
from pathlib import Path

from yolox_core.user_folders import cache_folder

RELEASE = "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/"
MIRROR = "YOLOX_WORKBENCH_WEIGHTS_URL"  # environment variable: an address to take the place of RELEASE
LICENCE = "Apache-2.0"


@dataclass(frozen=True, slots=True)
class Published:
    """One published file: `coco_ap` in percent on COCO val2017 as its README says, `megabytes` about, `sha256` in hex.

    No source for the digests of release 0.1.1rc0 was found, so they are empty, and opening the file is the check.
    """

    size: str
    file: str
    coco_ap: float
    megabytes: int
    sha256: str = ""


PUBLISHED = {
    entry.size: entry
    for entry in (
        Published("nano", "yolox_nano.pth", 25.8, 8),
        Published("tiny", "yolox_tiny.pth", 32.8, 41),
        Published("s", "yolox_s.pth", 40.5, 72),
        Published("m", "yolox_m.pth", 46.9, 204),
        Published("l", "yolox_l.pth", 49.7, 435),
        Published("x", "yolox_x.pth", 51.1, 794),
        Published("darknet53", "yolox_darknet.pth", 47.7, 512),
    )
}


def weights_folder() -> Path:
    """Where downloaded weights lie."""
    return cache_folder() / "weights"


def published_path(published: Published) -> Path:
    """Where the file lies once it is loaded."""
    return weights_folder() / published.file


def address_of(published: Published) -> str:
    """Where the file is loaded from: the release, or the mirror that the environment names."""
    return (os.environ.get(MIRROR) or RELEASE).rstrip("/") + "/" + published.file
