"""Python with websockets: a video that is read while it is made, and changed meanwhile."""

from textwrap import indent

from omni_ui.features.snippets import literals
from omni_ui.features.snippets.plan import Plan
from omni_ui.features.snippets.python_httpx import READ_FILE, address, literal

NEEDS = "# Needs: pip install websockets"
LARGEST = 16 * 2**20
"""Bytes of a frame, as the server's own limit (WIRE.md 14)."""

RECEIVE = """    made = 0.0
    with open("{stem}.{suffix}", "wb") as file:
        for message in socket:
            if isinstance(message, bytes):
                file.write(message)
                continue
            event = json.loads(message)
            if event["type"] == "error" and "event_id" not in event:
                sys.exit(event["message"])
            if event["type"] == "session.done":
                break
            if event["type"] == "video.chunk_metadata" and event["num_frames"]:
                length = event["num_frames"] / {rate}
                made += length
                while later and later[0][0] < made + length:
                    socket.send(json.dumps(later.pop(0)[1]))
"""


def write(plan: Plan) -> str:
    names = ["base64"] if plan.refs else []
    imports = "".join(f"import {name}\n" for name in sorted([*names, "json", "os", "sys"]))
    helper = READ_FILE + "\n\n" if plan.refs else "\n"
    rate = plan.json.get("fps") or 24
    receive = RECEIVE.replace("{stem}", plan.stem).replace("{suffix}", plan.suffix).replace("{rate}", f"{rate:g}")
    later = literals.python([[second, message] for second, message in plan.call.later], _no_file)
    return (
        f"{NEEDS}\n{imports}\nfrom websockets.sync.client import connect\n{helper}"
        f"base_url = {address(plan)}\n"
        'key = os.environ.get("OMNI_API_KEY")\n'
        'headers = {"Authorization": f"Bearer {key}"} if key else {}\n'
        f'address = base_url.replace("http", "ws", 1) + "{plan.call.path}"\n\n'
        f"start = {literal(plan, plan.json, 0)}\n"
        "# What changes when the video has come to a second of it.\n"
        f"later = {later}\n\n"
        f"with connect(address, additional_headers=headers, max_size={LARGEST}) as socket:\n"
        + indent("socket.send(json.dumps(start))\n", "    ")
        + receive
    )


def _no_file(ref: object) -> str:
    raise TypeError("A change of a video holds no file.")
