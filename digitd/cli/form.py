"""``digitd form``: make, look at and print templates of forms."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitd.cli.options import config_file
from digitd.errors import InputError, UsageError
from digitd.names import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

_FORCE = click.option("--force", is_flag=True, help="Write over files that are there.")


@click.group()
def form() -> None:
    """Make a template of a form, look at it over a page, print it.

    \b
    Examples, from a blank page to scored ones:
      digitd form detect blank.pdf -o exam.toml       finds the boxes, writes exam.toml and exam.preview.png
      (edit exam.toml: name the fields, delete what is no field)
      digitd form preview exam.toml scan.png -o look.png
      digitd score scans --form exam.toml --out results
    """


@form.command()
@click.argument("blank", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The template (TOML)."
)
@click.option("--filled", is_flag=True, help="The boxes are filled in; no blank page is kept as a reference.")
@click.option("--page", metavar="SIZE", help="The paper, e.g. A5 or 148x210 (mm), where the file does not say it.")
@_FORCE
@config_file
def detect(blank: Path, out: Path, filled: bool, page: str | None, force: bool, file: Path | None) -> None:
    """Find the boxes on a blank page and write a template. BLANK is an image, a TIFF or a PDF of blank pages.

    Beside the template it writes a preview with the fields numbered, and the blank pages that the template refers to.

    \b
    Example:
      digitd form detect blank.pdf -o exam.toml
    """
    from digitd.config import load_config
    from digitd.drafting import draft_form
    from digitd.forms.paper import SIZES, name_of, size_of

    limits = load_config(file).limits
    _require_file(out)
    if printable(out.name) != out.name:
        raise UsageError(
            f"-o is {printable(str(out))}, and no template can name its reference so", hint="take letters and digits"
        )
    reference = out.with_name(f"{out.stem}.blank.tiff")
    if page is not None and size_of(page) is None:
        raise UsageError(
            f"--page is {page!r}", hint=f"give {', '.join(SIZES)}, or width and height in mm, e.g. 148x210"
        )
    draft = draft_form(
        blank,
        form=_name(out),
        reference=reference.name,
        is_filled=filled,
        limits=limits,
        paper=size_of(page) if page else None,
    )
    previews = {
        out.with_name(f"{out.stem}.preview{f'-{index}' if index > 1 else ''}.png"): preview
        for index, preview in enumerate(draft.previews, start=1)
    }
    references = [reference] if draft.reference else []
    _require_free([out, *references, *previews], read=[blank], force=force)
    for path in references:
        path.write_bytes(draft.reference)
    for path, preview in previews.items():
        _write_png(path, preview)
    out.write_bytes(draft.toml.encode())  # last: where it is, all that it refers to is
    fields = draft.template.fields
    for number, field in enumerate(fields, start=1):
        first = field.boxes[0]
        where = f"page {draft.pages[field.page - 1]}, " if len(draft.pages) > 1 else ""
        click.echo(f"{number:4d}  {field.name}: {len(field.boxes)} boxes at {where}{first.x:.0f}, {first.y:.0f} mm")
    width, height = draft.size.size
    size = name_of(width, height) or f"{width:g} x {height:g} mm"
    wrong = "" if draft.size.is_certain else "; if it is another paper, run it again with --page, e.g. --page A5"
    click.echo(f"The page is {size}, {draft.size.source}{wrong}")
    click.echo(f"{len(fields)} fields in {out}; look at {', '.join(map(str, previews))}")
    click.echo(f"Next: name the fields in {out}, delete what is no field, then")
    click.echo(f"  digitd score SCANS --form {out} --out results")


@form.command()
@click.argument("template", type=click.Path(path_type=Path), metavar="FILE")
@click.argument("page", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), metavar="PNG", help="The picture.")
@_FORCE
@config_file
def preview(template: Path, page: Path, out: Path, force: bool, file: Path | None) -> None:
    """Draw a template over a page, where the page is found to be one of that form. Of a document, the first such page.

    Where no page is, it shows what was looked for and why that was not enough, and exits with 5.

    \b
    Example:
      digitd form preview exam.toml scan.pdf -o look.png
    """
    from digitd.config import load_config
    from digitd.formfile import load_form
    from digitd.formview import view_form

    _require_file(out)
    limits = load_config(file).limits
    loaded = load_form(template, limits)
    _require_free([out], read=[page, *loaded.files], force=force)
    view = view_form(loaded, page, limits)
    _write_png(out, view.picture)
    if view.why:
        raise InputError(
            f"{page} was not recognised; page {view.number}: {view.why}",
            hint=f"{out} shows that page and what was looked for",
        )
    click.echo(f"page {view.number} is page {view.form_page} of the form, found by its {view.method}: {out}")


@form.command("print")
@click.argument("template", type=click.Path(path_type=Path), metavar="FILE")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), metavar="PDF", help="The document.")
@_FORCE
@config_file
def print_(template: Path, out: Path, force: bool, file: Path | None) -> None:
    """Print a template as a PDF, with the markers that it names, to be filled in by hand.

    Where the template has a reference, its blank pages are printed with the markers on them.

    \b
    Example:
      digitd form print exam.toml -o exam.pdf
    """
    from digitd.config import load_config
    from digitd.formfile import load_form
    from digitd.forms.printed import printed_pdf

    _require_file(out)
    loaded = load_form(template, load_config(file).limits)
    _require_free([out], read=loaded.files, force=force)
    out.write_bytes(printed_pdf(loaded.template, loaded.references))
    pages = len(loaded.template.pages)
    click.echo(f"{pages} page{'s'[: pages > 1]} in {out}; print at actual size, not fitted to the paper")
    if not any(page.markers for page in loaded.template.pages):
        click.echo('without markers; write markers = "aruco4x4" into the template for faster and surer recognition')


def _name(out: Path) -> str:
    name = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "-" for letter in out.stem)
    return name.lstrip("._-")[:64] or "form"


def _require_file(out: Path) -> None:
    """Refuse what can be no name of a file to write, before any work is done for it."""
    if not out.name or out.is_dir():
        raise UsageError(f"-o is {str(out)!r}, which is a folder", hint="give the name of a file in it")


def _require_free(paths: list[Path], *, read: "Iterable[Path]", force: bool) -> None:
    """Refuse to write over what is there unless forced, and over what the command reads at all."""
    there = [str(path) for path in paths if path.exists()]
    for path in paths:
        if any(path.exists() and other.exists() and path.samefile(other) for other in read):
            raise UsageError(f"{path} is what this command reads", hint="choose another name")
    if there and not force:
        raise UsageError(f"{', '.join(there)} exists already", hint="choose another name, or give --force")


def _write_png(path: Path, pixels: "NDArray[np.uint8]") -> None:
    from digitd.annotate.png import PngEncoder

    path.write_bytes(PngEncoder().encode(pixels))
