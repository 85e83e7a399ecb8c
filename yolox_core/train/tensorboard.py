"""TensorBoard files of a run, made from its events."""

from pathlib import Path

from yolox_core.errors import Unavailable
from yolox_core.train.events import Evaluated, StepDone, TrainEvent


class TensorboardLog:
    """Writes losses, learning rate, times and AP as scalars by step into `folder`."""

    def __init__(self, folder: Path) -> None:
        try:
            from tensorboardX import SummaryWriter
        except ImportError as error:
            raise Unavailable(
                "TensorBoard files need the package tensorboardX.",
                where="tensorboard",
                action="Install it (pip install tensorboardX), or switch the setting off.",
            ) from error
        self._writer = SummaryWriter(str(folder))

    def write(self, event: TrainEvent) -> None:
        """Take in one event."""
        match event:
            case StepDone():
                values = {
                    "loss/total": event.total_loss,
                    "loss/iou": event.iou_loss,
                    "loss/objectness": event.obj_loss,
                    "loss/class": event.cls_loss,
                    "loss/l1": event.l1_loss,
                    "learning_rate": event.learning_rate,
                    "time_s/step": event.step_time_s,
                    "time_s/load": event.load_time_s,
                }
            case Evaluated():
                values = {"val/AP": event.ap, "val/AP50": event.ap50, "val/VOC AP50": event.voc_ap50}
                values |= {f"val AP50 by class/{name}": ap for name, ap in event.ap50_per_class.items()}
            case _:
                return
        for name, value in values.items():
            self._writer.add_scalar(name, value, event.step)

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()
