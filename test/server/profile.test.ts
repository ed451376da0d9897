/** What people say of themselves, by flags of the built program, as others read it. XEP-0054. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSession } from '../../src/xmpp/session/create-session.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { createPerson, expectOneLine, type Person } from '../support/person.ts';
import { type Server, serverKind, startServer } from '../support/server.ts';

let server: Server;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  const users = ['anna', 'ben'].map((name) => ({ name, password: 'secret' }));
  server = await startServer(undefined, { users });
  anna = await createPerson(server, 'anna');
  ben = await createPerson(server, 'ben');
});
afterAll(() => server?.stop());

/** What a stranger reads. */
const read = async () => (await ben.json(['--user', anna.jid]))[0]?.vcard;
const set = (...values: string[]) => ['--profile', ...values.flatMap((value) => ['--set', value])];

it('is empty at first, and names what can be said', async () => {
  expect((await anna.json(['--profile']))[0]).toMatchObject({ type: 'profile', jid: anna.jid, vcard: {} });
  expect(await anna.done(['--profile'])).toMatch(/^Full name +fullName$/m);
});

it('is read by others as it was changed; an empty value takes a field away', async () => {
  const said = await anna.run(
    set('fullName=Anna Karenina', 'email=a@example.org, b@example.org', 'city=Moscow'),
  );
  expect(said).toMatchObject({ code: 0, stderr: expect.stringContaining('for everybody to read') });
  expect(await read()).toEqual({
    fullName: 'Anna Karenina',
    email: 'a@example.org, b@example.org',
    city: 'Moscow',
  });
  await anna.done(set('city=', 'email=b@example.org', 'nickname=Anja'));
  const card = { fullName: 'Anna Karenina', email: 'b@example.org', nickname: 'Anja' };
  expect(await read()).toEqual(card);
  expect((await anna.json(['--profile']))[0]?.vcard).toEqual(card);
  expect(await ben.done(['--user', anna.jid])).toMatch(/^Nickname +Anja$/m);
});

it('keeps what another client wrote and this one does not know (§3.2)', async () => {
  const options = { jid: anna.jid, password: 'secret', service: server.service, reconnect: 'never' } as const;
  const session = createSession({ ...options, ca: await readFile(server.caFile, 'utf8') });
  const photo = x('PHOTO', {}, x('TYPE', {}, 'image/png'), x('BINVAL', {}, 'iVBORw0KGgo='));
  const card = x('vCard', { xmlns: 'vcard-temp' }, x('FN', {}, 'A'), photo, x('MAILER', {}, 'Other 1.0'));
  await session.connect();
  await session.request(x('iq', { type: 'set' }, card));
  await anna.done(set('fullName=Anna'));
  const answer = await session.request(x('iq', { type: 'get' }, x('vCard', { xmlns: 'vcard-temp' })));
  await session.close();
  expect(String(answer)).toContain('<MAILER>Other 1.0</MAILER>');
  expect(String(answer)).toContain('iVBORw0KGgo=');
  expect(await read()).toEqual({ fullName: 'Anna', photoType: 'image/png', photoBytes: '8' });
});

it('has no other fields', async () => {
  const wrong = await anna.run(set('fulname=Anna'));
  expectOneLine(wrong, 2);
  expect(wrong.stderr).toContain('Did you mean fullName?');
});

it.runIf(serverKind() === 'prosody')('is said not to be there by a server that keeps none', async () => {
  const bare = await startServer('prosody', {
    users: [{ name: 'anna', password: 'secret' }],
    withoutModules: ['vcard'],
  });
  try {
    const there = await createPerson(bare, 'anna');
    for (const args of [['--profile'], set('fullName=Anna')]) {
      const refused = await there.run(args);
      expectOneLine(refused, 1);
      expect(refused.stderr).toContain('cannot show or change your profile: your server keeps no profiles.');
    }
  } finally {
    await bare.stop();
  }
});
