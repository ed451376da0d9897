/** The fault matrix: local data that cannot be read any more (row 25). Afterwards `checkInvariant` looks into both. */
import { open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectOneLine } from '../support/person.ts';
import { createHome, runProgram } from '../support/program.ts';
import { dice, seed } from './seed.ts';
import { staged } from './staged.ts';

const scene = staged();

/** The pages of the schema and of the first tables. */
const HEAD = 65_536;

const damages: Readonly<Record<string, (path: string) => Promise<void>>> = {
  async 'overwritten in its middle'(path) {
    const file = await open(path, 'r+');
    const at = 100 + dice('row25').between(0, 400);
    await file.write(Buffer.alloc(HEAD, 0xa5), 0, HEAD, at);
    await file.close();
  },
  'cut short': (path) => truncate(path, 4096 + dice('row25').between(1, 4000)),
  'no database': (path) => writeFile(path, 'Dear diary, '.repeat(1000)),
};

describe(`damage, seed ${seed}`, () => {
  it.each(Object.keys(damages))(
    'row 25: the database is %s: told, moved aside by consent, filled again from the archive (quick)',
    async (how) => {
      const { server } = scene;
      const { alice, bob, sends, bobHasAll, checkInvariant } = await scene.set({
        name: `row25${Object.keys(damages).indexOf(how)}`,
      });
      await sends(8);
      await bobHasAll();
      await alice.actor.does({ do: 'settle' });
      await bob.actor.close();
      await damages[how]?.(bob.database);
      const damaged = await readFile(bob.database);
      await sends(4);

      const folder = dirname(bob.database);
      const args = ['-j', bob.jid, '--service', server.service, '--ca', server.caFile, '--data-dir', folder];
      const home = await createHome();
      const script = await runProgram([...args, '--history'], { home, env: { XMPP_PASSWORD: 'secret' } });
      expectOneLine(script, 1);
      expect(script.stderr).toContain(bob.database);

      // 1) Log in, and no: nothing is touched.
      const refused = await runProgram(args, { home, stdin: '1\n\nsecret\nn\n0\n' });
      expect(refused.stdout).toContain(bob.database);
      expect((await readFile(bob.database)).equals(damaged)).toBe(true);
      const agreed = await runProgram(args, { home, stdin: '1\n\nsecret\ny\n12\n0\n' });
      expect(agreed.stdout).toContain(`Logged in as ${bob.jid}`);
      expect({ code: agreed.code, stderr: agreed.stderr }).toEqual({ code: 0, stderr: '' });
      const aside = (await readdir(folder)).filter((name) => /\.damaged-\d{8}T\d{6}Z$/.test(name));
      expect(aside).toEqual([expect.stringContaining(basename(bob.database))]);
      expect((await readFile(`${folder}/${aside[0]}`)).equals(damaged)).toBe(true);
      expect((await stat(bob.database)).mode & 0o077).toBe(0);

      await bob.enter();
      await checkInvariant();
    },
  );
});
