"""What `--help` of each command teaches: what it is for, and lines to copy."""

import textwrap
from dataclasses import dataclass

EXIT_CODES = "exit codes: 0 done; 1 a problem, said on stderr; 2 wrong usage; 130 Ctrl+C"


@dataclass(frozen=True, slots=True)
class Help:
    """One line for the list of commands, a paragraph, and examples."""

    line: str
    paragraph: str
    examples: str

    @property
    def description(self) -> str:
        """The paragraph in lines for a terminal."""
        return textwrap.fill(self.paragraph, 79)

    @property
    def epilog(self) -> str:
        """The end of the help."""
        return f"examples:\n{self.examples}\n{EXIT_CODES}"


TRAIN = Help(
    "train a detector on a folder of labelled images",
    "Train YOLOX on a folder of labelled images. Ctrl+C stops and keeps a checkpoint that --resume goes on from. "
    "Options that are not given follow the published recipe of the network size: the defaults below are those of tiny; "
    "nano composes half of its samples; s to x and darknet53 take 640 px, mosaic zoom 0.1 to 2, mixup and 5 x 32 px.",
    """\
  yolox-workbench train --data drones --preset quick
  yolox-workbench train --data drones --model s --epochs 50 --weights coco
  yolox-workbench train --data drones --config runs/drones/20261123-093000-s/config.json --seed 1
  yolox-workbench train --resume runs/drones/20261123-093000-s
  torchrun --nproc-per-node 4 --max-restarts 3 -m yolox_core train --data drones --model m --batch-size 64 --output r/m
""",
)

CHECK = Help(
    "tell what is wrong with a data set before a training",
    "Look through a data set as the Train page does before a run: faults in files and labels, validation images that "
    "leaked into training (same bytes, same source, almost the same picture), classes without boxes or with few.",
    """\
  yolox-workbench check --data drones
  yolox-workbench check --data drones --json > concerns.json
""",
)

EVAL = Help(
    "measure COCO AP and VOC AP of a checkpoint on a split",
    "Measure a checkpoint on the labelled images of a split: COCO AP and VOC AP, for all classes and for each.",
    """\
  yolox-workbench eval --data drones --split val --weights runs/drones/20261123-093000-s/best.pth
  yolox-workbench eval --data coco --weights coco:s --size 640 --json > s.json
""",
)

PREDICT = Help(
    "draw detections into images or a video",
    "Draw detections into a video, an image or every image of a folder.",
    """\
  yolox-workbench predict flight.mp4 --weights best.pth --output flight-drawn.mp4 --conf-threshold 0.4
  yolox-workbench predict flight.mp4 --weights best.pth --output flight.txt --tracks
  yolox-workbench predict frames --weights coco:nano --output frames-drawn
""",
)

EXPORT = Help(
    "write a checkpoint as ONNX or TorchScript, checked against torch",
    "Write a network for use without this program; the file appears once it agrees with torch.",
    """\
  yolox-workbench export best.pth
      best.onnx: images [batch, 3, H, W] to outputs [batch, anchor points, 5 + classes], boxes in input pixels
  yolox-workbench export best.pth --nms --conf-threshold 0.3 --size 384x640
      finished detections from a 384 px high, 640 px wide input: nothing is left to be done but to divide by the scale
  yolox-workbench export best.pth --no-decode --batch 1
      the layout of the published ONNX files, for programs written for those
  yolox-workbench export best.pth --half --output best-fp16.onnx
What the file takes and gives stands inside it too (ONNX metadata; metadata.json in TorchScript), with the class names.
""",
)

RUNS = Help(
    "list training runs with their best AP",
    "List the runs in a folder and below it, finished or not, latest first.",
    """\
  yolox-workbench runs
  yolox-workbench runs runs/drones --csv > runs.csv
""",
)

WEIGHTS = Help(
    "list or load the published COCO weights",
    "List the published COCO weights and what is on this disk of them; with sizes, load those. A download that was cut "
    "off goes on where it ended. YOLOX_WORKBENCH_WEIGHTS_URL names a mirror.",
    """\
  yolox-workbench weights
  yolox-workbench weights nano s
""",
)

FINDINGS = Help(
    "list labels that are probably wrong or missing, likeliest first",
    "Look for missing, badly placed, wrongly named, needless and doubled boxes. Errors of known kinds are planted "
    "into a copy of the labels in memory to learn what gives them away; no file is changed. Findings that were settled "
    "in the window are left out.",
    """\
  yolox-workbench findings drones --weights runs/drones/20261123-093000-s/best.pth
  yolox-workbench findings drones --weights coco:nano --folds 2 --output runs/drones-folds --csv > findings.csv
  yolox-workbench findings drones
      without a network: boxes without size, outside their image, doubled; a class that is strangely absent
  yolox-workbench findings drones --weights coco:nano --map drone=airplane --json > findings.json
""",
)

NEXT = Help(
    "list the images worth labelling next",
    "Rank the images without labels by the network's doubt: the sum of 4p(1 - p) over its candidates, calibrated on "
    "the labelled images; of near-identical ones the first counts for all.",
    """\
  yolox-workbench next drones --weights runs/drones/20261123-093000-s/best.pth
  yolox-workbench next drones --weights coco:nano --map drone=airplane --most 200 --json > next.json
""",
)

PLANT = Help(
    "copy a data set and plant errors into the copy's labels",
    "Write a VOC copy (images as links) with errors of known kinds, and planted.json, the list of them: what a label "
    "review can be measured with.",
    """\
  yolox-workbench plant drones --output drones-planted --seed 1
  yolox-workbench plant drones --output drones-few --drop 0.01 --poor 0.01 --swap 0 --spurious 0.005 --duplicate 0.002
""",
)

SPEED = Help(
    "time every network size, or each step on a video",
    "Without VIDEO: how fast each network size is on this machine, the network alone with random weights (the work is "
    "the same). With VIDEO: what decoding, network, suppression and drawing cost a frame.",
    """\
  yolox-workbench speed --size 640
  yolox-workbench speed flight.mp4 --weights best.pth
""",
)

DEMO = Help(
    "make a sample data set, train on it, annotate its video",
    "The whole loop on drawn pictures of drones: data set, training, AP, annotated video.",
    """\
  yolox-workbench demo
  yolox-workbench demo --output /tmp/demo --epochs 5 --no-window
""",
)

COMMANDS = {
    "train": TRAIN,
    "check": CHECK,
    "eval": EVAL,
    "predict": PREDICT,
    "export": EXPORT,
    "runs": RUNS,
    "weights": WEIGHTS,
    "findings": FINDINGS,
    "next": NEXT,
    "plant": PLANT,
    "speed": SPEED,
    "demo": DEMO,
}
