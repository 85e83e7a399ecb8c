"""Pascal VOC label files of the sample, written afresh."""

from collections.abc import Sequence

from lxml import etree

from yolox_core.records import Box


def voc_edges(box: Box) -> tuple[int, int, int, int]:
    """The box as VOC writes it: xmin, ymin, xmax, ymax, whole pixels counted from 1, the last one inside the box."""
    return round(box.x1) + 1, round(box.y1) + 1, round(box.x2), round(box.y2)


def voc_bytes(boxes: Sequence[Box], *, filename: str, width: int, height: int) -> bytes:
    """The label file of one image of the sample as UTF-8 XML."""
    root = etree.Element("annotation")
    _add(root, "folder", "VOC2012")
    _add(root, "filename", filename)
    source = etree.SubElement(root, "source")
    _add(source, "database", "YOLOX Workbench sample")
    _add(source, "annotation", "drawn")
    _add(source, "image", "drawn")
    size = etree.SubElement(root, "size")
    for name, value in (("width", width), ("height", height), ("depth", 3)):
        _add(size, name, str(value))
    _add(root, "segmented", "0")
    for box in boxes:
        _add_object(root, box)
    etree.indent(root, space="\t")
    return etree.tostring(root, encoding="utf-8") + b"\n"


def _add_object(root: etree._Element, box: Box) -> None:
    item = etree.SubElement(root, "object")
    _add(item, "name", box.class_name)
    _add(item, "pose", box.pose)
    _add(item, "truncated", str(int(box.truncated)))
    _add(item, "difficult", str(int(box.difficult)))
    edges = etree.SubElement(item, "bndbox")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), voc_edges(box), strict=True):
        _add(edges, name, str(value))


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text
