#!/usr/bin/python3
"""
slixmpp sending or taking one file. Usage: slixmpp-file-peer.py take|send ibb|socks5 PORT CA-FILE FILE-OR-SIZE, the
password in BENCH_PASSWORD. It prints {"ready": true} when it is online. `send` reads a line, sends, and prints
{"milliseconds": n} when it is done; `take` prints {"sha256": "…"} when that many bytes have come. Nothing is stored.
"""
import asyncio
import hashlib
import json
import logging
import os
import sys
import time

import slixmpp

mode, way, port, ca, what = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]
TAKER = slixmpp.JID("taker@localhost/bench")
# A larger block waits 44 ms at Prosody, each.
BLOCK = 4096
CHUNK = 65536


def tell(**fact):
    print(json.dumps(fact), flush=True)


class Peer(slixmpp.ClientXMPP):
    def __init__(self):
        name = "taker" if mode == "take" else "giver"
        super().__init__(f"{name}@localhost/bench", os.environ["BENCH_PASSWORD"])
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0047", {"auto_accept": True})
        self.register_plugin("xep_0065", {"auto_accept": True})
        self.left, self.hash = 0, hashlib.sha256()
        self.add_event_handler("session_start", self.started)

    def came(self, data):
        self.left -= len(data)
        self.hash.update(data)
        if self.left == 0:
            tell(sha256=self.hash.hexdigest())

    async def started(self, _):
        self.send_presence()
        if mode == "take":
            self.left = int(what)
            self.add_event_handler("ibb_stream_data", lambda stream: self.came(stream.read()))
            self.add_event_handler("socks5_data", self.came)
            tell(ready=True)
            return
        with open(what, "rb") as file:
            data = file.read()
        tell(ready=True)
        await asyncio.get_event_loop().run_in_executor(None, sys.stdin.readline)
        began = time.perf_counter()
        await (self.in_band if way == "ibb" else self.by_proxy)(data)
        tell(milliseconds=(time.perf_counter() - began) * 1000)

    async def in_band(self, data):
        stream = await self["xep_0047"].open_stream(TAKER, block_size=BLOCK)
        await stream.sendall(data, timeout=60)
        await stream.close(timeout=60)

    async def by_proxy(self, data):
        stream = await self["xep_0065"].handshake(TAKER, timeout=30)
        for at in range(0, len(data), CHUNK):
            await stream.write(data[at : at + CHUNK])
        # Without it, Prosody's proxy may keep the last bytes back for good.
        stream.transport.close()


logging.basicConfig(level=logging.ERROR)
peer = Peer()
peer.ca_certs = ca
peer.use_ipv6 = False
peer.connect(("127.0.0.1", port))
peer.loop.run_forever()
