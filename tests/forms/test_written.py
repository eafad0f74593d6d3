import tomllib

from hypothesis import given
from hypothesis import strategies as st

from digitd.forms.parse import parse_template
from digitd.forms.template import Field, FormPage, Rect, Template
from digitd.forms.written import to_toml
from tests.forms.written import EXAM, a_form

LENGTHS = st.integers(1000, 3000).map(lambda hundredths: hundredths / 100)


@st.composite
def templates(draw):
    fields = []
    for number in range(draw(st.integers(1, 5))):
        x, width, count = draw(LENGTHS), draw(st.integers(300, 900)) / 100, draw(st.integers(1, 10))
        pitch = draw(st.sampled_from([width, width + 1.25]))
        boxes = tuple(
            Rect(x=x + place * pitch, y=20.0 + 25 * number, width=width, height=8.5) for place in range(count)
        )
        fields.append(Field(name=f"f{number}", page=1, boxes=boxes, unique=draw(st.booleans())))
    return Template(form="t", pages=(FormPage(number=1, width=210.0, height=297.0),), fields=tuple(fields))


@given(templates())
def test_what_is_written_is_read_again(template):
    again = parse_template(tomllib.loads(to_toml(template)), "t.toml").template
    assert [field.name for field in again.fields] == [field.name for field in template.fields]
    for field, other in zip(template.fields, again.fields, strict=True):
        assert field.unique == other.unique
        for box, same in zip(field.boxes, other.boxes, strict=True):
            assert abs(box.x - same.x) < 0.02
            assert (abs(box.width - same.width), abs(box.y - same.y)) < (0.01, 0.01)


def test_template_of_a_person_comes_back_whole():
    assert parse_template(tomllib.loads(to_toml(a_form(EXAM))), "exam.toml").template == a_form(EXAM)


def test_notes_are_comments_before_their_fields():
    assert '# look here\n[[field]]\nname = "q1"' in to_toml(a_form(), {"q1": "look here"})
