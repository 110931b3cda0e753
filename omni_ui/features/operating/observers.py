"""Metrics where the host asks for them; their package is imported then and not before."""

from fastapi import APIRouter

from omni_ui.core.backends import Backends
from omni_ui.features.operating.counted import Counted
from omni_ui.settings import BadSetting, Settings


def metrics_for(settings: Settings, backends: Backends, sessions: Counted, jobs: Counted) -> APIRouter | None:
    """The route of the metrics, which count all runs from now on; None without OMNI_METRICS_TOKEN. BadSetting."""
    if settings.metrics_token is None:
        return None
    try:
        from omni_ui.features.operating.metrics import Gauges, Metrics, metrics_routes
    except ImportError as missing:
        raise BadSetting(
            f"OMNI_METRICS_TOKEN needs {missing.name}, which is not installed: pip install omni-ui[operating]."
        ) from None
    metrics = Metrics(Gauges(backends, sessions, jobs))
    backends.reports.observers.append(metrics)
    return metrics_routes(metrics, settings.metrics_token.get_secret_value())
