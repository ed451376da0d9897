/**
 * The floor: sockets alone do what `--send` promises. STARTTLS with the certificate checked, SCRAM-SHA-256 with the
 * server's proof checked, bind, XEP-0198, one message, `<r/>` and a ping; done when both are answered.
 * No XML parser, nothing stored, no error told: what Node and the server need at least.
 *
 * Usage: node raw-send.js PORT CA-FILE USER PASSWORD TO TEXT (domain: localhost)
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const [port, caFile, user, password, to, text] = process.argv.slice(2);
const DOMAIN = 'localhost';
const HEADER = `<stream:stream to='${DOMAIN}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';

const tcp = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
let received = '';
let wake = () => {};
const read = (chunk) => {
  received += chunk;
  wake();
};

/** Resolves to everything up to and with `mark`. */
async function until(mark) {
  for (;;) {
    const at = received.indexOf(mark);
    if (at >= 0) {
      const found = received.slice(0, at + mark.length);
      received = received.slice(at + mark.length);
      return found;
    }
    await new Promise((resolve) => {
      wake = resolve;
    });
  }
}

function secure() {
  tcp.off('data', read);
  received = '';
  const tls = connectTls({ socket: tcp, servername: DOMAIN, ca: readFileSync(caFile) });
  tls.on('data', read);
  // See src/xmpp/session/establish.ts: carries an acknowledgement that would come 40 ms late.
  tls.on('session', () => setImmediate(() => tls.writable && tls.write(' ')));
  return new Promise((resolve) => tls.once('secureConnect', () => resolve(tls)));
}

async function scram(tls) {
  const base64 = (value) => Buffer.from(value).toString('base64');
  const hmac = (key, value) => createHmac('sha256', key).update(value).digest();
  const first = `n=${user},r=${randomBytes(18).toString('base64')}`;
  tls.write(`<auth xmlns='${NS_SASL}' mechanism='SCRAM-SHA-256'>${base64(`n,,${first}`)}</auth>`);
  const challenge = Buffer.from(
    />([^<]+)<\/challenge>$/.exec(await until('</challenge>'))[1],
    'base64',
  ).toString();
  const [nonce, salt, iterations] = challenge.split(',').map((part) => part.slice(2));
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const bare = `c=${base64('n,,')},r=${nonce}`;
  const signed = `${first},${challenge},${bare}`;
  const signature = hmac(createHash('sha256').update(clientKey).digest(), signed);
  const proof = base64(clientKey.map((byte, index) => byte ^ signature[index]));
  tls.write(`<response xmlns='${NS_SASL}'>${base64(`${bare},p=${proof}`)}</response>`);
  const success = Buffer.from(/>([^<]+)<\/success>$/.exec(await until('</success>'))[1], 'base64').toString();
  if (!timingSafeEqual(Buffer.from(success.slice(2), 'base64'), hmac(hmac(salted, 'Server Key'), signed)))
    throw new Error('the server does not know the password');
}

tcp.on('data', read);
tcp.write(HEADER);
await until('</stream:features>');
tcp.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
await until('<proceed');
const tls = await secure();
tls.write(HEADER);
await until('</stream:features>');
await scram(tls);
tls.write(HEADER);
await until('</stream:features>');
tls.write("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
await until('</iq>');
tls.write("<enable xmlns='urn:xmpp:sm:3'/>");
await until('<enabled');
tls.write(
  `<message to='${to}' type='chat' id='m'><body>${text}</body></message><r xmlns='urn:xmpp:sm:3'/>` +
    `<iq type='get' id='p' to='${DOMAIN}'><ping xmlns='urn:xmpp:ping'/></iq>`,
);
// The server answers in its own order.
let answers = '';
const both = () => /<a [^>]*h='1'/.test(answers) && /<iq [^>]*id='p'/.test(answers);
while (!both()) answers += await until('>');
tls.end('</stream:stream>');
