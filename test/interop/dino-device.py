#!/usr/bin/python3
"""
A device of an account that is libdino, all of Dino but its windows: wishes come in and facts go out, a JSON line each,
as with slixmpp-device.py. Nothing of it is changed: what its windows call is called here, by the names that Vala gives.

Usage: dino-device.py JID/RESOURCE HOST PORT CA-FILE, the password in DEVICE_PASSWORD.
"""
import ctypes
import glob
import hashlib
import json
import os
import shutil
import sys
import tempfile
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_size_t, c_uint16, c_ulong, c_void_p

jid, host, port, ca = sys.argv[1:]
bare, resource = jid.split("/", 1)
home = tempfile.mkdtemp(prefix="dino-device-")
# Read when it is imported.
for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
    os.environ[name] = home
for name in ("SESSION", "SYSTEM"):
    os.environ[f"DBUS_{name}_BUS_ADDRESS"] = "disabled:"

import wishes
from gi.repository import Gio, GLib

FILES = os.path.join(home, "dino", "files")
# Enumerations of Dino.
CHAT = c_int(0)
COMPLETE, FAILED = 0, 3
# Places in GResolverClass, which is part of what GIO promises.
GOBJECT_CLASS, LOOKUP_SERVICE_ASYNC, LOOKUP_SERVICE_FINISH = 136, 8, 9

(libdino,) = glob.glob("/usr/lib/*/dino-im/libdino.so.0")
libraries = [
    ctypes.CDLL(path)
    for path in (libdino, libdino.replace("libdino", "libxmpp-vala"), "libgio-2.0.so.0", "libgobject-2.0.so.0")
]
callbacks = []
# Whoever is there, by full JID, and what waits for them.
here = set()
offers = []


def tell(**fact):
    print(json.dumps(fact), flush=True)


def c(name, *kinds, gives=c_void_p):
    """A function of one of the libraries."""
    function = next(getattr(library, name) for library in libraries if hasattr(library, name))
    function.argtypes, function.restype = kinds, gives
    return function


def callback(*kinds, gives=None):
    """A function that one of the libraries calls, as long as this process lives."""

    def made(function):
        callbacks.append(CFUNCTYPE(gives, *kinds)(function))
        return callbacks[-1]

    return made


def connect(instance, signal, function):
    kinds = (c_void_p, c_char_p, c_void_p, c_void_p, c_void_p, c_int)
    c("g_signal_connect_data", *kinds, gives=c_ulong)(instance, signal, function, None, None, 0)


def value_of(instance, name, kind):
    value = kind()
    c("g_object_get", gives=None)(c_void_p(instance), c_char_p(name), byref(value), c_void_p())
    return value.value


def jid_of(text):
    made = c("xmpp_jid_new", c_char_p, c_void_p)(text.encode(), None)
    if made is None:
        raise ValueError(f"no JID: {text}")
    return made


# ---- the way to the server, which Dino asks DNS for and nobody else, and its certificate


@callback(c_void_p, c_char_p, c_void_p, c_void_p, c_void_p)
def look_up(resolver, record, cancellable, then, data):
    task = c("g_task_new", *[c_void_p] * 4)(resolver, cancellable, then, data)
    c("g_task_set_task_data", *[c_void_p] * 3)(task, int(record.startswith(b"_xmpp-client.")), None)
    c("g_task_return_boolean", c_void_p, c_int, gives=None)(task, 1)


@callback(c_void_p, c_void_p, c_void_p, gives=c_void_p)
def looked_up(_resolver, task, _error):
    if not c("g_task_get_task_data", c_void_p)(task):
        return None
    target = c("g_srv_target_new", c_char_p, *[c_uint16] * 3)(host.encode(), int(port), 0, 0)
    return c("g_list_append", c_void_p, c_void_p)(None, target)


def lead_the_way():
    resolver = c("g_resolver_get_default")()
    methods = ctypes.cast(ctypes.cast(resolver, POINTER(c_void_p))[0] + GOBJECT_CLASS, POINTER(c_void_p))
    methods[LOOKUP_SERVICE_ASYNC] = ctypes.cast(look_up, c_void_p)
    methods[LOOKUP_SERVICE_FINISH] = ctypes.cast(looked_up, c_void_p)
    Gio.TlsBackend.get_default().set_default_database(Gio.TlsFileDatabase.new(ca))


# ---- what it tells


@callback(c_void_p, c_void_p, c_void_p, c_void_p)
def negotiated(_interactor, _account, _stream, _data):
    tell(event="online", jid=jid)


@callback(c_void_p, c_void_p, c_void_p, c_void_p)
def appeared(_manager, who, _account, _data):
    full = c("xmpp_jid_to_string", c_void_p, gives=c_char_p)(who).decode()
    here.add(full)
    # It passes over the file of somebody with whom there is no conversation.
    conversation_with(full)
    send_what_waits()


@callback(c_void_p, c_void_p, c_void_p)
def changed(transfer, _spec, _data):
    state = value_of(transfer, b"state", c_int)
    if state == FAILED:
        tell(event="failed", why="not taken")
    elif state == COMPLETE:
        path = os.path.join(FILES, value_of(transfer, b"path", c_char_p).decode())
        with open(path, "rb") as file:
            tell(event="file", sha256=hashlib.sha256(file.read()).hexdigest())
        os.unlink(path)


@callback(c_void_p, c_void_p, c_void_p, c_void_p)
def offered(_manager, transfer, _conversation, _data):
    """It takes what is small and of contacts, unasked, and tells here what it sends too."""
    if value_of(transfer, b"direction", c_int) == 0:
        connect(c("g_object_ref", c_void_p)(transfer), b"notify::state", changed)


# ---- what it is told


def module(name):
    identity = c_void_p.in_dll(libraries[0], f"dino_{name}_IDENTITY")
    kind = c(f"dino_{name}_get_type", gives=c_size_t)()
    kinds = (c_void_p, c_size_t, c_void_p, c_void_p, c_void_p)
    return c("dino_stream_interactor_get_module", *kinds)(interactor, kind, None, None, identity)


def conversation_with(full):
    create = c("dino_conversation_manager_create_conversation", *[c_void_p] * 4)
    return create(module("conversation_manager"), jid_of(full.split("/")[0]), account, byref(CHAT))


def offer(to, path):
    """Sends a file as soon as the contact is there; that it is there is told by an event."""
    offers.append((to, path))
    send_what_waits()
    return {}


def send_what_waits():
    for to, path in [waiting for waiting in offers if waiting[0] in here]:
        offers.remove((to, path))
        file = c("g_file_new_for_path", c_char_p)(path.encode())
        send = c("dino_file_manager_send_file", *[c_void_p] * 5, gives=None)
        send(module("file_manager"), file, conversation_with(to), None, None)


loop = GLib.MainLoop()
try:
    lead_the_way()
    os.mkdir(os.path.dirname(FILES))
    database = c("dino_database_new", c_char_p, c_void_p)(f"{home}/dino/dino.db".encode(), None)
    interactor = c("dino_stream_interactor_new", c_void_p)(database)
    # In the order of its own; what is for windows alone is left out.
    for name in (
        *("message_processor", "message_storage", "presence_manager", "counterpart_interaction_manager"),
        *("blocking_manager", "conversation_manager", "muc_manager", "avatar_manager", "roster_manager"),
        *("file_manager", "calls", "call_store", "content_item_store", "entity_info", "file_transfer_storage"),
    ):
        # Who wants no database passes over it.
        c(f"dino_{name}_start", c_void_p, c_void_p, gives=None)(interactor, database)
    new_account = c("dino_entities_account_new", c_void_p, c_char_p, c_char_p, c_char_p)
    account = new_account(jid_of(bare), resource.encode(), os.environ["DEVICE_PASSWORD"].encode(), None)
    c("dino_entities_account_persist", c_void_p, c_void_p, gives=None)(account, database)
    connect(interactor, b"stream-negotiated", negotiated)
    connect(module("presence_manager"), b"show-received", appeared)
    connect(module("file_manager"), b"received-file", offered)
    c("dino_stream_interactor_connect_account", c_void_p, c_void_p, gives=None)(interactor, account)
    wishes.hear({"offer": offer}, tell, loop.quit)
    loop.run()
finally:
    shutil.rmtree(home, ignore_errors=True)
