"""Pictures of evaluations: which images, what is kept of them, read back from the run folder alone."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from yolox_core.dataset.folder import ImageFile, open_folder
from yolox_core.errors import FileError
from yolox_core.evaluate.truth import Compared, Truth
from yolox_core.records import Annotation, Box, Detections
from yolox_core.train.config import TrainConfig
from yolox_core.train.pictures import LOWEST_SCORE, MOST_BOXES, pictured_epochs, read_pictures, write_pictures
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.samples import PICTURED, pictured_images
from yolox_core.train.trainer import Trainer


def _compared(path: Path, scores: list[float]) -> Compared:
    boxes = np.tile(np.array([1.04, 2.06, 30, 40], np.float32), (len(scores), 1))
    truth = Truth(np.array([[1.0, 2, 3, 4]]), np.array([1]), np.array([False]))
    return Compared(truth, Detections(boxes, np.array(scores, np.float32), np.zeros(len(scores), np.int64)), path)


def test_that_a_run_keeps_pictures_of_each_evaluation(squares: Path, tmp_path: Path, one_thread: None) -> None:
    config = TrainConfig(epochs=3, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")
    list(Trainer(config, open_folder(squares), tmp_path / "run").run())
    run = RunFolder(tmp_path / "run")
    assert pictured_epochs(run) == (1, 2, 3)
    last = read_pictures(run, 3)
    assert last.class_names == ("square",)
    assert [result.image for result in last.results] == ["JPEGImages/8.jpg", "JPEGImages/9.jpg"]
    assert [len(result.labels) for result in last.results] == [1, 1]
    run.cut_back(epochs=1, steps=2)
    assert pictured_epochs(run) == (1,)


def test_that_only_the_best_detections_are_kept(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    many = [0.9] * (MOST_BOXES + 50)
    few = [0.9, 0.5, LOWEST_SCORE / 2]
    write_pictures(run, 12, [_compared(tmp_path / "b.jpg", few), _compared(Path("/else/a.jpg"), many)], "xy", tmp_path)
    assert (tmp_path / "pictures/epoch_012.json").stat().st_size < 10_000
    elsewhere, inside = read_pictures(run, 12).results
    assert (elsewhere.image, inside.image) == ("/else/a.jpg", "b.jpg")
    assert (len(elsewhere.detections), len(inside.detections)) == (MOST_BOXES, 2)
    np.testing.assert_allclose(inside.detections.boxes[0], [1.0, 2.1, 30, 40], atol=1e-5)
    assert inside.label_ids.tolist() == [1]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"class_names": [], "pictures": [1]}', "wrong id", "wrong count"])
def test_that_a_broken_file_is_told(tmp_path: Path, text: str) -> None:
    run = RunFolder(tmp_path)
    write_pictures(run, 1, [_compared(tmp_path / "a.jpg", [0.9])], "xy", tmp_path)
    content = json.loads(run.picture(1).read_text())
    if text.startswith("wrong"):
        content["pictures"][0]["class_ids"] = [2] if text == "wrong id" else []
        text = json.dumps(content)
    run.picture(1).write_text(text)
    with pytest.raises(FileError, match="epoch 1"):
        read_pictures(run, 1)


def test_that_images_are_spread_evenly_and_have_many_classes() -> None:
    files = tuple(ImageFile.at(f"{n}", Path(f"{n}.jpg"), Path(f"{n}.xml")) for n in range(90))
    plain = Annotation(9, 9, (Box("a", 1, 1, 5, 5),), is_decided=True)
    annotations = {file.name: plain for file in files}
    rich = [3, 17, 29, 88]
    for number in rich:
        annotations[str(number)] = replace(plain, boxes=(*plain.boxes, Box("b", 1, 1, 5, 5)))
    chosen = [int(file.name) for file in pictured_images(files, annotations)]
    assert len(chosen) == PICTURED
    assert set(rich) <= set(chosen)
    assert [number // 10 for number in chosen] == list(range(PICTURED))
    assert pictured_images((), {}) == ()
