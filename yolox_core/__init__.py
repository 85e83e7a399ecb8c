"""The engine of YOLOX Workbench: no Qt, no prints, nothing imported until it is used."""

__version__ = "0.1.0"
