/** The built program against a server that lies: refused or survived, one clear line, the exit code of the contract. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Element, elements } from '../../src/xmpp/stanza.ts';
import { makeCertificates } from '../support/certificates.ts';
import {
  type FakeConnection,
  type FakeServer,
  type FakeServerOptions,
  startFakeServer,
} from '../support/fake-server.ts';
import { createHome, type Ended, type Program, runProgram, startProgram } from '../support/program.ts';

const PASSWORD = 's3cr3t-pässwörd';
const JID = 'juliet@localhost';
const certificates = makeCertificates('localhost', [
  'good',
  'wrong-host',
  'expired',
  'not-yet-valid',
  'self-signed',
]);

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.close();
});

/** A server, and the arguments that lead to it. */
async function lying(
  options: FakeServerOptions,
): Promise<{ args: string[]; env: Record<string, string>; home: Awaited<ReturnType<typeof createHome>> }> {
  server = await startFakeServer({ certificates, ...options });
  const home = await createHome();
  const ca = join(home.folder, 'ca.pem');
  await writeFile(ca, server.ca);
  return {
    args: ['-j', JID, '--service', server.service, '--ca', ca, '--timeout', '5'],
    env: { XMPP_PASSWORD: PASSWORD },
    home,
  };
}

const secrets = [
  PASSWORD,
  Buffer.from(PASSWORD).toString('base64'),
  Buffer.from(`\0juliet\0${PASSWORD}`).toString('base64'),
];

/** The password was never sent, in no form that gives it away. */
function expectSecrecy(): void {
  for (const secret of secrets) expect(server?.received).not.toContain(secret);
}

/** One line that ends with the exit code in brackets; no trace of JavaScript or of Node. */
function expectOneLine({ stderr, code }: Ended): void {
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr.trimEnd()).toMatch(new RegExp(`^xmpp-chat: .* \\(${code}\\)$`));
  expect(stderr).not.toMatch(/ {4}at |node:internal|Error:/);
}

/** Answers what a log-in asks for; `roster` is the XML of the items. */
function answer(connection: FakeConnection, iq: Element, items = ''): void {
  if (iq.getName() !== 'iq' || (iq.attrs.type !== 'get' && iq.attrs.type !== 'set')) return;
  const payload = elements(iq)[0];
  const result =
    payload?.attrs.xmlns === 'jabber:iq:roster' ? `<query xmlns='jabber:iq:roster'>${items}</query>` : '';
  connection.write(
    `<iq xmlns='jabber:client' type='result' id='${iq.attrs.id}'${iq.attrs.to === undefined ? '' : ` from='${iq.attrs.to}'`}>${result}</iq>`,
  );
}

const isRoster = (stanza: Element) => elements(stanza)[0]?.attrs.xmlns === 'jabber:iq:roster';
const NURSE = "<item jid='nurse@localhost' name='Nurse' subscription='both'/>";

describe('a log-in that cannot be trusted (exit 4, the password stays here)', () => {
  const rows: readonly (readonly [string, FakeServerOptions, RegExp])[] = [
    ['STARTTLS left out of the features (RFC 7590 §3.1)', { misbehave: { stripStarttls: true } }, /TLS/],
    [
      'features instead of <proceed/> (RFC 6120 §5.4.2)',
      { misbehave: { insteadOfProceed: '<stream:features/>' } },
      /TLS/,
    ],
    ['only ANONYMOUS offered (RFC 6120 §6.3.2)', { mechanisms: ['ANONYMOUS'] }, /log/],
    ['a forged SCRAM signature (RFC 5802 §5)', { misbehave: { forgeSignature: true } }, /./],
    ['no SCRAM signature (RFC 5802 §5)', { misbehave: { omitSignature: true } }, /./],
    ['a nonce that does not begin with ours (RFC 5802 §5.1)', { misbehave: { foreignNonce: true } }, /./],
    ['one iteration of PBKDF2 (RFC 7677 §4)', { iterations: 1 }, /./],
    ['a certificate for another host (RFC 6125 §6)', { certificate: 'wrong-host' }, /certificate/],
    ['an expired certificate', { certificate: 'expired' }, /certificate/],
    ['a certificate of tomorrow', { certificate: 'not-yet-valid' }, /certificate/],
    ['a certificate by nobody known', { certificate: 'self-signed' }, /certificate/],
    ['a wrong host on direct TLS (XEP-0368 §3)', { tls: 'direct', certificate: 'wrong-host' }, /certificate/],
    ['a binding to another account (RFC 6120 §7.6)', { misbehave: { bindJid: 'mallory@localhost/x' } }, /./],
    [
      '<see-other-host/> before TLS (RFC 6120 §4.9.3.19)',
      {
        misbehave: {
          insteadOfStream:
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' from='localhost'><stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:9</see-other-host></stream:error></stream:stream>",
        },
      },
      /./,
    ],
  ];

  it.each(rows)('%s', async (_what, options, words) => {
    const { args, env, home } = await lying(options);
    const ended = await runProgram([...args, '--contacts'], { env, home });
    expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code: 4 });
    expectOneLine(ended);
    expect(ended.stderr).toMatch(words);
    expectSecrecy();
  });

  it('keeps nothing of a message that such a server would get (exit 4 for --send)', async () => {
    const { args, env, home } = await lying({ certificate: 'wrong-host' });
    const ended = await runProgram([...args, '--send', 'nurse@localhost', 'hello'], { env, home });
    expect(ended.code).toBe(4);
    expectOneLine(ended);
    const kept = await runProgram([...args, '--history', '--offline'], { env, home });
    expect(kept).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('a stream that breaks the rules (RFC 6120 §11)', () => {
  const rows: readonly (readonly [string, string])[] = [
    [
      'an entity that is not one of the five',
      "<message xmlns='jabber:client'><body>&undefined;</body></message>",
    ],
    ['a character that XML has not', "<message xmlns='jabber:client'><body>&#27;</body></message>"],
    ['a document type declaration', "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><message xmlns='jabber:client'/>"],
    ['tags that do not match', "<message xmlns='jabber:client'><body>x</message>"],
    [
      'a stanza of 20 MB',
      `<message xmlns='jabber:client'><body>${'x'.repeat(20 * 1024 * 1024)}</body></message>`,
    ],
    ['a stanza ten thousand elements deep', `<message xmlns='jabber:client'>${'<a>'.repeat(10_000)}`],
  ];

  it.each(rows)('ends for %s: one line, exit 4', async (_what, xml) => {
    const { args, env, home } = await lying({
      onStanza: (stanza, connection) => {
        if (isRoster(stanza)) connection.write(xml);
        else answer(connection, stanza);
      },
    });
    const ended = await runProgram([...args, '--contacts'], { env, home });
    expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code: 4 });
    expectOneLine(ended);
  });

  it.each(rows)(
    'queues a message for later where it ends before the acknowledgement: %s (exit 5)',
    async (_what, xml) => {
      const { args, env, home } = await lying({
        management: false,
        onStanza: (stanza, connection) => {
          if (stanza.getName() === 'message') connection.write(xml);
        },
      });
      const ended = await runProgram([...args, '--send', 'nurse@localhost', 'hello'], { env, home });
      expect(ended.code).toBe(5);
      expectOneLine(ended);
    },
  );

  it('lives on and connects again, under --listen', async () => {
    const { args, env, home } = await lying({ onStanza: (stanza, connection) => answer(connection, stanza) });
    const bound = (times: number) =>
      new Promise<FakeConnection>((resolve) => {
        server?.on('connection', (connection) => {
          connection.once('bound', () => {
            times--;
            if (times === 0) resolve(connection);
          });
        });
      });
    const second = bound(2);
    const first = bound(1);
    const program: Program = await startProgram([...args, '--listen', '--json'], { env, home });
    const connection = await first;
    await connection.stanza((stanza) => stanza.getName() === 'presence');
    connection.write("<message xmlns='jabber:client'><body>&undefined;</body></message>");
    const again = await second;
    // Resumed (XEP-0198 §5): nothing is asked again, the stream just goes on.
    again.write(
      "<message xmlns='jabber:client' from='nurse@localhost/x' type='chat'><body>still there?</body></message>",
    );
    await program.waitFor('still there?');
    program.signal('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 143 });
  });
});

describe('stanzas that nobody may have sent', () => {
  it('takes the answer of the server only, not that of a third party (CVE-2014-0364, RFC 6120 §8.1.2.1)', async () => {
    const { args, env, home } = await lying({
      onStanza: (stanza, connection) => {
        if (isRoster(stanza)) {
          const forged =
            "<query xmlns='jabber:iq:roster'><item jid='mallory@evil.example' subscription='both'/></query>";
          for (const from of ['mallory@evil.example/x', 'evil.example', `${JID}/other`])
            connection.write(
              `<iq xmlns='jabber:client' type='result' id='${stanza.attrs.id}' from='${from}'>${forged}</iq>`,
            );
        }
        answer(connection, stanza, NURSE);
      },
    });
    const ended = await runProgram([...args, '--contacts'], { env, home });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('nurse@localhost');
    expect(ended.stdout).not.toContain('mallory');
  });

  it("ignores a stanza whose sender is no JID (from='@')", async () => {
    const { args, env, home } = await lying({
      onStanza: (stanza, connection) => {
        for (const from of ['@', '@/', 'a@b@c', '/', ' '])
          connection.write(
            `<message xmlns='jabber:client' from='${from}'><body>x</body></message><presence xmlns='jabber:client' from='${from}'/><iq xmlns='jabber:client' type='get' id='1' from='${from}'><ping xmlns='urn:xmpp:ping'/></iq>`,
          );
        answer(connection, stanza, NURSE);
      },
    });
    const ended = await runProgram([...args, '--contacts'], { env, home });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('Nurse');
  });

  it('reads a text whose characters are cut between packets (RFC 3629)', async () => {
    const body = `${'д'.repeat(40)}${'😀'.repeat(10)}你好`;
    let connection: FakeConnection | undefined;
    const { args, env, home } = await lying({
      management: false,
      onStanza: (stanza, from) => {
        connection = from;
        answer(from, stanza);
      },
    });
    const program = await startProgram([...args, '--listen', '--json'], { env, home });
    // Nothing else is under way then that could stand between the pieces.
    await program.waitFor('"contacts-online"');
    const message = `<message xmlns='jabber:client' from='nurse@localhost/x' type='chat'><body>${body}</body></message>`;
    await connection?.writePieces(Buffer.from(message), 1);
    await program.waitFor(body);
    program.signal('SIGINT');
    expect(await program.ended).toMatchObject({ code: 130 });
  });
});
