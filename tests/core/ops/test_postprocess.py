from pathlib import Path

import numpy as np
import pytest
import torch

from yolox_core.ops.postprocess import boxes_from_cxcywh, postprocess


@pytest.mark.parametrize(
    ("conf_threshold", "nms_threshold", "class_agnostic"),
    [(0.25, 0.45, False), (0.01, 0.65, False), (0.3, 0.45, True), (0.999, 0.5, False)],
)
def test_that_postprocess_keeps_exactly_the_reference_rows(
    shared: Path, conf_threshold: float, nms_threshold: float, class_agnostic: bool
) -> None:
    reference = np.load(shared / "reference" / "postprocess.npz")
    rows = postprocess(
        torch.from_numpy(reference["pred"]),
        conf_threshold=conf_threshold,
        nms_threshold=nms_threshold,
        class_agnostic=class_agnostic,
    )
    for image, kept in enumerate(rows):
        expected = reference[f"c{conf_threshold}_n{nms_threshold}_a{int(class_agnostic)}/{image}"]
        assert np.array_equal(kept.numpy(), expected)


def test_that_no_anchor_points_give_no_rows() -> None:
    (rows,) = postprocess(torch.zeros(1, 0, 8), conf_threshold=0.1, nms_threshold=0.5)
    assert rows.shape == (0, 7)


def test_that_centre_and_size_become_edges() -> None:
    assert boxes_from_cxcywh(torch.tensor([[10.0, 20.0, 4.0, 6.0]])).tolist() == [[8.0, 17.0, 12.0, 23.0]]
