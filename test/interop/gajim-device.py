#!/usr/bin/python3
"""
A device of an account that is Gajim, the whole of it, on a screen that nobody sees (Xvfb): wishes come in and facts go
out, a JSON line each, as with slixmpp-device.py. What is done here is what a person would do with the mouse: a file is
chosen, an offered one is accepted, with the name that Gajim proposes. What is mended of Gajim 1.7.3 stands at the end.
It is begun as its launcher begins it, but for root too, which is who one is in many a container.

Usage: gajim-device.py JID/RESOURCE HOST PORT CA-FILE, the password in DEVICE_PASSWORD.
"""
import ctypes
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

# Gajim prints its version, and more, to standard output.
facts = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

jid, host, port, ca = sys.argv[1:]
bare, resource = jid.split("/", 1)
home = tempfile.mkdtemp(prefix="gajim-device-")
for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
    os.environ[name] = home
# It uses no session of whoever runs this: no keyring, no running Gajim, no desktop.
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "disabled:"
os.environ["NO_AT_BRIDGE"] = "1"

ACCOUNT = "device"
SET_DEATH_SIGNAL = 1
libc = ctypes.CDLL(None)
offers = []


def screen():
    """Starts an X server on the first number that is free; it ends with this process, however that ends."""
    told, number = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(number), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
        pass_fds=[number],
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: libc.prctl(SET_DEATH_SIGNAL, signal.SIGTERM),
    )
    os.close(number)
    with os.fdopen(told) as numbers:
        display = numbers.readline().strip()
    if not display:
        raise SystemExit("Xvfb did not start")
    os.environ["DISPLAY"] = f":{display}"
    return server


def free_port():
    with socket.socket() as free:
        free.bind(("", 0))
        return free.getsockname()[1]


def tell(**fact):
    print(json.dumps(fact), flush=True, file=facts)


xvfb = screen()

from gajim import gajim

# Its launcher would also have a window show what goes wrong.
gajim._check_required_deps()
gajim._set_env_vars()

import wishes
from gajim.common import app, configpaths, ged, jingle_content, jingle_ft, socks5
from gajim.common.file_props import FilesProp
from gajim.common.settings import Settings
from gajim.gtk import filetransfer
from gajim.gtk.application import GajimApplication
from gi.repository import GLib
from nbxmpp import JID
from nbxmpp.namespaces import Namespace
from nbxmpp.structs import IBBData


def prepare():
    """The settings as they would have been left by a person: the account, and the certificate that was looked at."""
    configpaths.init()
    configpaths.create_paths()
    shutil.copy(ca, configpaths.get("CERT_STORE"))
    settings = Settings()
    settings.init()
    settings.set_app_setting("use_keyring", False)
    settings.set_app_setting("file_transfers_port", free_port())
    settings.add_account(ACCOUNT)
    name, domain = bare.split("@")
    account = {
        "name": name,
        "hostname": domain,
        "resource": resource,
        "account_label": bare,
        "password": os.environ["DEVICE_PASSWORD"],
        "use_custom_host": True,
        "custom_host": host,
        "custom_port": int(port),
        "active": True,
    }
    for setting, value in account.items():
        settings.set_account_setting(ACCOUNT, setting, value)
    settings.shutdown()


def transfers():
    return app.interface.instances["file_transfers"]


def contact_of(address):
    return app.get_client(ACCOUNT).get_module("Contacts").get_contact(address)


def saved(accept, _cancel, file_name, **_):
    """In the place of the window that asks where a file is to be."""
    accept([os.path.join(home, f"came-{file_name}")])


def offered(event):
    """Everything is taken."""
    transfers().on_file_request_accepted(ACCOUNT, contact_of(event.jid), event.file_props)


def completed(event):
    if event.file_props.type_ == "s":
        tell(event="sent")
        return
    path = Path(event.file_props.file_name)
    tell(event="file", sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    path.unlink()


def failed(event):
    tell(event="failed", why=f"{event.name} {event.file_props.error}")


def offer(to, path):
    """Sends a file as soon as Gajim's menu would let one; that it is there is told by an event."""
    offers.append((JID.from_string(to), path))
    go()
    return {}


def go(*_):
    for to, path in list(offers):
        if contact_of(to).supports(Namespace.JINGLE_FILE_TRANSFER_5):
            offers.remove((to, path))
            transfers().send_file(ACCOUNT, contact_of(to.new_as_bare()), to, path)


def begun():
    handlers = {
        "signed-in": lambda _: tell(event="online", jid=jid),
        # What a contact can do, Gajim tells nobody when it has asked.
        "stanza-received": lambda _: GLib.idle_add(go),
        "file-request-received": offered,
        "file-completed": completed,
        "file-error": failed,
        "file-hash-error": failed,
        "file-request-error": failed,
        "file-send-error": failed,
    }
    for name, handler in handlers.items():
        app.ged.register_event_handler(name, ged.POSTGUI, handler)
    wishes.hear({"offer": offer}, tell, app.app.start_shutdown)


class Listener(socks5.Socks5Listener):
    """Where it waits for connections: one that comes by IPv6 it closes itself, not knowing the address again."""

    def __init__(self, *words):
        super().__init__(*words)
        self.ais = [info for info in self.ais if info[0] == socket.AF_INET]


def made(session, **more):
    """What an offer has, with its file: Gajim forgets that one has to be given, and takes none as it comes."""
    return jingle_ft.JingleFileTransfer(session, one_file(session.connection.name, session.sid), **more)


def one_file(account, sid):
    return FilesProp.getFileProp(account, sid) or new_file(account, sid)


filetransfer.FileSaveDialog = saved
socks5.Socks5Listener = Listener
jingle_content.contents[Namespace.JINGLE_FILE_TRANSFER_5] = lambda _description: made
# An in-band stream is opened and closed without what its blocks have: its library fails over that.
IBBData.__new__.__defaults__ = (None, None, None)
new_file = FilesProp.getNewFileProp
FilesProp.getNewFileProp = one_file
try:
    prepare()
    GLib.idle_add(begun)
    GajimApplication().run(["gajim"])
finally:
    xvfb.terminate()
    xvfb.wait()
    shutil.rmtree(home, ignore_errors=True)
