/** The documents against the program: what they list is there, and what is there is listed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { actions } from '../src/actions/table.ts';
import { keys, settingOf } from '../src/config/names.ts';
import { en } from '../src/i18n/en.ts';
import { COMMON_OPTIONS, flagActions, MODES, sideOptions } from '../src/ui/cli/options.ts';
import { EXIT } from '../src/ui/exit-codes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');

/** The rows of the table whose first title is this one: cells, trimmed. */
function table(text: string, title: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${title} |`));
  expect(start, `a table that begins with “${title}”`).toBeGreaterThanOrEqual(0);
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** What stands in backquotes. */
const quoted = (text = '') => [...text.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code);
const flagsIn = (text: string) => [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag);
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

// ---- configuration

it('lists every setting with its key, flag and variable in the README, in the order of the program', () => {
  const rows = table(readme, 'key in the config file').map(([key, flag, variable]) => ({
    key: quoted(key)[0],
    flag: quoted(flag)[0],
    variable: quoted(variable)[0],
  }));
  const expected = keys.map(settingOf).map(({ name, env, secret }) => ({
    key: name,
    flag: secret === true ? undefined : `--${name}`,
    variable: env,
  }));
  const byKey = (a: { key: string | undefined }, b: { key: string | undefined }) =>
    (a.key ?? '').localeCompare(b.key ?? '');
  expect(rows.toSorted(byKey)).toEqual(expected.toSorted(byKey));
});

it('has every variable in .env.example, without a value', () => {
  const lines = read('.env.example').split('\n');
  const names = lines.filter((line) => line !== '' && !line.startsWith('#'));
  expect(sorted(names)).toEqual(sorted(keys.map((key) => `${settingOf(key).env}=`)));
});

// ---- flags

const known = sorted([
  ...[...MODES, 'yes', ...COMMON_OPTIONS.map(({ name }) => name)].map((name) => `--${name}`),
  ...flagActions(actions).flatMap((action) => [
    `--${action.name}`,
    ...sideOptions(action).map(({ name }) => `--${name}`),
  ]),
]);

it('lists every flag of the table of actions', () => {
  const listed = flagsIn(
    table(readme, 'flag')
      .map((row) => row.join(' '))
      .join('\n'),
  );
  const wanted = known.filter((flag) => !COMMON_OPTIONS.some(({ name }) => flag === `--${name}`));
  expect(wanted.filter((flag) => !listed.includes(flag))).toEqual([]);
});

it('says every exit code of --doctor', () => {
  const row = table(readme, 'flag').find(([flag]) => flag?.includes('--doctor'));
  const said = [...(row?.join(' ') ?? '').matchAll(/[(,;] ?(\d) /g)].map(([, code]) => Number(code));
  const { done, unconnected, unauthorised, usage, failed } = EXIT;
  expect(said).toEqual([done, unconnected, unauthorised, usage, failed]);
  expect(row?.join(' ')).toContain('also with warnings');
});

it('names no flag that the program does not have', () => {
  // Those of other programs, where they stand in an example.
  const others = ['--global', '--output', '--server'];
  for (const path of ['README.md', 'SECURITY.md', 'docs/files.md', '.env.example']) {
    const unknown = flagsIn(read(path)).filter((flag) => !known.includes(flag) && !others.includes(flag));
    expect(unknown, path).toEqual([]);
  }
});

it('lists every exit code', () => {
  const codes = table(readme, 'exit code').map(([code = '']) => code);
  expect(codes).toEqual([...Object.values(EXIT).map(String), '128 + n']);
});

it('names the entries of the main menu as the menu does', () => {
  const labels = Object.values(en.menus.main).filter((label) => typeof label === 'string');
  const named = table(readme, 'key').filter(([key = '']) => /^(\d+|[MD])\b/.test(key));
  expect(named).toHaveLength(18);
  for (const [, label] of named) expect(labels).toContain(label);
});

// ---- protocol

const TABLE = 'docs/protocol.md';
const rows = table(read(TABLE), 'XEP').map(([xep = '', name, version, where]) => {
  const [, number = '', address] = /^\[(\d{4})\]\((.*)\)$/.exec(xep) ?? [];
  return { number, address, name, version, where: quoted(where)[0] ?? '' };
});

interface Header {
  readonly path: string;
  /** the first comment, on one line */
  readonly text: string;
}

const headers: readonly Header[] = readdirSync(join(root, 'src/xmpp'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src/xmpp', name))
  .map((path) => {
    const [, comment = ''] = /^\/\*\*([\s\S]*?)\*\//.exec(read(path)) ?? [];
    return { path, text: comment.replace(/\n\s*\*/g, ' ').replace(/\s+/g, ' ') };
  });

/** What a header says that its file implements: `XEP-0004: Data Forms, version 2.13.2.` */
function implemented({ text }: Header): { number: string; name: string | undefined; version: string }[] {
  const found = text.matchAll(/XEP-(\d{4})(?::? ([^,;.§]+))?, version (\d+(?:\.\d+)*)/g);
  return [...found].map(([, number = '', name, version = '']) => ({ number, name, version }));
}

it.each(headers)(
  '$path: every XEP of its header stands in the protocol table, with name and version',
  (header) => {
    for (const { number, name, version } of implemented(header)) {
      const row = rows.find((candidate) => candidate.number === number);
      expect(row, `a row for XEP-${number} in ${TABLE}`).toBeDefined();
      expect({ number, version }).toEqual({ number: row?.number, version: row?.version });
      if (name !== undefined) expect(name.trim()).toBe(row?.name);
      expect(header.text).toContain(`https://xmpp.org/extensions/xep-${number}.html`);
    }
  },
);

it.each(rows)(
  'XEP-$number of the protocol table stands in the header of its file',
  ({ number, version, where }) => {
    expect(existsSync(join(root, where)), where).toBe(true);
    if (!where.startsWith('src/xmpp/')) return expect(read(where)).toContain(`XEP-${number}`);
    const own = headers.filter(
      ({ path }) => path === where || (where.endsWith('/') && path.startsWith(where)),
    );
    expect(own.flatMap(implemented).filter((entry) => entry.number === number)).toContainEqual(
      expect.objectContaining({ version }),
    );
  },
);

it('gives the address of each XEP, once, in order', () => {
  for (const { number, address } of rows)
    expect(address).toBe(`https://xmpp.org/extensions/xep-${number}.html`);
  const numbers = rows.map(({ number }) => number);
  expect(numbers).toEqual(sorted(numbers));
});

// ---- tests that documents name

/** The names of all tests of a file, with the parts in braces of `it.each` as they stand. */
const testNames = (path: string) =>
  [
    ...read(path).matchAll(
      /\b(?:it|test)(?:\.\w+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)*\(\s*(['"`])(.*?)(?<!\\)\1/gs,
    ),
  ].map(([, , name = '']) => name.replaceAll(/\\(.)/g, '$1'));

it('names in docs/interop.md the tests with other clients, all of them', () => {
  const path = 'docs/interop.md';
  const tables = ['what', 'in a room', 'a file'].flatMap((head) => table(read(path), head));
  const named = tables.flatMap((row) => quoted(row.at(-1)));
  const files = ['devices', 'rooms', 'files'].map((name) => `test/interop/${name}.test.ts`);
  const tests = files.flatMap(testNames).filter((name) => name !== 'had no trouble');
  expect(sorted(named)).toEqual(sorted(tests));
});

// ---- rooms

it('names a test that is there for every status code of rooms (XEP-0045 §15.6.2)', () => {
  const codes = table(read('docs/rooms.md'), 'code');
  expect(codes.map(([code]) => code)).toEqual(Object.keys(en.words.roomCodes));
  for (const [code = '', , test = ''] of codes) {
    const [, path = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(test) ?? [];
    expect(existsSync(join(root, path)), `${code}: ${path}`).toBe(true);
    // Parts that are filled in for each case stand as %i.
    const plain = read(path).replaceAll('%i', '');
    expect(plain, `${code}: ${name}`).toContain(name.replace(/ \d{3}$/, ' '));
  }
});

it('names a test that is there for everything that others may try with rooms', () => {
  const attempts = table(read('docs/rooms.md'), 'attempt');
  expect(attempts.length).toBeGreaterThan(10);
  for (const [attempt = '', , test = ''] of attempts) {
    const [, path = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(test) ?? [];
    expect(testNames(path), `${attempt}: ${path}`).toContain(name);
  }
});

it('names tests that are there for the use cases of rooms', () => {
  for (const [section, , , test = ''] of table(read('docs/rooms.md'), '§')) {
    for (const path of quoted(test)) expect(existsSync(join(root, path)), `${section}: ${path}`).toBe(true);
  }
});

const complaints = table(read('docs/comparison.md'), 'complaint').map(
  ([complaint = '', reported, tests]) => ({
    complaint,
    reported,
    tests,
  }),
);

it.each(complaints)(
  '$complaint: the tests that docs/comparison.md names are there',
  ({ reported, tests }) => {
    expect(reported).toMatch(/https:\/\/|^seen with /);
    let file = '';
    const named: string[] = [];
    for (const word of quoted(tests)) {
      if (word.startsWith('test/')) file = word;
      else {
        named.push(word);
        // As it stands there, in whatever quotes.
        expect(/['"`]/.exec(read(file).split(word)[1] ?? ''), `${file}: ${word}`).toMatchObject({ index: 0 });
      }
    }
    expect(named).not.toEqual([]);
  },
);

// ---- links

const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** `## Where things lie` as GitHub links to it. */
const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

it.each(documents)('%s links to files and headings that are there', (path) => {
  const links = [...read(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  for (const link of links.filter((each) => !/^[a-z]+:/.test(each))) {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? join(root, path) : resolve(root, dirname(path), file);
    expect(existsSync(target), link).toBe(true);
    if (anchor !== undefined) expect(anchors(readFileSync(target, 'utf8')), link).toContain(anchor);
  }
});

it('packs what the README shows and links to', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  // npm adds these by itself.
  const packed = [...files, 'README.md', 'LICENSE'];
  const links = [...readme.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, link = '']) => link);
  const local = links.filter((link) => !/^[a-z]+:/.test(link) && link !== 'CONTRIBUTING.md');
  for (const link of local) expect(packed, link).toContain(link.split('/')[0]);
});
