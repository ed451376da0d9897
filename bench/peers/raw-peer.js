/**
 * Sockets alone: what the server gives and takes. See slixmpp-peer.py for how it is driven; `sink` reads and forgets.
 * `managed` behind the other arguments: on a stream whose stanzas the server counts and keeps (XEP-0198); what it asks
 * about them is not answered.
 */
import { connect as connectPlain } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';

const [mode, port, , wanted, , managed] = process.argv.slice(2);
const count = Number(wanted);
const tell = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const HEADER =
  "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
const ROOM = 'room@crowd.localhost';

let look = () => {};
let text = '';
const take = (chunk) => {
  text += chunk;
  look();
};
/** Resolves to what came until the text is there, and lets go of it. */
const until = (end) =>
  new Promise((resolve) => {
    look = () => {
      if (!text.includes(end)) return;
      const found = text;
      text = '';
      look = () => {};
      resolve(found);
    };
    look();
  });

const plain = connectPlain(Number(port), '127.0.0.1');
plain.setNoDelay(true).on('data', take);
plain.write(HEADER);
await until('</stream:features>');
plain.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
await until('<proceed');
plain.off('data', take);
const socket = connectTls({ socket: plain, servername: 'localhost' });
socket.setEncoding('latin1').on('data', take);
socket.write(HEADER);
await until('</stream:features>');
const user = mode === 'sink' ? 'pal' : 'user';
const secret = Buffer.from(`\0${user}\0${process.env.BENCH_PASSWORD}`).toString('base64');
socket.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${secret}</auth>`);
await until('<success');
socket.write(HEADER);
await until('</stream:features>');
socket.write(
  "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>raw</resource></bind></iq>",
);
await until('</iq>');
if (managed !== undefined) {
  socket.write("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  await until('<enabled');
}

/** stanzas since the stream is managed */
let handled = 0;

/** Each resolves when it is done. */
const modes = {
  async room() {
    socket.write(`<presence to='${ROOM}/bench'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    const all = await until('</subject>');
    const people = all.split('<presence').length - 1;
    if (people !== count + 1) throw new Error(`${people} people`);
  },
  async archive() {
    let after = '';
    let got = 0;
    for (let page = ''; !/<fin [^>]*complete='true'/.test(page); ) {
      socket.write(
        "<iq type='set' id='page'><query xmlns='urn:xmpp:mam:2' queryid='raw'>" +
          `<set xmlns='http://jabber.org/protocol/rsm'><max>250</max>${after}</set></query></iq>`,
      );
      page = await until('</iq>');
      const results = page.split('<result').length - 1;
      got += results;
      handled += results + 1;
      if (managed !== undefined) socket.write(`<a xmlns='urn:xmpp:sm:3' h='${handled}'/>`);
      after = `<after>${page.match(/<last>([^<]*)/)?.[1]}</after>`;
    }
    if (got !== count) throw new Error(`${got} messages`);
  },
  async roster() {
    socket.write("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
    const all = await until('</iq>');
    const contacts = all.split('<item').length - 1;
    if (contacts !== count) throw new Error(`${contacts} contacts`);
  },
  async send() {
    let all = '';
    for (let n = 0; n < count; n += 1)
      all +=
        `<message to='pal@localhost' type='chat' id='m${n}'>` +
        `<body>Message number ${n}: the quick brown fox jumps over the lazy dog</body></message>`;
    socket.write(`${all}<iq type='get' id='done' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await until('<iq ');
  },
};

if (mode === 'sink') {
  socket.write('<presence/>');
  await until('<presence');
  look = () => {
    text = '';
  };
  look();
}
tell({ ready: true });
createInterface({ input: process.stdin }).once('line', async () => {
  const began = performance.now();
  await modes[mode]();
  tell({ milliseconds: performance.now() - began });
});
process.stdin.once('end', () => process.exit());
