"""Moves the records into PostgreSQL: `python -m omni_ui.features.operating.move_records`.

OMNI_DATA_DIR and OMNI_DATABASE_URL say from where and to where, as for the page, which must not run meanwhile.
"""

import asyncio
import sys

from omni_ui.settings import BadSetting, load_settings
from omni_ui.store import StoreFailed


def main() -> None:
    """Prints how many rows of each table there are. A sentence and status 1 when it cannot be done."""
    try:
        settings = load_settings()
        if settings.database_url is None or settings.data_folder is None:
            sys.exit("Set OMNI_DATABASE_URL, and OMNI_DATA_DIR to the folder that has the records.")
        from omni_ui.store.migrations.move import move  # needs the packages of PostgreSQL

        file, url = settings.data_folder / "omni.sqlite3", settings.database_url.get_secret_value()
        counts = asyncio.run(move(file, url))
    except ImportError as missing:
        sys.exit(f"{missing.name} is not installed: pip install 'omni-ui[cluster]'.")
    except (BadSetting, StoreFailed) as wrong:
        sys.exit(str(wrong))
    print(", ".join(f"{table}: {count}" for table, count in counts.items()))


if __name__ == "__main__":
    main()
