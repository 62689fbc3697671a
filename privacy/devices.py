"""What kind of device a person holds, in two or three words: enough for a consent record, no more."""

from __future__ import annotations

_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"),
            ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip
_CONTAINERS = (("MicroMessenger", "WeChat"), ("AlipayClient", "Alipay"), ("Edg/", "Edge"),
               ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def device_family(user_agent: str) -> str:
    """`iPhone / WeChat`, `Android / Chrome`, or `unknown`."""
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    container = next((name for sign, name in _CONTAINERS if sign in user_agent), "")
    return " / ".join(filter(None, (system, container))) or "unknown"
