import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Checked {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the check on a project that holds these files: name and text. */
function check(files: Record<string, string>): Checked {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-imports-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const script = join(root, 'scripts/check-imports.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    return { code: status, output: `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const value = 'export const value = 1;\n';
const use = (path: string): string => `import { value } from '${path}';\nexport const used = value;\n`;
const useLibrary = (name: string): string =>
  `import * as library from '${name}';\nexport const used = library;\n`;

/** The same file name with a number, so that every row has a file of its own. */
const numbered = (name: string, index: number): string => name.replace(/(\/[^/]*)?\.ts$/, `$1-${index}.ts`);

const forbidden: ReadonlyArray<readonly [rule: string, from: string, to: string]> = [
  ['xmpp-alone', 'src/xmpp/roster.ts', 'src/chat/client.ts'],
  ['xmpp-alone', 'src/xmpp/session/session.ts', 'src/i18n/en.ts'],
  ['chat-below', 'src/chat/people.ts', 'src/storage/messages.ts'],
  ['chat-below', 'src/chat/people.ts', 'src/ui/theme.ts'],
  ['chat-below', 'src/chat/people.ts', 'src/actions/table.ts'],
  ['chat-below', 'src/chat/people.ts', 'src/i18n/en.ts'],
  ['actions-without-faces', 'src/actions/contacts.ts', 'src/ui/theme.ts'],
  ['actions-without-faces', 'src/actions/contacts.ts', 'src/storage/messages.ts'],
  ['ui-without-rooms-below', 'src/ui/render.ts', 'src/xmpp/jid.ts'],
  ['ui-without-rooms-below', 'src/ui/render.ts', 'src/storage/messages.ts'],
  ['storage-runs-nothing-of-chat', 'src/storage/rooms.ts', 'src/chat/client.ts'],
  ['storage-types-only', 'src/storage/rooms.ts', 'src/ui/theme.ts'],
  ['i18n-alone', 'src/i18n/es.ts', 'src/ui/theme.ts'],
  ['config-alone', 'src/config/settings.ts', 'src/chat/client.ts'],
  ['app-on-top', 'src/chat/people.ts', 'src/app.ts'],
  ['main-is-not-imported', 'src/app/demo.ts', 'src/main.ts'],
];

const libraries: ReadonlyArray<readonly [rule: string, library: string, from: string, allowed: string]> = [
  ['xmpp-library', '@xmpp/client', 'src/xmpp/roster.ts', 'src/xmpp/session/xmpp-client.ts'],
  ['inquirer-library', 'inquirer', 'src/ui/render.ts', 'src/ui/menu.ts'],
  ['inquirer-library', '@inquirer/core', 'src/actions/contacts.ts', 'src/ui/prompts/line.ts'],
  ['chalk-library', 'chalk', 'src/ui/menu/items.ts', 'src/ui/theme.ts'],
  ['commander-library', 'commander', 'src/app/flags.ts', 'src/ui/cli.ts'],
  ['sqlite-driver', '@photostructure/sqlite', 'src/storage/rooms.ts', 'src/storage/database.ts'],
];

describe('a project that breaks every rule', () => {
  let checked: Checked;
  beforeAll(() => {
    const files: Record<string, string> = {};
    for (const [, , to] of forbidden) files[to] = value;
    forbidden.forEach(([, from, to], index) => {
      files[numbered(from, index)] = use(`${'../'.repeat(from.split('/').length - 1)}${to}`);
    });
    libraries.forEach(([, library, from, allowed], index) => {
      files[numbered(from, 100 + index)] = useLibrary(library);
      files[allowed] = useLibrary(library);
    });
    files['src/xmpp/a.ts'] = use('./b.ts');
    files['src/xmpp/b.ts'] = use('./a.ts');
    files['src/xmpp/c.ts'] = use('./missing.ts');
    checked = check(files);
  }, 30_000);

  it.each(forbidden.map((row, index) => [...row, index] as const))('%s: %s does not import %s', (...row) => {
    const [rule, from, to, index] = row;
    expect(checked.output).toContain(`${rule}: ${numbered(from, index)} → ${to}\n`);
  });

  it.each(libraries.map((row, index) => [...row, index] as const))('%s: %s only where allowed', (...row) => {
    const [rule, , from, allowed, index] = row;
    expect(checked.output).toContain(`${rule}: ${numbered(from, 100 + index)} → `);
    expect(checked.output).not.toContain(`${rule}: ${allowed} → `);
  });

  it('has a circle and an import that leads nowhere', () => {
    expect(checked.output).toContain('no-circles: src/xmpp/a.ts → src/xmpp/b.ts\n');
    expect(checked.output).toContain('nothing-unresolved: src/xmpp/c.ts → ./missing.ts\n');
  });

  it('is red', () => {
    expect(checked.code).toBe(1);
  });
});

it('passes imports that go down, and says how many files it read', { timeout: 30_000 }, () => {
  const { code, output } = check({
    'src/main.ts': "import { used } from './app.ts';\nprocess.stdout.write(String(used));\n",
    'src/app.ts': use('./ui/menu.ts'),
    'src/ui/menu.ts': "export { used as value } from '../actions/contacts.ts';\n",
    'src/actions/contacts.ts': use('../chat/client.ts'),
    'src/chat/client.ts': "export { value } from '../xmpp/jid.ts';\n",
    'src/xmpp/jid.ts': value,
    'src/storage/messages.ts':
      "import type { value } from '../chat/client.ts';\nexport type Used = typeof value;\n",
  });
  expect(output).toContain('7 of 7 files read, 0 forbidden imports');
  expect(code).toBe(0);
});

it('is red when a file of src was not read', { timeout: 30_000 }, () => {
  const { code, output } = check({ 'src/xmpp/jid.ts': value, 'src/node_modules/hidden.ts': value });
  expect(output).toContain('not read: src/node_modules/hidden.ts');
  expect(code).toBe(1);
});
