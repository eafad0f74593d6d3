"""Get ready to read a form: its template from disk, its blank pages, and a reader of its pages."""

from dataclasses import dataclass
from pathlib import Path

from digitd.config import Limits, Review
from digitd.model.classify import Classifier
from digitd.reader import PageReader
from digitd.values import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWork:
    """A form, who reads its pages, and the files that it is made of."""

    reader: PageReader
    form: Form
    files: tuple[Path, ...]


def prepare_form(path: Path, *, classifier: Classifier, review: Review, limits: Limits) -> FormWork:
    """Load a template and what belongs to it.

    Parameters
    ----------
    path : Path
        The template.
    classifier : Classifier
    review : Review
    limits : Limits
        Hold for its blank pages too.

    Raises
    ------
    ConfigError
        When the template, or a file that it names, cannot be used.
    """
    from digitd.form_reader import form_reader
    from digitd.formfile import load_form
    from digitd.forms.registration.prepare import prepare

    loaded = load_form(path, limits)
    template = loaded.template
    form = Form(
        name=template.form,
        id=loaded.sha12,
        fields=tuple(field.name for field in template.fields),
        unique=frozenset(field.name for field in template.fields if field.unique),
    )
    reader = form_reader(
        classifier=classifier,
        form=prepare(template, loaded.references),
        target_error=review.target_error,
        threshold=review.threshold,
    )
    return FormWork(reader=reader, form=form, files=loaded.files)
