"""Templates as people write them."""

import tomllib

from digitd.forms.parse import parse_template

EXAM = """
form = "exam-2026"
page = "A5"

[[field]]
name = "student_id"
at = [30, 40]
boxes = 8
box = [6, 8]
pitch = 7.5
check = "luhn"

[[field]]
name = "q1"
at = [30, 80]
boxes = 2
box = [6, 8]
range = [0, 20]
blank = "zero"

[[field]]
name = "q2"
at = [70, 80]
boxes = 2
box = [6, 8]

[[field]]
name = "total"
at = [110, 80]
boxes = 2
box = [6, 8]

[[rule]]
sum = ["q1", "q2"]
equals = "total"
"""


def parsed(text, origin="exam.toml"):
    return parse_template(tomllib.loads(text), origin)


def a_form(text=EXAM):
    return parsed(text).template
