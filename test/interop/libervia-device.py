#!/usr/bin/python3
"""
A device of an account that is Libervia (formerly Salut à Toi), its backend without a frontend: wishes come in and facts
go out, a JSON line each, as with slixmpp-device.py. What it would tell a frontend over D-Bus, it tells here.

Usage: libervia-device.py JID/RESOURCE HOST PORT CA-FILE, the password in DEVICE_PASSWORD. It does not look at the
certificate: it has no way of being told of one.
"""
import base64
import hashlib
import json
import os
import shutil
import sys
import tempfile
import types
from pathlib import Path

# It writes its log to standard output.
facts = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

jid, host, port, _ca = sys.argv[1:]
home = tempfile.mkdtemp(prefix="libervia-device-")
# Read when it is imported.
for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
    os.environ[name] = home
Path(home, "sat.conf").write_text(f"[DEFAULT]\nlocal_dir = {home}/local\nmedia_dir = {home}/media\n")
os.chdir(home)
sys.path.insert(0, "/usr/share/libervia")

from twisted.internet import asyncioreactor

asyncioreactor.install()

from sat.core import sat_main
from sat.core.constants import Const as C
from sat.tools.common import dynamic_import
from twisted.internet import defer, reactor, stdio
from twisted.protocols.basic import LineReceiver
from twisted.words.protocols.jabber.jid import JID

PROFILE = "device"
PASSWORD = os.environ["DEVICE_PASSWORD"]
arriving = {}


def tell(**fact):
    print(json.dumps(fact), flush=True, file=facts)


def sum_of(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


class Bridge:
    """What a frontend would hear."""

    def register_method(self, name, method):
        pass

    def addMethod(self, *_, **__):
        pass

    def addSignal(self, *_, **__):
        pass

    def progressFinished(self, number, _metadata, _profile):
        path = arriving.pop(number, None)
        if path is None:
            tell(event="sent")
        else:
            tell(event="file", sha256=sum_of(path))
            os.unlink(path)

    def progressError(self, number, why, _profile):
        tell(event="failed", why=f"{arriving.pop(number, 'sending')}: {why}")

    def __getattr__(self, name):
        if name == "postInit":
            raise AttributeError(name)
        return lambda *_, **__: None


dynamic_import.bridge = lambda *_: types.SimpleNamespace(Bridge=Bridge)
backend = sat_main.SAT()


def taken(client, _peer, transfer, file, as_stream):
    """Everything is taken, unasked."""
    path = os.path.join(home, f"came-{file['progress_id']}")
    arriving[file["progress_id"]] = path
    file["file_path"] = path
    backend.plugins["FILE"].openFileWrite(client, path, transfer, file, as_stream)
    return False, True


async def do_offer(to, path):
    """Sends a file; that it is there is told by an event."""
    client = backend.getClient(PROFILE)
    sending = backend.plugins["XEP-0234"].fileSend(client, JID(to), path, os.path.basename(path), None)
    defer.ensureDeferred(sending).addErrback(lambda failure: tell(event="failed", why=failure.getTraceback()))
    return {}


class Sums:
    """Sums in Base64 as XEP-0300 §2 has them: of their bytes, not of their digits."""

    @staticmethod
    def b64encode(digits):
        return base64.b64encode(bytes.fromhex(digits.decode()))

    @staticmethod
    def b64decode(text):
        return base64.b64decode(text).hex().encode()


class Wishes(LineReceiver):
    delimiter = b"\n"

    def lineReceived(self, line):
        defer.ensureDeferred(self.granted(json.loads(line)))

    async def granted(self, wish):
        try:
            tell(answer=wish["id"], **await globals()[f"do_{wish['do']}"](**wish.get("with", {})))
        except Exception as error:  # told to whoever asked
            tell(answer=wish["id"], error=f"{type(error).__name__}: {error}")

    def connectionLost(self, _reason=None):
        if reactor.running:
            reactor.stop()


async def come():
    backend.startService()
    await backend.initialised
    await defer.maybeDeferred(backend.memory.createProfile, PROFILE, "", "")
    await defer.maybeDeferred(backend.memory.startSession, "", PROFILE)
    settings = {
        "JabberID": jid,
        "Password": PASSWORD,
        C.FORCE_SERVER_PARAM: host,
        C.FORCE_PORT_PARAM: port,
        "check_certificate": C.BOOL_FALSE,
    }
    for name, value in settings.items():
        await defer.maybeDeferred(
            backend.memory.setParam, name, value, "Connection", C.NO_SECURITY_LIMIT, PROFILE
        )
    sys.modules[type(backend.plugins["XEP-0300"]).__module__].base64 = Sums
    # It would ask a person whether it may ask a web site.
    backend.plugins["IP"].getExternalIP = lambda _client: defer.succeed(None)
    backend.plugins["IP"].getLocalIPs = lambda _client: defer.succeed(["127.0.0.1"])
    backend.trigger.add("FILE_getDestDir", taken)
    await backend.connect(PROFILE)
    tell(event="online", jid=backend.getClient(PROFILE).jid.full())


def failed(failure):
    failure.printTraceback(sys.stderr)
    reactor.stop()


def start():
    stdio.StandardIO(Wishes())
    defer.ensureDeferred(come()).addErrback(failed)


reactor.callWhenRunning(start)
try:
    reactor.run()
finally:
    shutil.rmtree(home, ignore_errors=True)
