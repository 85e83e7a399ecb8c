"""Networks as files for other runtimes, each checked against torch before it gets its name."""

from yolox_core.export.run import Exported, export_checkpoint
from yolox_core.export.settings import ExportSettings

__all__ = ["ExportSettings", "Exported", "export_checkpoint"]
