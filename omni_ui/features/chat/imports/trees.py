"""Conversations kept as a tree, with every edited question and retried answer: the branch that was open last.

ChatGPT's and DeepSeek's `mapping` (chatgpt-export-parser, docs/chatgpt-data-export-format.md), Open WebUI's `history`.
"""

MOST_NODES = 100_000
"""Messages of a tree that are looked at."""


def _branch(nodes: dict[str, object], last: object, parent: str) -> list[dict[str, object]]:
    """The nodes of a tree from its root to the last one."""
    branch: list[dict[str, object]] = []
    seen: set[str] = set()
    while isinstance(last, str) and last not in seen and len(branch) < MOST_NODES:
        seen.add(last)
        node = nodes.get(last)
        if not isinstance(node, dict):
            break
        branch.append(node)
        last = node.get(parent)
    return branch[::-1]


def tree_of_chatgpt(body: dict[str, object]) -> list[object]:
    nodes = body.get("mapping")
    if not isinstance(nodes, dict) or not nodes:
        return []
    last = body.get("current_node")
    branch = _branch(nodes, last if isinstance(last, str) and last in nodes else [*nodes][-1], "parent")
    return [message for node in branch if (message := _of_chatgpt(node.get("message")))]


def _of_chatgpt(message: object) -> object:
    """A message; None for what ChatGPT itself does not show. DeepSeek exports the same tree with `fragments`."""
    if isinstance(message, dict) and isinstance(message.get("fragments"), list):
        return _of_fragments(message["fragments"])
    if not isinstance(message, dict) or not isinstance(message.get("content"), dict):
        return None
    content, metadata = message["content"], message.get("metadata")
    author = message.get("author")
    role = author.get("role") if isinstance(author, dict) else None
    if isinstance(metadata, dict) and metadata.get("is_visually_hidden_from_conversation"):
        return None
    if content.get("content_type") == "reasoning_recap" or (role == "system" and not any(_parts(content))):
        return None
    if role == "assistant" and message.get("recipient") not in (None, "all"):
        return {"role": "assistant", "content": None, "tool_calls": True}
    if content.get("content_type") == "thoughts":
        return {"role": "assistant", "reasoning": content.get("thoughts")}
    return {"role": role, "content": content if "parts" not in content else _parts(content)}


def _of_fragments(fragments: list[object]) -> object:
    held = [fragment for fragment in fragments if isinstance(fragment, dict)]
    asked = any(fragment.get("type") == "REQUEST" for fragment in held)
    parts = [
        {"type": "thinking" if fragment.get("type") == "THINK" else "text", "text": fragment.get("content")}
        for fragment in held
    ]
    return {"role": "user" if asked else "assistant", "content": parts}


def _parts(content: dict[str, object]) -> list[object]:
    parts = content.get("parts")
    return [part for part in parts if part] if isinstance(parts, list) else []


def tree_of_open_webui(body: dict[str, object]) -> list[object]:
    history = body.get("history")
    nodes = history.get("messages") if isinstance(history, dict) else None
    if not isinstance(history, dict) or not isinstance(nodes, dict):
        return []
    return list(_branch(nodes, history.get("currentId"), "parentId"))
