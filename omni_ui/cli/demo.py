"""`omni demo`: the demo server alone, a vLLM-Omni wire without a GPU for anybody's tests."""

import click


@click.command(epilog="Example: omni demo --port 8091")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8091, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one."
)
@click.option("--latency", default=0.0, type=click.FloatRange(0), help="Seconds that each answer takes at least.")
@click.option("--api-key", help="The key that callers must send.")
def demo(host: str, port: int, latency: float, api_key: str | None) -> None:
    """Serves the demo: drawings, a synthesised voice and sounds over vLLM-Omni's HTTP API. No model is behind it."""
    try:
        from omni_ui.demo.serve import serve
    except ImportError as error:
        raise click.ClickException(f"The demo needs the package {error.name}: pip install 'omni-ui[demo]'.") from None
    serve(host=host, port=port, latency=latency, api_key=api_key)
