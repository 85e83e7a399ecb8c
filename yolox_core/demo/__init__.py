"""The whole loop on drawn pictures: sample, training, AP, annotated video."""

from yolox_core.demo.run import DEMO_EPOCHS, DemoDone, run_demo

__all__ = ["DEMO_EPOCHS", "DemoDone", "run_demo"]
