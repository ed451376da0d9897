/** @xmpp/client as it comes doing what is measured, storing nothing. See slixmpp-peer.py for how it is driven. */
import { createInterface } from 'node:readline';
import { client, xml } from '@xmpp/client';

const [mode, port, , wanted] = process.argv.slice(2);
const count = Number(wanted);
const NS_MAM = 'urn:xmpp:mam:2';
const NS_RSM = 'http://jabber.org/protocol/rsm';

const tell = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const xmpp = client({
  service: `xmpp://127.0.0.1:${port}`,
  domain: 'localhost',
  username: 'user',
  resource: 'xmppjs',
  password: process.env.BENCH_PASSWORD,
});
xmpp.on('error', (error) => process.stderr.write(`${error}\n`));

async function timed(work) {
  const began = performance.now();
  await work();
  tell({ milliseconds: performance.now() - began });
}

let got = 0;
const ping = (id) => xml('iq', { type: 'get', to: 'localhost', id }, xml('ping', 'urn:xmpp:ping'));

const modes = {
  receive() {
    xmpp.on('stanza', (stanza) => {
      if (!stanza.is('message') || !stanza.getChildText('body')) return;
      got += 1;
      // The server stops its clock at this.
      if (got === count) void xmpp.send(ping('done'));
    });
  },
  async send() {
    for (let n = 0; n < count; n += 1) {
      const body = `Message number ${n}: the quick brown fox jumps over the lazy dog`;
      void xmpp.send(
        xml('message', { to: 'pal@localhost', type: 'chat', id: `m${n}` }, xml('body', {}, body)),
      );
    }
    await xmpp.iqCaller.request(ping('last'), 120_000);
  },
  async room() {
    const people = new Map();
    const done = new Promise((resolve) => {
      xmpp.on('stanza', (stanza) => {
        if (stanza.getChild('subject')) return resolve();
        const item = stanza
          .getChild('x', 'http://jabber.org/protocol/muc#user')
          ?.getChild('item', 'http://jabber.org/protocol/muc#user');
        if (item) people.set(stanza.attrs.from, item.attrs);
      });
    });
    const enter = xml('x', { xmlns: 'http://jabber.org/protocol/muc' });
    await xmpp.send(xml('presence', { to: 'room@crowd.localhost/bench' }, enter));
    await done;
    if (people.size !== count + 1) throw new Error(`${people.size} people`);
  },
  async archive() {
    xmpp.on('stanza', (stanza) => {
      const result = stanza.getChild('result', NS_MAM);
      if (result?.getChild('forwarded', 'urn:xmpp:forward:0')?.getChild('message')?.getChildText('body'))
        got += 1;
    });
    for (let after; ; ) {
      const page = xml('set', NS_RSM, xml('max', {}, '250'), after && xml('after', {}, after));
      const query = xml('iq', { type: 'set' }, xml('query', { xmlns: NS_MAM, queryid: 'bench' }, page));
      const fin = (await xmpp.iqCaller.request(query, 120_000)).getChild('fin', NS_MAM);
      if (fin.attrs.complete === 'true') break;
      after = fin.getChild('set', NS_RSM).getChildText('last');
    }
    if (got !== count) throw new Error(`${got} of ${count}`);
  },
  async roster() {
    const query = xml('iq', { type: 'get' }, xml('query', 'jabber:iq:roster'));
    const answer = await xmpp.iqCaller.request(query, 120_000);
    const contacts = answer.getChild('query').getChildren('item').length;
    if (contacts !== count) throw new Error(`${contacts} contacts`);
  },
};

xmpp.on('online', async () => {
  if (mode === 'receive') modes.receive();
  if (mode !== 'roster') await xmpp.send(xml('presence'));
  tell({ ready: true });
  createInterface({ input: process.stdin }).once('line', () => {
    if (mode !== 'receive') void timed(modes[mode]);
  });
});
await xmpp.start();
