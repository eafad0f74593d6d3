"""Find out where a page of a form lies on a picture of it, and be sure of it, or say why not."""

from digitd.forms.registration.prepare import PreparedForm, prepare
from digitd.forms.registration.register import register

__all__ = ["PreparedForm", "prepare", "register"]
