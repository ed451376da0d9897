/**
 * The fault matrix: much of everything (rows 36 and 37): an account that is used for years, a flood, and a process that
 * may open few files. Time is the processor's, which a busy machine does not change much.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewMessage } from '../../src/chat/message.ts';
import { openStores } from '../../src/storage/stores.ts';
import { makeCertificates } from '../support/certificates.ts';
import { startFakeServer } from '../support/fake-server.ts';
import { record } from '../support/listener.ts';
import { expectOneLine } from '../support/person.ts';
import { createHome, type Program, runProgram, startProgram } from '../support/program.ts';
import { type Server, startServer } from '../support/server.ts';
import { seed } from './seed.ts';

const JID = 'alice@localhost';
const MESSAGES = 100_000;
const CONTACTS = 5_000;
const ROOMS = 200;

/** What its process has used of the processor so far, in seconds. */
async function processorTime({ child }: Program): Promise<number> {
  const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  // utime and stime, in ticks of 10 ms (proc_pid_stat(5)); the name stands before.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Most memory that its process ever had, in MB. */
async function peak({ child }: Program): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

const dataOf = (folder: string) => join(folder, 'data');

/** Years of messages, half of them in conversations with contacts, half in rooms. */
function fill(folder: string, rooms: string): void {
  const stores = openStores(join(dataOf(folder), 'xmpp-chat.db'));
  const { messages } = stores;
  messages.transaction(() => {
    for (let n = 0; n < MESSAGES; n += 1) {
      const inRoom = n % 2 === 1;
      const chat = inRoom ? `room${n % ROOMS}@${rooms}` : `contact${n % 500}@localhost`;
      const message: NewMessage = {
        account: JID,
        chat,
        kind: inRoom ? 'room' : 'contact',
        from: inRoom ? `${chat}/somebody` : `${chat}/desk`,
        nick: inRoom ? 'somebody' : undefined,
        to: JID,
        id: `m${n}`,
        body: `message number ${n} of a long life`,
        time: Date.UTC(2020, 0, 1) + n * 60_000,
        direction: 'in',
        source: 'live',
        encryption: 'none',
        retracted: false,
        reactions: [],
        mention: false,
      };
      messages.append(message, { read: n < MESSAGES - 500 });
    }
    for (let n = 0; n < ROOMS; n += 1)
      stores.rooms.keep(JID, {
        room: `room${n}@${rooms}`,
        nick: 'alice',
        password: undefined,
        autojoin: true,
      });
  });
  stores.close();
}

describe(`sizes, seed ${seed}`, () => {
  let server: Server;
  beforeAll(async () => {
    const contacts = Array.from({ length: CONTACTS }, (_, n) => ({ jid: `contact${n}@localhost` }));
    server = await startServer(undefined, {
      users: [
        { name: 'alice', password: 'secret', contacts },
        { name: 'bob', password: 'secret' },
      ],
    });
  });
  afterAll(() => server?.stop());

  it('row 36: 100,000 messages, 5,000 contacts, 200 rooms: online with all contacts in 2 s of the processor', async () => {
    const home = await createHome();
    fill(home.folder, server.rooms);
    const args = [
      '-j',
      JID,
      '--service',
      server.service,
      '--ca',
      server.caFile,
      '--data-dir',
      dataOf(home.folder),
    ];
    const options = { home, env: { XMPP_PASSWORD: 'secret' } };
    const listening = await startProgram([...args, '--json', '--listen'], options);
    await record(listening, { type: 'contacts-online' });
    const seconds = await processorTime(listening);
    expect(seconds).toBeLessThan(2);
    listening.signal('SIGTERM');
    expect((await listening.ended).code).toBe(143);
    const { code, stdout, stderr } = await runProgram([...args, '--contacts', '--json'], options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.includes('"type":"contact"'))).toHaveLength(CONTACTS);
  });

  it('row 37: few files may be open: one clear line, at the start and later (quick)', async () => {
    const home = await createHome();
    const args = [
      '-j',
      JID,
      '--service',
      server.service,
      '--ca',
      server.caFile,
      '--send',
      'bob@localhost',
      'n1',
    ];
    const runs = await Promise.all(
      // Node itself needs some twenty: below that nothing of ours runs.
      [26, 28, 30, 34, 40, 60].map((limit) =>
        runProgram(args, {
          home,
          env: { XMPP_PASSWORD: 'secret' },
          through: ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'],
        }),
      ),
    );
    const failed = runs.filter(({ code }) => code !== 0);
    for (const run of failed) expectOneLine(run, run.code ?? -1);
    // Each did it, or said why not.
    expect(runs.at(-1)?.code).toBe(0);
  });
});

describe(`floods, seed ${seed}`, () => {
  const FLOODS: Readonly<Record<string, (n: number) => string>> = {
    'presence of strangers': (n) =>
      `<presence from='s${n}@a.example/x'><status>${'p'.repeat(200)}</status></presence>`,
    'resources of one contact': (n) => `<presence from='bob@localhost/r${n}'/>`,
    'subscription requests': (n) => `<presence type='subscribe' from='s${n}@a.example'/>`,
    'typing states': (n) =>
      `<message type='chat' from='s${n}@a.example/x'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    questions: (n) =>
      `<iq type='get' id='q${n}' from='s${n}@a.example/x'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
    'answers to nothing': (n) => `<iq type='result' id='a${n}' from='s${n}@a.example/x'/>`,
    'receipts for nothing': (n) =>
      `<message from='s${n}@a.example/x' id='i${n}'><received xmlns='urn:xmpp:receipts' id='${n}'/></message>`,
    'corrections of nothing': (n) =>
      `<message type='chat' from='bob@localhost/x' id='c${n}'><body>b</body><replace xmlns='urn:xmpp:message-correct:0' id='no${n}'/></message>`,
    'reactions to nothing': (n) =>
      `<message type='chat' from='bob@localhost/x' id='e${n}'><reactions xmlns='urn:xmpp:reactions:0' id='no${n}'><reaction>👍</reaction></reactions></message>`,
    invitations: (n) =>
      `<message from='s${n}@a.example/x'><x xmlns='jabber:x:conference' jid='r${n}@rooms.example'/></message>`,
    'offers of files': (n) =>
      `<iq type='set' id='f${n}' from='s${n}@a.example/x'><si xmlns='http://jabber.org/protocol/si' id='s${n}' profile='http://jabber.org/protocol/si/profile/file-transfer'><file xmlns='http://jabber.org/protocol/si/profile/file-transfer' name='f' size='9'/><feature xmlns='http://jabber.org/protocol/feature-neg'><x xmlns='jabber:x:data' type='form'><field var='stream-method' type='list-single'><option><value>http://jabber.org/protocol/ibb</value></option></field></x></feature></si></iq>`,
  };
  /** each of these is kept, by a commit of its own */
  const KEPT = ['corrections of nothing', 'reactions to nothing'];

  it.each(Object.keys(FLOODS))('row 37: memory stays bounded under a flood: %s', async (kind) => {
    const certificates = makeCertificates('localhost', ['good']);
    const server = await startFakeServer({ certificates, accounts: { alice: 'secret' } });
    try {
      const home = await createHome();
      const ca = join(home.folder, 'ca.pem');
      await writeFile(ca, server.ca);
      const listening = await startProgram(
        ['-j', JID, '--service', server.service, '--ca', ca, '--listen', '--json', '--quiet'],
        { home, env: { XMPP_PASSWORD: 'secret' } },
      );
      await record(listening, { type: 'contacts-online' });
      const peer = server.connections.at(-1);
      if (peer === undefined) throw new Error('nobody is connected');
      const count = KEPT.includes(kind) ? 1_500 : 10_000;
      /** A wave of it, and what stands behind it. */
      const wave = async (round: number) => {
        for (let n = round * count; n < (round + 1) * count; n += 100) {
          const some = Array.from({ length: 100 }, (_, more) => FLOODS[kind]?.(n + more) ?? '');
          peer.write(some.join(''));
          await new Promise((resolve) => setImmediate(resolve));
        }
        peer.write(
          `<message type='chat' from='bob@localhost/x' id='end'><body>end ${round}</body></message>`,
        );
        await listening.waitFor(`end ${round}`, { timeoutMs: 50_000 });
        return peak(listening);
      };
      // What is kept of it reaches its bound, and the collector its pace: then it grows no more.
      let most = await wave(0);
      let calm = 0;
      for (let round = 1; round < 30 && calm < 2; round += 1) {
        const now = await wave(round);
        calm = now - most < 3 ? calm + 1 : 0;
        most = now;
      }
      expect(calm).toBe(2);
      listening.signal('SIGTERM');
      const { code, stderr } = await listening.ended;
      expect({ code, stderr }).toEqual({ code: 143, stderr: '' });
    } finally {
      await server.close();
    }
  });
});
