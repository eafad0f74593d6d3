"""Fields and what may have been seen in their boxes."""

from digitd.forms.rules.judge import judge
from digitd.forms.rules.values import BoxRead, FieldRead
from digitd.forms.template import Field, Rect

BLANK = BoxRead()
STRUCK = BoxRead(probabilities=(0.05,) * 10, is_struck=True)


def box(**chances):
    """See digits with these probabilities: ``box(d4=0.9, d9=0.09)``; the rest is no digit."""
    return BoxRead(probabilities=tuple(chances.get(f"d{digit}", 0.0) for digit in range(10)))


def sure(digit, chance=0.9995):
    """See a digit, and hardly anything else."""
    return BoxRead(probabilities=tuple(chance if d == int(digit) else (1 - chance) / 20 for d in range(10)))


def either(first, chance, second):
    """Doubt between two digits."""
    return box(**{f"d{first}": chance, f"d{second}": 1 - chance - 0.001})


def seen(*boxes):
    """Put boxes together; a text stands for as many sure digits, a space for a blank box."""
    read = []
    for item in boxes:
        read += [BLANK if d == " " else sure(d) for d in item] if isinstance(item, str) else [item]
    return FieldRead(boxes=tuple(read))


def field(name="n", **rules):
    return Field(name=name, page=1, boxes=(Rect(x=0, y=0, width=6, height=8),), **rules)


def judged(fields, sums, reads, *, threshold):
    """Judge with one threshold for values of any length."""
    return judge(fields, sums, reads, threshold=lambda _digits: threshold)
