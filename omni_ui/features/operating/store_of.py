"""The store that the settings ask for; the packages of the second kind of database are imported then and not before."""

from omni_ui.settings import BadSetting, Settings
from omni_ui.store import Store


def store_of(settings: Settings) -> Store:
    """Not open yet. BadSetting when a package is missing."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    try:
        return Store(settings.data_folder, url, settings.bucket)
    except ImportError as missing:
        raise BadSetting(
            f"OMNI_DATABASE_URL needs {missing.name}, which is not installed: pip install omni-ui[cluster]."
        ) from None
