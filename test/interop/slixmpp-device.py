#!/usr/bin/python3
"""
A device of an account, made of slixmpp and its plugins: wishes come in and facts go out, a JSON line each.

Usage: slixmpp-device.py JID/RESOURCE HOST PORT CA-FILE, the password in DEVICE_PASSWORD. A wish is {"id": 1, "do":
NAME, ...}; its answer {"answer": 1, ...}. Everything else is {"event": NAME, ...}.
"""
import asyncio
import hashlib
import json
import logging
import os
import sys

import slixmpp
from slixmpp.plugins.xep_0184.stanza import Received as Receipt
from slixmpp.xmlstream import ET
from slixmpp.xmlstream.handler import CoroutineCallback
from slixmpp.xmlstream.matcher import StanzaPath

# How a stream is made: it takes what it was agreed upon by itself.
STREAMS = {"xep_0047": {"auto_accept": True}, "xep_0065": {"auto_accept": True}}
PLUGINS = (20, 95, 96, 30, 45, 85, 115, 184, 199, 203, 280, 297, 308, 313, 333, 334, 359, 421, 424, 444)
INVITE = "{http://jabber.org/protocol/muc#user}x/{http://jabber.org/protocol/muc#user}invite"
RETRACT = "{urn:xmpp:message-retract:0}retract"


def tell(**fact):
    print(json.dumps(fact), flush=True)


def facts(message):
    """What a message says, whichever way it came."""
    xml = message.xml
    find = lambda name: xml.find(name)
    attribute = lambda name: None if find(name) is None else find(name).get("id")
    return {
        "from": str(message["from"]),
        "to": str(message["to"]),
        "type": message["type"],
        "id": message["id"],
        "body": message["body"] or None,
        "subject": message["subject"] or None,
        "invitation": None if find(INVITE) is None else find(INVITE).get("from"),
        "replaces": attribute("{urn:xmpp:message-correct:0}replace"),
        "receipt": attribute("{urn:xmpp:receipts}received"),
        "displayed": attribute("{urn:xmpp:chat-markers:0}displayed"),
        "retracts": attribute("{urn:xmpp:fasten:0}apply-to") if xml.find(".//" + RETRACT) is not None else None,
        "reactsTo": attribute("{urn:xmpp:reactions:0}reactions"),
        "emojis": [each.text for each in xml.findall("{urn:xmpp:reactions:0}reactions/{urn:xmpp:reactions:0}reaction")],
    }


class Device(slixmpp.ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        for name, config in STREAMS.items():
            self.register_plugin(name, config)
        for number in PLUGINS:
            self.register_plugin(f"xep_{number:04}")
        # Receipts are asked for and answered by themselves.
        self["xep_0184"].auto_ack = True
        self["xep_0184"].auto_request = True
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("failed_auth", lambda _: self.failed("failed_auth"))
        self.add_event_handler("disconnected", lambda _: tell(event="offline"))
        self.add_filter("in", self.seen)
        self.add_event_handler("groupchat_presence", self.present)
        self.take_files()

    def take_files(self):
        initiation = self["xep_0095"]
        # slixmpp 1.8.3 forgets to await its own answer.
        self.remove_handler("SI Request")
        path = StanzaPath("iq@type=set/si")
        self.register_handler(CoroutineCallback("SI Request", path, initiation._handle_request))
        self.add_event_handler("si_request", self.offered)
        self.add_event_handler("ibb_stream_data", lambda stream: self.came(stream.read()))
        self.add_event_handler("socks5_data", self.came)
        self.coming = None

    async def offered(self, iq):
        self.coming = {"left": int(iq["si"]["file"]["size"]), "hash": hashlib.sha256()}
        await self["xep_0095"].accept(iq["from"], iq["si"]["id"])

    def came(self, data):
        self.coming["left"] -= len(data)
        self.coming["hash"].update(data)
        if self.coming["left"] == 0:
            tell(event="file", sha256=self.coming["hash"].hexdigest())

    async def do_prefer(self, method):
        """Which method it chooses of those that it is offered."""
        self["xep_0095"]._methods_order.sort(key=lambda entry: entry[1] != method)
        return {}

    async def do_offer(self, to, name, size, methods):
        """Sends a file of that many bytes by the method that is chosen."""
        to, sid, data = slixmpp.JID(to), self.new_id(), os.urandom(size)
        options = [{"value": method} for method in methods]
        answer = await self["xep_0096"].request_file_transfer(
            to, sid=sid, name=name, size=size, allow_ranged=True, methods=options
        )
        method = answer["si"]["feature_neg"]["form"].get_fields()["stream-method"]["value"]
        if method.endswith("bytestreams"):
            stream = await self["xep_0065"].handshake(to, sid=sid)
            await stream.write(data)
            stream.transport.close()
        else:
            stream = await self["xep_0047"].open_stream(to, sid=sid, block_size=4096)
            await stream.sendall(data)
            await stream.close()
        return {"method": method, "sha256": hashlib.sha256(data).hexdigest()}

    def failed(self, why):
        tell(event="failed", why=why)
        self.disconnect()

    async def started(self, _):
        await self.get_roster()
        await self["xep_0280"].enable()
        self.add_event_handler("carbon_sent", lambda wrapper: self.carbon(wrapper, "carbon_sent"))
        self.add_event_handler("carbon_received", lambda wrapper: self.carbon(wrapper, "carbon_received"))
        self.send_presence()
        tell(event="online", jid=str(self.boundjid))

    def seen(self, stanza):
        wrapped = ("carbon_sent", "carbon_received", "mam_result")
        if isinstance(stanza, slixmpp.Message) and not any(stanza.get_plugin(name, check=True) for name in wrapped):
            tell(event="message", source="live", **facts(stanza))
        return stanza

    def carbon(self, wrapper, name):
        tell(event="message", source=name, **facts(wrapper[name]))

    def present(self, presence):
        """Who is in a room, by nickname: affiliation and role."""
        room = presence["from"].bare
        people = self["xep_0045"].rooms.get(presence["muc"]["room"], {})
        who = {nick: [str(entry["affiliation"]), str(entry["role"])] for nick, entry in people.items()}
        tell(event="occupants", room=room, who=who)

    def chat(self, to, body=None, kind="chat"):
        message = self.make_message(mto=to, mbody=body, mtype=kind)
        message["id"] = self.new_id()
        if body is not None and kind == "chat":
            message.enable("markable")
        return message

    def said(self, message):
        message.send()
        return {"id": message["id"]}

    async def do_send(self, to, body, type="chat"):
        return self.said(self.chat(to, body, type))

    async def do_correct(self, to, id, body):
        message = self.chat(to, body)
        message["replace"]["id"] = id
        return self.said(message)

    async def do_displayed(self, to, id):
        message = self.chat(to)
        message["displayed"]["id"] = id
        # Without it ejabberd does not archive what has no body.
        message.enable("store")
        return self.said(message)

    async def do_retract(self, to, id):
        self["xep_0424"].send_retraction(slixmpp.JID(to), id)
        return {}

    async def do_react(self, to, id, emojis):
        message = self.chat(to)
        message["reactions"]["id"] = id
        message["reactions"]["values"] = set(emojis)
        return self.said(message)

    async def do_join(self, room, nick):
        await self["xep_0045"].join_muc_wait(slixmpp.JID(room), nick, maxstanzas=0, timeout=20)
        return {}

    async def do_decline(self, room, to, reason):
        self["xep_0045"].decline(slixmpp.JID(room), slixmpp.JID(to), reason)
        return {}

    async def do_subject(self, room, subject):
        self["xep_0045"].set_subject(slixmpp.JID(room), subject)
        return {}

    async def do_archive(self, peer):
        """Everything with somebody, oldest first."""
        pages = self["xep_0313"].retrieve(with_jid=slixmpp.JID(peer), iterator=True, rsm={"max": 20})
        found = []
        async for page in pages:
            for result in page["mam"]["results"]:
                found.append(facts(result["mam_result"]["forwarded"]["stanza"]))
        return {"messages": found}

    async def do_leave(self):
        await self.disconnect()
        return {}

    async def serve(self):
        loop = asyncio.get_event_loop()
        reader = asyncio.StreamReader(limit=1 << 20)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            wish = json.loads(line)
            number, name = wish.pop("id"), wish.pop("do")
            try:
                answer = await getattr(self, f"do_{name}")(**wish.get("with", {}))
                tell(answer=number, **answer)
            except Exception as error:  # told to whoever asked
                tell(answer=number, error=f"{type(error).__name__}: {error}")
        self.disconnect()


logging.basicConfig(level=logging.ERROR)
jid, host, port, ca = sys.argv[1:]
device = Device(jid, os.environ["DEVICE_PASSWORD"])
device.ca_certs = ca
device.use_ipv6 = False
device.connect((host, int(port)))
device.loop.run_until_complete(device.serve())
