#!/usr/bin/python3
"""
slixmpp doing what is measured, storing nothing. Usage: slixmpp-peer.py MODE PORT CA-FILE COUNT FOLDER [managed], the
password in BENCH_PASSWORD; it prints {"ready": true} when it is online, reads a line, and prints {"milliseconds": n}
when it is done. `managed`: on a stream with XEP-0198.
"""
import asyncio
import json
import logging
import os
import sys
import time

import slixmpp
from slixmpp.xmlstream import ET
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

mode, port, ca, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
managed = sys.argv[6:] == ["managed"]
MAM = "{urn:xmpp:mam:2}"
RSM = "{http://jabber.org/protocol/rsm}"
BODY = "Message number %d: the quick brown fox jumps over the lazy dog"


def tell(**fact):
    print(json.dumps(fact), flush=True)


class Peer(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__("user@localhost/slixmpp", os.environ["BENCH_PASSWORD"])
        self.got = 0
        if managed:
            self.register_plugin("xep_0198")
        self.add_event_handler("session_start", self.started)

    async def started(self, _):
        if mode == "receive":
            self.add_event_handler("message", self.received)
        if mode != "roster":
            self.send_presence()
        tell(ready=True)
        await asyncio.get_event_loop().run_in_executor(None, sys.stdin.readline)
        if mode == "archive":
            await self.timed(self.fetch)
        elif mode == "room":
            self.register_plugin("xep_0045")
            await self.timed(self.enter)
        elif mode == "send":
            await self.timed(self.send_all)
        elif mode == "roster":
            await self.timed(self.contacts)

    async def timed(self, work):
        began = time.perf_counter()
        await work()
        tell(milliseconds=(time.perf_counter() - began) * 1000)

    def received(self, message):
        if not message["body"]:
            return
        self.got += 1
        if self.got == count:
            # The server stops its clock at this.
            done = self.make_iq_get(ito="localhost")
            done["id"] = "done"
            done.append(ET.Element("{urn:xmpp:ping}ping"))
            done.send(timeout=30)

    async def send_all(self):
        for number in range(count):
            self.send_message(mto="pal@localhost", mbody=BODY % number, mtype="chat")
        ping = self.make_iq_get(ito="localhost")
        ping.append(ET.Element("{urn:xmpp:ping}ping"))
        await ping.send(timeout=120)

    async def contacts(self):
        await self.get_roster(timeout=60)
        known = len(self.client_roster)
        assert known >= count, known

    async def enter(self):
        room = slixmpp.JID("room@crowd.localhost")
        await self["xep_0045"].join_muc_wait(room, "bench", maxstanzas=0, timeout=60)
        people = len(self["xep_0045"].get_roster(room))
        assert people == count + 1, people

    async def fetch(self):
        def took(message):
            assert message.xml.find(".//{jabber:client}body").text
            self.got += 1

        self.register_handler(Callback("archived", MatchXPath("{jabber:client}message/" + MAM + "result"), took))
        after = None
        while True:
            iq = self.make_iq_set()
            query = ET.SubElement(iq.xml, MAM + "query", queryid="bench")
            page = ET.SubElement(query, RSM + "set")
            ET.SubElement(page, RSM + "max").text = "250"
            if after is not None:
                ET.SubElement(page, RSM + "after").text = after
            fin = (await iq.send(timeout=120)).xml.find(MAM + "fin")
            if fin.get("complete") == "true":
                break
            after = fin.find(".//" + RSM + "last").text
        assert self.got == count, self.got


logging.basicConfig(level=logging.ERROR)
peer = Peer()
peer.ca_certs = ca
peer.use_ipv6 = False
peer.connect(("127.0.0.1", port))
peer.loop.run_forever()
