"""``digitd export``: rows from the ledger."""

from pathlib import Path

import click

from digitd.cli.options import config_file, outbox_folder


@click.command()
@config_file
@outbox_folder
@click.option("--from-seq", type=click.IntRange(1, 2**63 - 1), default=1, show_default=True, help="The first row.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True, help="What is printed."
)
def export(file: Path | None, outbox: Path | None, from_seq: int, form: str) -> None:
    """Print rows from the ledger, which has them all, whatever became of predictions.csv.

    Other programs can keep up by asking from the last seq they have seen plus one. digitd may run meanwhile.

    \b
    Examples:
      digitd export --outbox results --from-seq 1001
      digitd export --config /etc/digitd/digitd.toml --format jsonl
    """
    from digitd.config import load_config
    from digitd.export import export_rows

    state = load_config(file, flags={"outbox.path": outbox}).state_path
    for piece in export_rows(state, from_seq=from_seq, as_json=form == "jsonl"):
        click.echo(piece, nl=False)
