/**
 * A room service of ours, as a component of a server (XEP-0114), with a room that has as many people in it as wanted:
 * who enters gets all of them in one write. It reads with regular expressions, which is enough for benchmarks only.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

const DOMAIN = 'crowd.localhost';
const SECRET = 'crowd';
const MUC_USER = 'http://jabber.org/protocol/muc#user';
export const ROOM = `room@${DOMAIN}`;

/** Lines for the server's configuration, before its first host. */
export const crowdSettings = (port: number): string => `component_ports = { ${port} }
component_interfaces = { "127.0.0.1" }
Component "${DOMAIN}"
  component_secret = "${SECRET}"`;

export interface Crowd {
  /** how many are in the room, beside those who really enter */
  occupants: number;
  /** Somebody new comes in, to those who entered. */
  come(): void;
  /** One of the people says something. */
  say(): void;
  close(): void;
}

/** Resolves when the server took the component. */
export async function startCrowd(port: number): Promise<Crowd> {
  const socket = createConnection({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.setNoDelay(true).setEncoding('utf8');
  socket.write(
    `<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='${DOMAIN}'>`,
  );
  const id = /\bid=['"]([^'"]+)/.exec(await until(socket, /\bid=['"][^'"]+['"][^>]*>/))?.[1] ?? '';
  socket.write(
    `<handshake>${createHash('sha1')
      .update(id + SECRET)
      .digest('hex')}</handshake>`,
  );
  await until(socket, /<handshake/);
  return crowd(socket);
}

async function until(socket: Socket, wanted: RegExp): Promise<string> {
  for (let text = ''; ; ) {
    if (wanted.test(text)) return text;
    const [chunk] = (await once(socket, 'data')) as [string];
    text += chunk;
    if (/<stream:error/.test(text)) throw new Error(`no component: ${text}`);
  }
}

const attribute = (tag: string, name: string) => new RegExp(`\\b${name}=["']([^"']*)["']`).exec(tag)?.[1];

/** A presence as rooms send them: with an occupant id and capabilities, some 500 bytes. */
function presence(nick: string, to: string, status = ''): string {
  return (
    `<presence from='${ROOM}/${nick}' to='${to}'>` +
    `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://example.org' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>` +
    `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${nick}-dd72603deec90a38ba552f7c68cbcc61bca202cd'/>` +
    `<x xmlns='${MUC_USER}'><item affiliation='none' role='participant'/>${status}</x></presence>`
  );
}

function crowd(socket: Socket): Crowd {
  /** nicknames by full JID */
  const entered = new Map<string, string>();
  let count = 0;
  const all = (stanza: (to: string) => string) => {
    if (entered.size > 0) socket.write([...entered.keys()].map(stanza).join(''));
  };
  const self: Crowd = {
    occupants: 0,
    come() {
      count += 1;
      all((to) => presence(`newcomer${count}`, to));
    },
    say() {
      count += 1;
      const body = `<body>Message number ${count}: the quick brown fox jumps over the lazy dog</body>`;
      const nick = `person${count % Math.max(1, self.occupants)}`;
      all(
        (to) =>
          `<message from='${ROOM}/${nick}' to='${to}' type='groupchat' id='m${count}'>${body}</message>`,
      );
    },
    close: () => void socket.end('</stream:stream>'),
  };
  const enter = (from: string, nick: string) => {
    entered.set(from, nick);
    let load = '';
    for (let n = 0; n < self.occupants; n += 1) load += presence(`person${n}`, from);
    load += presence(nick, from, `<status code='100'/><status code='110'/>`);
    load += `<message from='${ROOM}' to='${from}' type='groupchat'><subject>A crowd</subject></message>`;
    socket.write(load);
  };
  const answer = (tag: string) => {
    const [from, to, type] = ['from', 'to', 'type'].map((name) => attribute(tag, name));
    if (from === undefined || to === undefined) return;
    if (tag.startsWith('<presence')) {
      if (type === 'unavailable') entered.delete(from);
      else if (!entered.has(from)) enter(from, to.slice(to.indexOf('/') + 1));
    } else if (type === 'get' || type === 'set') {
      const info =
        type === 'set'
          ? ''
          : `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/></query>`;
      socket.write(`<iq type='result' id='${attribute(tag, 'id')}' from='${to}' to='${from}'>${info}</iq>`);
    }
  };
  let rest = '';
  socket.on('data', (chunk: string) => {
    rest += chunk;
    const end = rest.lastIndexOf('>') + 1;
    for (const [tag] of rest.slice(0, end).matchAll(/<(?:presence|iq)\b[^>]*>/g)) answer(tag);
    rest = rest.slice(end);
  });
  socket.on('error', () => undefined);
  return self;
}
