"""Find the boxes on a blank page and group them into fields."""

from digitd.forms.detection.detect import Detected, detect
from digitd.forms.detection.upright import upright

__all__ = ["Detected", "detect", "upright"]
