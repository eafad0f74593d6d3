"""Get ready to read a form: its template from disk, its blank pages, and a reader of its pages."""

from dataclasses import dataclass
from pathlib import Path

from digitd.config import Limits, Review
from digitd.errors import ConfigError
from digitd.model.classify import Classifier
from digitd.pagerows import doubled_column
from digitd.reader import PageReader
from digitd.values import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWork:
    """A form, and who reads its pages."""

    reader: PageReader
    form: Form


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
    refuse_doubled_columns(path, form)
    reader = form_reader(
        classifier=classifier,
        form=prepare(template, loaded.references),
        target_error=review.target_error,
        threshold=review.threshold,
    )
    return FormWork(reader=reader, form=form)


def refuse_doubled_columns(path: Path, form: Form) -> None:
    """Refuse names of fields that would make a column of ``forms/<form>.csv`` twice.

    Raises
    ------
    ConfigError
    """
    if column := doubled_column(form.fields):
        raise ConfigError(
            f"{path}: its fields would make the column {column!r} of forms/{form.name}.csv twice",
            hint="give the field another name",
        )
