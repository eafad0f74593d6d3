"""Six forms as offices have them: with markers and without, boxes apart and adjoining, borders black and pale."""

from digitd.forms.template import SumRule, Template
from tests.forms.simulation.layout import A4, LETTER, Layout, comb, sheet

QUESTIONS = tuple(f"q{number}" for number in range(1, 9))
ROUTES = frozenset(str(number) for number in (4107, 4112, 4119, 4203, 4218, 4226, 4301, 4315, 4404, 4417, 4429, 4508))
WARDS = (
    "Elm Park",
    "Harbour",
    "Old Town",
    "Station",
    "Mill Lane",
    "Castle",
    "Northgate",
    "Riverside",
    "Docks",
    "Heath",
)


def layouts() -> tuple[Layout, ...]:
    return (exam(), meter(), clinic(), tally(), census(), bare())


def exam() -> Layout:
    """Boxes apart, markers, a number with check digit, points and their sum."""
    marks = tuple(
        comb(name, 150, 68 + 12 * row, 2, size=(7, 9), pitch=8.4, range=(0, 20)) for row, name in enumerate(QUESTIONS)
    )
    fields = (
        comb("student_id", 112, 38, 9, pitch=7.5, check="luhn"),
        *marks,
        comb("total", 141.6, 168, 3, size=(7, 9), pitch=8.4, range=(0, 160)),
    )
    template = Template(
        form="exam", pages=(sheet(1, A4, 0),), fields=fields, rules=(SumRule(parts=QUESTIONS, total="total"),)
    )
    return Layout(template=template, art=_exam_art)


def _exam_art(press, _number, template):
    press.words(105, 15, "Northfield Institute of Technology", 4.6, face="Sans-Bold", anchor="ms")
    press.words(105, 22, "Final examination: Thermodynamics II", 3.8, anchor="ms")
    press.logo(24, 28, 17)
    press.words(46, 38, "Name", 3)
    press.rule(46, 46, 56)
    first = template.fields[0].boxes[0]
    press.words(first.x, first.y - 2, "Student number", 3)
    for row, question in enumerate(template.fields[1:9]):
        box = question.boxes[0]
        topics = ("First law", "Carnot cycle", "Entropy", "Ideal gas", "Phase change", "Mixtures", "Heat pump", "Essay")
        press.words(30, box.y + 6, f"Question {row + 1}", 3.4, face="Sans-Bold")
        press.words(62, box.y + 6, topics[row], 3.4)
        press.words(box.x + 18, box.y + 6, "/ 20", 3)
        press.rule(28, box.y + 10.5, 148, mm=0.12, grey=120)
    total = template.fields[9].boxes[0]
    press.words(30, total.y + 6, "Total", 4, face="Sans-Bold")
    press.frame(28, 188, 154, 62)
    press.words(32, 195, "Instructions", 3.2, face="Sans-Bold")
    rules = (
        "Write one digit in each box with a dark pen. Do not cross the borders of the boxes.",
        "You have three hours. A calculator without memory and one sheet of notes are allowed.",
        "Begin each question on a new page and write your number on every page you hand in.",
        "Answers without a derivation give no points. State the units of every result.",
        "Anybody who disturbs the examination may be asked to leave the room.",
        "The marks of this page are entered by the examiner and checked by a second person.",
    )
    press.lines(32, 202, rules)
    press.words(105, 282, "Northfield IT  -  Registrar's form 27 B  -  page 1 of 1", 2.4, anchor="ms")


def meter() -> Layout:
    """Adjoining combs and no markers: a card as a utility sends out."""
    size = (5.6, 7.4)
    fields = (
        comb("customer", 70, 52, 10, size=size, check="luhn"),
        comb("route", 70, 66, 4, size=size, allowed=ROUTES),
        comb("date", 132, 66, 8, size=size, pattern=r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])20\d\d"),
        comb("day_reading", 70, 100, 6, size=size, range=(0, 999999)),
        comb("night_reading", 70, 113, 6, size=size, range=(0, 999999)),
        comb("gas_reading", 70, 126, 5, size=size, range=(0, 99999)),
        comb("water_reading", 70, 139, 5, size=size, range=(0, 99999)),
        comb("meter_number", 132, 100, 9, size=size),
        comb("persons", 132, 126, 2, size=size, range=(1, 30)),
        comb("rooms", 170, 126, 2, size=size, range=(1, 40)),
    )
    template = Template(form="meter", pages=(sheet(1, A4),), fields=fields)
    dates = {"date": lambda rng: f"{rng.integers(1, 29):02}{rng.integers(1, 13):02}20{rng.integers(10, 30)}"}
    return Layout(template=template, art=_meter_art, border_mm=0.25, makers=dates)


def _meter_art(press, _number, template):
    press.bar(15, 14, 195, 30, grey=40)
    press.logo(16, 35, 12)
    press.words(32, 40, "Lowland Light & Water Company", 4.4, face="Serif-Bold")
    press.words(32, 45, "P.O. Box 1180, Ferry Road 12, Kilbride", 2.8, face="Serif")
    for form_field in template.fields:
        box = form_field.boxes[0]
        label = form_field.name.replace("_", " ").capitalize()
        beside = box.x < 100
        press.words(20 if beside else box.x, box.y + 5 if beside else box.y - 1.5, label, 3, face="Serif")
    press.words(20, 92, "Readings", 4, face="Serif-Bold")
    press.rule(15, 94.5, 110, mm=0.5)
    press.words(132, 92, "Household", 4, face="Serif-Bold")
    letter = (
        "Dear customer, please read your meters in the first week of the month and write down all digits before",
        "the comma, leading zeros included. Send the card back in the envelope that came with it, or give it to",
        "our reader. If we do not hear from you we have to estimate what you used from the year before, which",
        "may be more than you like. Questions? Our desk is open on weekdays from eight to half past five.",
    )
    press.lines(20, 164, letter, 2.8, face="Serif")
    press.grid(20, 190, (50, 40, 40, 40), (8,) * 6)
    heads = ("Tariff", "Day", "Night", "Standing")
    for row, name in enumerate(("", "Household", "Farm", "Workshop", "Street lights", "Others")):
        press.words(22, 195.5 + 8 * row, name or heads[0], 2.8, face="Serif" if name else "Serif-Bold")
        for column in range(3):
            cell = f"{0.1 * (row + 2) + 0.037 * column:.3f}" if name else heads[column + 1]
            press.words(74 + 40 * column, 195.5 + 8 * row, cell, 2.8, face="Serif")
    press.words(20, 262, "Signature", 3, face="Serif")
    press.rule(40, 262, 70)


def clinic() -> Layout:
    """Letter paper, markers, boxes apart with borders so pale that a scanner nearly drops them."""
    size, pitch = (7, 8), 8.5
    names = ("pulse", "systolic", "diastolic", "weight", "height", "glucose", "temperature", "saturation", "visits")
    fields = (
        comb("patient", 90, 46, 8, size=size, pitch=pitch, check="luhn"),
        *(
            comb(f"{name}_{column + 1}", 90 + 48 * column, 76 + 15 * row, 3, size=size, pitch=pitch, range=(0, 400))
            for row, name in enumerate(names)
            for column in range(2)
        ),
    )
    template = Template(form="clinic", pages=(sheet(1, LETTER, 4),), fields=fields)
    return Layout(template=template, art=_clinic_art, border_grey=195, border_mm=0.4)


def _clinic_art(press, _number, template):
    press.words(108, 16, "ST. BRIDE'S DAY CLINIC", 5, face="Sans-Bold", anchor="ms")
    press.words(108, 23, "Follow-up record", 4, anchor="ms")
    press.words(28, 52, "Patient number", 3.4)
    for column in range(2):
        press.words(90 + 48 * column, 70, f"{('First', 'Second')[column]} visit", 3, face="Sans-Bold")
    for form_field in template.fields[1::2]:
        box = form_field.boxes[0]
        press.words(28, box.y + 5.5, form_field.name[:-2].capitalize(), 3.4)
        press.rule(28, box.y + 11.5, 155, mm=0.1, grey=150)
    press.words(28, 226, "Remarks", 3.2)
    for row in range(4):
        press.rule(28, 234 + 8 * row, 160, mm=0.15, grey=90)


def tally() -> Layout:
    """A dense table of adjoining boxes with column totals, and no markers."""
    columns, size = ("valid", "invalid", "spoilt"), (6.2, 7)
    fields = [
        comb(f"{column}_{row + 1}", 72 + 40 * place, 62 + 9 * row, 3, size=size, range=(0, 999))
        for row in range(len(WARDS))
        for place, column in enumerate(columns)
    ]
    fields += [comb(f"{column}_total", 65.8 + 40 * place, 153.5, 4, size=size) for place, column in enumerate(columns)]
    rules = tuple(
        SumRule(parts=tuple(f"{column}_{row + 1}" for row in range(len(WARDS))), total=f"{column}_total")
        for column in columns
    )
    template = Template(form="tally", pages=(sheet(1, A4),), fields=tuple(fields), rules=rules)
    return Layout(template=template, art=_tally_art, border_mm=0.28)


def _tally_art(press, _number, template):
    press.words(105, 20, "RETURN OF BALLOTS COUNTED", 5.5, face="Sans-Bold", anchor="ms")
    press.words(105, 27, "to be completed in ink by the presiding officer and one witness", 3, anchor="ms")
    press.logo(16, 12, 19)
    press.logo(176, 12, 16, grey=110)
    press.words(20, 42, "District: Kilbride North", 3.2)
    press.words(120, 42, "Hall: Assembly Rooms, Ferry Road", 3.2)
    first = template.fields[0].boxes[0]
    left, top = first.x - 54, first.y - 10
    press.grid(left, top, (46, 40, 40, 40), (9, *(9,) * len(WARDS), 12))
    for place, head in enumerate(("Ward", "Valid", "Invalid", "Spoilt")):
        press.words(left + 3 + (43 + 40 * (place - 1) + 6 if place else 0), top + 6, head, 3.2, face="Sans-Bold")
    for row, ward in enumerate(WARDS):
        press.words(left + 3, top + 15 + 9 * row, ward, 3.2)
    press.words(left + 3, top + 16.5 + 9 * len(WARDS), "Total", 3.4, face="Sans-Bold")
    oath = (
        "We declare that the ballots were counted twice in the presence of all who wished to watch, that the",
        "totals above are those of both counts, and that the boxes were found sealed and were sealed again.",
        "Ballots on which the wish of the voter cannot be told are invalid; ballots damaged in printing, or given",
        "back before they were cast, are spoilt, and are neither valid nor invalid.",
    )
    press.lines(20, 190, oath, 2.9)
    for place, who in enumerate(("Presiding officer", "Witness", "Received by")):
        press.rule(20 + 60 * place, 236, 50)
        press.words(20 + 60 * place, 240, who, 2.6)
    press.words(190, 285, "Form R7 (rev. 3)", 2.4, anchor="rs")


def census() -> Layout:
    """Two pages without markers that look alike, on which only features tell which is which."""
    size = (5.4, 7.2)
    front = (
        comb("household", 120, 40, 8, size=size, check="luhn"),
        *(comb(f"person_{row + 1}_year", 120, 66 + 14 * row, 4, size=size, range=(1900, 2026)) for row in range(8)),
        *(comb(f"person_{row + 1}_school", 160, 66 + 14 * row, 2, size=size, range=(0, 25)) for row in range(8)),
    )
    crops = ("maize", "beans", "cassava", "millet", "rice", "sorghum")
    back = (
        *(comb(f"{crop}_area", 84, 60 + 13 * row, 3, size=size, page=2) for row, crop in enumerate(crops)),
        *(comb(f"{crop}_sacks", 130, 60 + 13 * row, 4, size=size, page=2) for row, crop in enumerate(crops)),
        comb("area_total", 78.6, 139, 4, size=size, page=2),
        comb("enumerator", 130, 200, 6, size=size, page=2),
    )
    parts = tuple(f"{crop}_area" for crop in crops)
    template = Template(
        form="census",
        pages=(sheet(1, A4), sheet(2, A4)),
        fields=(*front, *back),
        rules=(SumRule(parts=parts, total="area_total"),),
    )
    return Layout(template=template, art=_census_art, border_grey=70, border_mm=0.25)


def _census_art(press, number, template):
    press.logo(15, 12, 14, grey=90)
    press.words(34, 19, "Bureau of Rural Statistics", 4.4, face="Serif-Bold")
    press.words(34, 25, "Household questionnaire, dry season round", 3.2, face="Serif")
    press.words(195, 19, f"{number} / 2", 4, face="Serif", anchor="rs")
    press.rule(15, 30, 180, mm=0.6)
    (_census_front if number == 1 else _census_back)(press, template)
    press.words(105, 287, "What you tell us is kept secret by law (Act 14 of 1998, section 9).", 2.6, anchor="ms")


def _census_front(press, template):
    press.words(20, 45, "A. Number of the household, from the list", 3.2, face="Serif")
    press.words(20, 57, "B. Persons who slept here last night", 3.2, face="Serif")
    press.words(120, 63, "born in", 2.8, face="Serif")
    press.words(160, 63, "years at school", 2.8, face="Serif")
    for row, year in enumerate(template.fields_of(1)[1:9]):
        y = year.boxes[0].y
        press.words(20, y + 5.2, f"{row + 1}.", 3, face="Serif")
        press.rule(28, y + 6, 82, mm=0.15)
    notes = (
        "Begin with the head of the household, then the spouse, then children from the oldest to the youngest,",
        "then other relatives, then guests. A person who is away for less than six months counts as living here.",
        "Where nobody knows the year of birth, ask for an event that the family remembers, and use the table",
        "of events in your handbook. Never leave the year empty for a child under five.",
    )
    press.lines(20, 196, notes, 2.8, face="Serif")
    press.frame(15, 220, 180, 48, mm=0.2)
    press.words(19, 226, "Notes of the enumerator", 2.8, face="Serif-Italic")


def _census_back(press, template):
    press.words(20, 42, "C. Fields and harvest of the last twelve months", 3.2, face="Serif")
    press.words(84, 56, "acres", 2.8, face="Serif")
    press.words(130, 56, "sacks of 50 kg", 2.8, face="Serif")
    press.grid(15, 50, (55, 40, 60), (8, *(13,) * 6, 13), grey=60)
    for area in template.fields_of(2)[:6]:
        press.words(20, area.boxes[0].y + 5, area.name.partition("_")[0].capitalize(), 3.2, face="Serif")
    press.words(20, 144, "All fields", 3.2, face="Serif-Bold")
    press.words(20, 205, "D. Number of the enumerator", 3.2, face="Serif")
    press.lines(20, 164, ("Count fields that were sown, whoever owns them. Half an acre counts as one.",), 2.8)
    for row in range(5):
        press.rule(15, 222 + 11 * row, 180, mm=0.15, grey=100)


def bare() -> Layout:
    """Hardly anything but boxes, and no markers."""
    counts = (7, 4, 4, 5, 3, 6, 2)
    fields = tuple(
        comb(f"line_{row + 1}", 40 + 11 * (row % 3), 44 + 24 * row, count, size=(8, 10), pitch=9.5 if row % 2 else 0)
        for row, count in enumerate(counts)
    )
    template = Template(form="bare", pages=(sheet(1, A4),), fields=fields)
    return Layout(template=template, art=_bare_art, border_mm=0.35)


def _bare_art(press, _number, _template):
    press.words(40, 30, "Stock", 5, face="Sans-Bold")
