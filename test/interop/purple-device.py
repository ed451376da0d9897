#!/usr/bin/python3
"""
A device of an account that is libpurple, the library of Pidgin and Finch, without a face: wishes come in and facts go
out, a JSON line each, as with slixmpp-device.py.

Usage: purple-device.py JID/RESOURCE HOST PORT CA-FILE, the password in DEVICE_PASSWORD.
"""
import ctypes
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
from ctypes import CFUNCTYPE, c_char_p, c_int, c_uint, c_ulong, c_void_p

purple = ctypes.CDLL("libpurple.so.0", mode=ctypes.RTLD_GLOBAL)
glib = ctypes.CDLL("libglib-2.0.so.0")
libc = ctypes.CDLL("libc.so.6")
AVAILABLE = 2

# eventloop.h: what libpurple wants of the loop, which is GLib's.
OnTime = CFUNCTYPE(c_int, c_void_p)
OnInput = CFUNCTYPE(None, c_void_p, c_int, c_int)
OnChannel = CFUNCTYPE(c_int, c_void_p, c_int, c_void_p)
TimeoutAdd = CFUNCTYPE(c_uint, c_uint, c_void_p, c_void_p)
Remove = CFUNCTYPE(c_int, c_uint)
InputAdd = CFUNCTYPE(c_uint, c_int, c_int, c_void_p, c_void_p)
READ, WRITE = 1, 2
G_IN, G_OUT, G_ERR, G_HUP = 1, 4, 8, 16


class LoopOps(ctypes.Structure):
    _fields_ = [
        ("timeout_add", TimeoutAdd),
        ("timeout_remove", Remove),
        ("input_add", InputAdd),
        ("input_remove", Remove),
        ("input_get_error", c_void_p),
        ("timeout_add_seconds", TimeoutAdd),
        ("reserved", c_void_p * 3),
    ]


def declare(library, result, **functions):
    for name, arguments in functions.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


declare(glib, c_void_p, g_main_loop_new=[c_void_p, c_int], g_io_channel_unix_new=[c_int])
declare(glib, None, g_main_loop_run=[c_void_p], g_main_loop_quit=[c_void_p], g_io_channel_unref=[c_void_p])
declare(glib, c_uint, g_timeout_add=[c_uint, c_void_p, c_void_p])
declare(glib, c_uint, g_timeout_add_seconds=[c_uint, c_void_p, c_void_p])
declare(glib, c_uint, g_io_add_watch=[c_void_p, c_int, c_void_p, c_void_p])
declare(glib, c_int, g_source_remove=[c_uint])
declare(purple, c_int, purple_core_init=[c_char_p])
declare(purple, None, purple_util_set_user_dir=[c_char_p], purple_eventloop_set_ui_ops=[c_void_p])
declare(purple, c_void_p, purple_blist_new=[], purple_account_new=[c_char_p, c_char_p], purple_xfers_get_handle=[])
declare(purple, c_void_p, purple_connections_get_handle=[], purple_account_get_connection=[c_void_p])
declare(purple, c_void_p, purple_savedstatus_new=[c_char_p, c_int])
declare(purple, None, purple_set_blist=[c_void_p], purple_account_set_password=[c_void_p, c_char_p])
declare(purple, None, purple_account_set_string=[c_void_p, c_char_p, c_char_p], purple_core_quit=[])
declare(purple, None, purple_account_set_int=[c_void_p, c_char_p, c_int], purple_savedstatus_activate=[c_void_p])
declare(purple, None, purple_account_set_enabled=[c_void_p, c_char_p, c_int], purple_accounts_add=[c_void_p])
declare(purple, None, purple_prefs_set_string=[c_char_p, c_char_p], purple_prefs_set_bool=[c_char_p, c_int])
declare(purple, c_ulong, purple_signal_connect=[c_void_p, c_char_p, c_void_p, c_void_p, c_void_p])
declare(purple, None, serv_send_file=[c_void_p, c_char_p, c_char_p])
declare(purple, None, purple_xfer_request_accepted=[c_void_p, c_char_p])
declare(purple, c_char_p, purple_xfer_get_local_filename=[c_void_p], purple_xfer_get_filename=[c_void_p])

# What C calls must not be collected.
kept = []


def callback(kind):
    def keep(function):
        made = kind(function)
        kept.append(made)
        return made

    return keep


def tell(**fact):
    print(json.dumps(fact), flush=True)


def sum_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


watching = {}


@callback(InputAdd)
def input_add(descriptor, condition, function, data):
    """As GLib calls it: a hang-up is something to read, and to write to."""
    call = OnInput(function)

    def ready(_channel, events, _data):
        said = (READ if events & (G_IN | G_HUP | G_ERR) else 0) | (WRITE if events & (G_OUT | G_HUP | G_ERR) else 0)
        call(data, descriptor, said & condition)
        return 1

    made = OnChannel(ready)
    wanted = (G_IN | G_HUP | G_ERR if condition & READ else 0) | (G_OUT | G_HUP | G_ERR if condition & WRITE else 0)
    channel = glib.g_io_channel_unix_new(descriptor)
    source = glib.g_io_add_watch(channel, wanted, made, None)
    glib.g_io_channel_unref(channel)
    watching[source] = made
    return source


@callback(Remove)
def input_remove(source):
    # What is called just now must outlive its call.
    kept.append(watching.pop(source, None))
    return glib.g_source_remove(source)


ops = LoopOps(
    TimeoutAdd(lambda ms, function, data: glib.g_timeout_add(ms, function, data)),
    Remove(glib.g_source_remove),
    input_add,
    input_remove,
    None,
    TimeoutAdd(lambda seconds, function, data: glib.g_timeout_add_seconds(seconds, function, data)),
)

jid, host, port, ca = sys.argv[1:]
home = tempfile.mkdtemp(prefix="purple-device-")
loop = glib.g_main_loop_new(None, 0)
# The certificate of the server is known already, as if a person had looked at it.
peers = os.path.join(home, "certificates", "x509", "tls_peers")
os.makedirs(peers)
for name in ("localhost", host):
    shutil.copy(ca, os.path.join(peers, name))

purple.purple_util_set_user_dir(home.encode())
purple.purple_eventloop_set_ui_ops(ctypes.byref(ops))
assert purple.purple_core_init(b"purple-device")
purple.purple_set_blist(purple.purple_blist_new())
purple.purple_prefs_set_string(b"/purple/proxy/type", b"none")
account = purple.purple_account_new(jid.encode(), b"prpl-jabber")
purple.purple_accounts_add(account)
purple.purple_account_set_password(account, os.environ["DEVICE_PASSWORD"].encode())
purple.purple_account_set_string(account, b"connect_server", host.encode())
purple.purple_account_set_int(account, b"port", int(port))
purple.purple_account_set_string(account, b"connection_security", b"require_tls")

handle = ctypes.create_string_buffer(1)
OnSignal = CFUNCTYPE(None, c_void_p, c_void_p)
OnError = CFUNCTYPE(None, c_void_p, c_int, c_char_p, c_void_p)


def connect(instance, name, function, kind=OnSignal):
    purple.purple_signal_connect(instance, name, handle, callback(kind)(function), None)


def offered(xfer, _data):
    """Everything is taken."""
    name = os.path.basename(purple.purple_xfer_get_filename(xfer).decode())
    purple.purple_xfer_request_accepted(xfer, os.path.join(home, f"came-{name}").encode())


def came(xfer, _data):
    path = purple.purple_xfer_get_local_filename(xfer).decode()
    # It is told before it is closed.
    libc.fflush(None)
    tell(event="file", sha256=sum_of(path))
    os.unlink(path)


def do_offer(to, path):
    """Sends a file; that it is there is told by an event."""
    purple.serv_send_file(purple.purple_account_get_connection(account), to.encode(), path.encode())
    return {}


def do_leave():
    glib.g_main_loop_quit(loop)
    return {}


connect(purple.purple_connections_get_handle(), b"signed-on", lambda *_: tell(event="online", jid=jid))
connect(
    purple.purple_connections_get_handle(),
    b"connection-error",
    lambda _, code, text, __: tell(event="failed", why=f"{code} {text.decode()}"),
    OnError,
)
transfers = purple.purple_xfers_get_handle()
connect(transfers, b"file-recv-request", offered)
connect(transfers, b"file-recv-complete", came)
connect(transfers, b"file-send-complete", lambda *_: tell(event="sent"))
connect(transfers, b"file-send-cancel", lambda *_: tell(event="failed", why="not sent"))
connect(transfers, b"file-recv-cancel", lambda *_: tell(event="failed", why="not taken"))


@callback(OnChannel)
def told(_channel, _events, _data):
    line = sys.stdin.buffer.raw.readline()
    if not line:
        glib.g_main_loop_quit(loop)
        return 0
    wish = json.loads(line)
    number = wish.pop("id")
    try:
        tell(answer=number, **globals()[f"do_{wish['do']}"](**wish.get("with", {})))
    except Exception as error:  # told to whoever asked
        tell(answer=number, error=f"{type(error).__name__}: {error}")
    return 1


signal.signal(signal.SIGINT, signal.SIG_DFL)
glib.g_io_add_watch(glib.g_io_channel_unix_new(0), G_IN | G_HUP, told, None)
purple.purple_account_set_enabled(account, b"purple-device", 1)
purple.purple_savedstatus_activate(purple.purple_savedstatus_new(None, AVAILABLE))
try:
    glib.g_main_loop_run(loop)
    purple.purple_core_quit()
finally:
    shutil.rmtree(home)
