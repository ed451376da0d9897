/** What is kept, searched and exported, by flags of the built program, on a server with an archive. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLines } from '../support/json-lines.ts';
import { createPerson, expectOneLine, type Person } from '../support/person.ts';
import { createHome } from '../support/program.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  const users = ['anna', 'ben'].map((name) => ({ name, password: 'secret' }));
  server = await startServer(undefined, { users });
  anna = await createPerson(server, 'anna');
  ben = await createPerson(server, 'ben');
  for (const text of ['the kettle is on', 'Málaga in spring', '"quoted" AND NOT (this']) {
    await anna.done(['--send', ben.jid, text]);
    await ben.done(['--send', anna.jid, `re: ${text}`]);
  }
});
afterAll(() => server?.stop());

const bodies = (all: readonly Record<string, unknown>[]) =>
  all.flatMap((record) => (record.type === 'message' ? [record.body] : []));

describe('--search', () => {
  it('finds words with accents folded, newest first, narrowed by person and time', async () => {
    expect(bodies(await anna.json(['--search', 'malag']))).toEqual([
      're: Málaga in spring',
      'Málaga in spring',
    ]);
    expect(bodies(await anna.json(['--search', 'malag', '--from', ben.jid]))).toEqual([
      're: Málaga in spring',
    ]);
    expect(bodies(await anna.json(['--search', 'malag', '--until', '1h']))).toEqual([]);
    expect(bodies(await anna.json(['--search', 'the', '--chat', ben.jid, '--limit', '1']))).toEqual([
      're: the kettle is on',
    ]);
  });

  it('takes quotes and operators for text', async () => {
    for (const text of ['"quoted"', 'AND NOT (', '"', '*', "');--"]) {
      const { code } = await anna.run(['--search', text, '--offline']);
      expect({ text, code }).toEqual({ text, code: 0 });
    }
    expect(bodies(await anna.json(['--search', '"quoted" AND', '--offline']))).toHaveLength(2);
  });
});

describe('--export', () => {
  it('writes all of a chat, on a device that is new here too, and never over a file', async () => {
    const home = await createHome();
    const told = await anna.run(['--export', ben.jid, '--output', 'ben.txt'], { home });
    const path = join(home.work, 'ben.txt');
    expect(told).toMatchObject({ code: 0, stdout: '', stderr: 'Messages written to ben.txt: 6.\n' });
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines[0]).toBe(`── ${ben.jid} ──`);
    expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}anna@\S+: the kettle is on$/);
    expect(lines).toHaveLength(7);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = await anna.run(['--export', ben.jid, '--output', 'ben.txt'], { home });
    expectOneLine(again, 1);
    expect(again.stderr).toContain('ben.txt exists already');
    expect(await readdir(home.work)).toEqual(['ben.txt']);
  });

  it('gives the message records, to standard output too', async () => {
    const out = await anna.done(['--export', '--format', 'jsonl', '--quiet']);
    const records = parseLines(out);
    expect(records.map(({ type }) => type)).toEqual(Array.from({ length: 6 }, () => 'message'));
    const json = await anna.json(['--export', ben.jid, '--until', '1h', '--offline']);
    expect(json).toMatchObject([{ type: 'result', condition: 'no-history' }]);
    const wrong = await anna.run(['--export', '--format', 'text', '--json']);
    expect(wrong).toMatchObject({ code: 2 });
  });
});

describe('--keep-messages', () => {
  it('leaves nothing behind that was read and sent, and fetches it again only for who asks', async () => {
    const home = await createHome();
    const nothing = ['--keep-messages', 'nothing'];
    await anna.done(['--send', ben.jid, 'gone with the run', ...nothing], { home });
    expect(bodies(await anna.json(['--history', '--offline'], { home }))).toEqual([]);
    // The first look into the archive shows what it finds; after that nothing is fetched again unasked.
    await anna.done(['--history', ben.jid, ...nothing], { home });
    expect(bodies(await anna.json(['--history', ben.jid, ...nothing], { home }))).toEqual([]);
    const asked = bodies(await anna.json(['--history', ben.jid, '--since', '1h', ...nothing], { home }));
    expect(asked).toContain('gone with the run');
    const kept = await anna.json(['--history', ben.jid, '--keep-messages', '30d'], { home });
    expect(bodies(kept).at(-1)).toBe('gone with the run');
    expect(bodies(await anna.json(['--history', '--offline'], { home }))).toHaveLength(kept.length - 1);
    const wrong = await anna.run(['--history', '--keep-messages', 'soon'], { home });
    expectOneLine(wrong, 2);
  });
});

describe('--archiving (XEP-0441)', () => {
  it('tells what the server keeps of whom, and changes it', async () => {
    const { jid } = ben;
    expect(await anna.json(['--archiving'])).toMatchObject([
      { type: 'archiving', always: [], never: [] },
      {},
    ]);
    const changed = await anna.json(['--archiving', 'roster', '--never', jid, '--always', 'nurse']);
    const nurse = `nurse@${server.domain}`;
    expect(changed[0]).toMatchObject({ default: 'roster', always: [nurse], never: [jid] });
    const shown = (await anna.done(['--archiving'])).trimEnd().split('\n');
    expect(shown.map((line) => line.split(/ {2,}/))).toEqual([
      ['By default', 'kept with contacts only'],
      ['Always kept with', nurse],
      ['Never kept with', jid],
    ]);
    const back = await anna.json(['--archiving', 'always', '--usual', jid, '--usual', nurse]);
    expect(back[0]).toMatchObject({ default: 'always', always: [], never: [] });
  });
});

describe('--wipe-data', () => {
  it('leaves no word of it on this computer, and everything on the server', async () => {
    const home = await createHome();
    await anna.done(['--send', ben.jid, 'a nightingale in the night'], { home });
    await anna.done(['--history', ben.jid], { home });
    const folder = join(home.folder, 'data', 'xmpp-chat');
    const bytes = async () => {
      const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((it) =>
        it.isFile(),
      );
      return Buffer.concat(await Promise.all(files.map((it) => readFile(join(it.parentPath, it.name)))));
    };
    expect((await bytes()).includes('nightingale')).toBe(true);
    const unsure = await anna.run(['--wipe-data'], { home });
    expectOneLine(unsure, 2);
    const done = await anna.run(['--wipe-data', '--yes'], { home, env: { XMPP_PASSWORD: '' } });
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('is erased.') });
    const left = await bytes();
    expect([left.includes('nightingale'), left.includes(anna.jid)]).toEqual([false, false]);
    expect(bodies(await anna.json(['--history', ben.jid], { home }))).toContain('a nightingale in the night');
    await anna.done(['--wipe-data', '--all-accounts', '--yes'], { home });
    expect((await bytes()).includes(ben.jid)).toBe(false);
  });
});
