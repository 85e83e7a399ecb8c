"""The Qt application of YOLOX Workbench."""
