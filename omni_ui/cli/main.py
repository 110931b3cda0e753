"""The command `omni`: what stands before all commands, and the list of them."""

import click
from click.shell_completion import get_completion_class

from omni_ui import __version__
from omni_ui.cli.about import models, voices
from omni_ui.cli.chat import chat
from omni_ui.cli.demo import demo
from omni_ui.cli.doctor import doctor
from omni_ui.cli.listen import listen
from omni_ui.cli.media import MEDIA
from omni_ui.cli.output import Session

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=SETTINGS, epilog='Example: omni --server http://host:8091 image "a red fox" -o fox.png')
@click.option(
    "-s", "--server", envvar="OMNI_BASE_URL", default="http://127.0.0.1:8091", show_default=True,
    help="The vLLM-Omni server, also as OMNI_BASE_URL.",
)  # fmt: skip
@click.option("--api-key", envvar="OMNI_API_KEY", help="Its key, better as OMNI_API_KEY: others see a command line.")
@click.option("-m", "--model", envvar="OMNI_MODEL", help="The model to ask, where the server has several.")
@click.option("--timeout", default=1800.0, type=click.FloatRange(min=0, min_open=True), help="Seconds for one call.")
@click.option("--json", "as_json", is_flag=True, help="Print what happened as one JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on the way.")
@click.version_option(__version__, prog_name="omni")
@click.pass_context
def main(
    context: click.Context,
    server: str,
    api_key: str | None,
    model: str | None,
    timeout: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Pictures, speech, sound, video and chat from a vLLM-Omni server.

    Results go to the file of -o, to a pipe, or to a new file in this folder; all else is said on stderr.
    Exit codes: 0 done, 1 the server refused or failed, 2 wrong use, 3 nobody answers, 4 too slow.
    """
    context.obj = Session(server, api_key, model, timeout, as_json, quiet)


@main.command(epilog="Example: omni completion bash >> ~/.bashrc")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Prints the script that completes omni's commands and options in a shell."""
    shell_class = get_completion_class(shell)
    if shell_class is None:
        raise click.ClickException(f"There is no completion for {shell}.")
    click.echo(shell_class(main, {}, "omni", "_OMNI_COMPLETE").source())


for command in (*MEDIA, listen, chat, models, voices, doctor, demo):
    main.add_command(command)
