"""Rows of reading label files for the index; the peer goes through the tree of lxml."""

import tempfile
from pathlib import Path
from time import process_time

import numpy as np
from lxml import etree

from tests.speed.editor import random_edges
from tests.speed.row import Row
from tests.speed.timing import in_turns
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.voc import VocFile
from yolox_core.records import Box

FILES, BOXES = 100, 13
MOST_MS = 0.3


def rows() -> list[Row]:
    """CPU time of one file of 13 boxes with flags and pose, the mean of a hundred."""
    with tempfile.TemporaryDirectory() as name:
        folder = _made(Path(name))

        def ours() -> None:
            for image in folder.images:
                read_annotation(folder, image)

        def peer() -> None:
            for image in folder.images:
                boxes_by_lxml(image.label_path)

        def thorough() -> None:
            for image in folder.images:
                VocFile.read(image)

        quick_ms, lxml_ms = in_turns(ours, peer, repeats=7, clock=process_time)
        _, voc_ms = in_turns(ours, thorough, repeats=3, clock=process_time)
    return [
        _row("read a label file of 13 boxes, peer: lxml", quick_ms / FILES, lxml_ms / FILES),
        _row("read a label file of 13 boxes, peer: VocFile", quick_ms / FILES, voc_ms / FILES),
    ]


def boxes_by_lxml(path: Path) -> list[Box]:
    """The boxes of a file, as one would write it."""
    return [
        Box(
            one.findtext("name", ""),
            *(float(one.findtext(f"bndbox/{edge}", "")) for edge in ("xmin", "ymin", "xmax", "ymax")),
            key,
            *(one.findtext(flag, "0") == "1" for flag in ("difficult", "truncated", "occluded")),
            one.findtext("pose", ""),
        )
        for key, one in enumerate(etree.parse(str(path)).findall("object"), start=1)
    ]


def _made(root: Path) -> DataFolder:
    rng = np.random.default_rng(0)
    for number in range(FILES):
        objects = "".join(
            "\t<object>\n\t\t<name>drone</name>\n\t\t<pose>Left</pose>\n\t\t<truncated>0</truncated>\n"
            f"\t\t<difficult>0</difficult>\n\t\t<bndbox>\n\t\t\t<xmin>{x1}</xmin>\n\t\t\t<ymin>{y1}</ymin>\n"
            f"\t\t\t<xmax>{x2}</xmax>\n\t\t\t<ymax>{y2}</ymax>\n\t\t</bndbox>\n\t</object>\n"
            for x1, y1, x2, y2 in random_edges(rng, BOXES)
        )
        size = "<size><width>1280</width><height>800</height></size>"
        (root / f"{number}.xml").write_text(f"<annotation>\n\t{size}\n{objects}</annotation>\n")
    images = (ImageFile(str(number), root, f"{number}.jpg", root, f"{number}.xml") for number in range(FILES))
    return DataFolder(root, "voc", tuple(images))


def _row(what: str, ours: float, peer: float) -> Row:
    return Row(what, ours, peer, "ms", peer / ours, f"<= {MOST_MS:g} ms", ours <= MOST_MS)
