"""Find the boxes on a blank page and group them into fields."""

from digitd.forms.detection.detect import detect
from digitd.forms.detection.upright import upright

__all__ = ["detect", "upright"]
