"""Wishes to a device whose main loop is GLib's: JSON lines on standard input, each answered by one."""
import json
import sys
import threading

from gi.repository import GLib


def hear(wishes, tell, over):
    """`wishes`: what may be wished for, by name, each a function that gives the answer. `over`: when no more comes."""

    def granted(line):
        wish = json.loads(line)
        try:
            tell(answer=wish["id"], **wishes[wish["do"]](**wish.get("with", {})))
        except Exception as error:  # told to whoever asked
            tell(answer=wish["id"], error=f"{type(error).__name__}: {error}")

    def read():
        for line in sys.stdin:
            GLib.idle_add(granted, line)
        GLib.idle_add(over)

    threading.Thread(target=read, daemon=True).start()
