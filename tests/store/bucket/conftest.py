import pytest

from omni_ui.store.bucket import BucketFiles
from tests.s3_server import Proxy, S3Server


@pytest.fixture(scope="session")
def s3_server():
    server = S3Server()
    try:
        yield server.wait()
    finally:
        server.stop()


@pytest.fixture
async def proxy(s3_server):
    proxy = Proxy(s3_server.port)
    await proxy.back()
    yield proxy
    proxy.away()


@pytest.fixture
async def make_files(s3_server, tmp_path):
    """Makes and opens BucketFiles; each test has a prefix of its own. All are closed at the end."""
    opened = []

    async def make(folder="one", *, proxy=None, on_remove=None, earlier=None, **changes):
        bucket = s3_server.bucket(tmp_path.name, proxy and proxy.port, **changes)
        files = BucketFiles(bucket, tmp_path / folder, on_remove, earlier=earlier)
        await files.open()
        opened.append(files)
        return files

    yield make
    for files in opened:
        await files.close()
