// `code-cache.js FOLDER`: lets V8 compile every .cjs file of the folder, and keeps what it made beside each, for
// src/app/chunks.ts. All functions, also those that nothing has called yet: the option that asks for it is taken back
// before anything is kept, since V8 refuses what was made with other options than those of the run that reads it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

const [folder = 'dist'] = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith('.cjs'));

setFlagsFromString('--no-lazy');
const scripts = files.map((name) => {
  const file = join(folder, name);
  return { file, script: new Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file }) };
});
setFlagsFromString('--lazy');
for (const { file, script } of scripts) writeFileSync(`${file}.v8`, script.createCachedData());
