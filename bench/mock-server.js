/**
 * A server that is never the slow part: STARTTLS, SASL PLAIN with any password, bind, XEP-0198 for those who ask, and
 * answers to what clients ask at their log-in. It reads with regular expressions, which is enough for benchmarks only.
 *
 * Usage: node mock-server.js CERT KEY COUNT. When a client that sent its presence is quiet it gets COUNT messages in
 * one write; prints {"port": n} first, then {"milliseconds": n} from that write until the client said that it has all:
 * by `<a h/>`, or by a request with the id `done`. Prints {"sent": n} when it got the last of COUNT messages.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

const [certFile, keyFile, wanted] = process.argv.slice(2);
const COUNT = Number(wanted);
const QUIET = 300;
const secureContext = createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) });

const STEP =
  /<stream:stream\b|<starttls\b|<auth\b|<enable\b[^>]*>|<r\b|<a\b[^>]*>|<iq\b[^>]*>|<presence\b|<message\b|<\/stream:stream>/g;
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const SM = 'urn:xmpp:sm:3';
const HEADER =
  "<stream:stream from='localhost' id='mock' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
const INFO =
  "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/></query>";

const tell = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const attribute = (tag, name) => new RegExp(`\\b${name}=["']([^"']*)["']`).exec(tag)?.[1];
const message = (n, to) =>
  `<message from='pal@localhost/bench' to='${to}' type='chat' id='m${n}'>` +
  `<body>Message number ${n}: the quick brown fox jumps over the lazy dog</body></message>`;

function serve(raw) {
  let socket = raw;
  let rest = '';
  let user = '';
  let bound;
  let managed = false;
  /** stanzas since `<enabled/>`, each way */
  let out = 0;
  let came = 0;
  let present = false;
  let began;
  let quiet;
  let messages = 0;
  const write = (text) => socket.write(text);
  const stanza = (text) => {
    out += 1;
    write(text);
  };
  const features = () => {
    const tls = socket !== raw;
    if (!tls) return "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
    if (user === '') return `<mechanisms xmlns='${SASL}'><mechanism>PLAIN</mechanism></mechanisms>`;
    return `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='${SM}'/>`;
  };
  const ended = () => {
    if (began === undefined) return;
    tell({ milliseconds: performance.now() - began });
    began = undefined;
  };
  const blast = () => {
    present = false;
    let load = '';
    for (let n = 0; n < COUNT; n += 1) load += message(n, bound);
    if (managed) load += `<r xmlns='${SM}'/>`;
    const bytes = Buffer.from(load);
    out += COUNT;
    began = performance.now();
    socket.write(bytes);
  };
  const answer = (tag) => {
    const id = attribute(tag, 'id');
    const to = attribute(tag, 'to');
    if (id === 'done') ended();
    const type = attribute(tag, 'type');
    if (type !== 'get' && type !== 'set') return;
    const from = to === undefined ? '' : ` from='${to}'`;
    let payload = type === 'get' ? INFO : '';
    if (bound === undefined) {
      bound = `${user}@localhost/bench`;
      payload = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${bound}</jid></bind>`;
    }
    stanza(`<iq type='result' id='${id}' to='${bound}'${from}>${payload}</iq>`);
  };
  const step = (tag, at, text) => {
    if (tag.startsWith('<stream:stream')) write(`${HEADER}<stream:features>${features()}</stream:features>`);
    else if (tag === '<starttls') {
      raw.off('data', read);
      raw.write("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
      socket = new TLSSocket(raw, { isServer: true, secureContext });
      socket.on('data', read).on('error', () => undefined);
    } else if (tag === '<auth') {
      const given = /<auth[^>]*>([^<]*)/.exec(text.slice(at))?.[1] ?? '';
      user = Buffer.from(given, 'base64').toString().split('\0')[1] ?? 'user';
      write(`<success xmlns='${SASL}'/>`);
    } else if (tag.startsWith('<enable')) {
      // Carbons have one of the same name (XEP-0280 §4).
      if (attribute(tag, 'xmlns') !== SM) return;
      managed = true;
      out = 0;
      came = 0;
      write(`<enabled xmlns='${SM}'/>`);
    } else if (tag === '<r') write(`<a xmlns='${SM}' h='${came}'/>`);
    else if (tag.startsWith('<a')) {
      if (Number(attribute(tag, 'h')) >= out) ended();
    } else if (tag.startsWith('<iq')) {
      came += 1;
      answer(tag);
    } else if (tag === '<presence') {
      came += 1;
      present = true;
    } else if (tag === '<message') {
      came += 1;
      messages += 1;
      if (messages === COUNT) tell({ sent: messages });
    } else write('</stream:stream>');
  };
  function read(chunk) {
    rest += chunk.toString('latin1');
    // Only whole tags.
    const end = rest.lastIndexOf('>') + 1;
    const text = rest.slice(0, end);
    rest = rest.slice(end);
    for (const found of text.matchAll(STEP)) step(found[0], found.index, text);
    clearTimeout(quiet);
    if (present && COUNT > 0) quiet = setTimeout(blast, QUIET);
  }
  raw.setNoDelay(true);
  raw
    .on('data', read)
    .on('error', () => undefined)
    .on('close', () => clearTimeout(quiet));
}

const server = createServer(serve).listen(0, '127.0.0.1', () => tell({ port: server.address().port }));
process.stdin.on('end', () => process.exit(0)).resume();
