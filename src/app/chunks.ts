/**
 * Loads what the build made, compiled already. Reading our own code is a third of what a start takes of the processor;
 * V8 can keep what it made of it, but Node 20 offers that for scripts alone (`node:vm`), not for modules. So the program
 * is built as CommonJS, beside each of its files is what V8 made of it (scripts/code-cache.js), and this loads both.
 */
import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { Script } from 'node:vm';

type Require = (id: string) => unknown;
type Wrapped = (
  exports: unknown,
  require: Require,
  module: { exports: unknown },
  file: string,
  folder: string,
) => void;

/** Behind the name of the file that it was made of. */
export const COMPILED = '.v8';

/**
 * Gives what a file exports that the build made, and loads its siblings where it asks for them. What V8 kept is taken
 * where this V8 can use it; it only looks at its own version, its options and the length of the file, so the build
 * makes all anew. Throws what the file throws, and the error of the file system where it is not there.
 */
export function chunks(): (file: string) => unknown {
  const loaded = new Map<string, { exports: unknown }>();

  return function load(file: string): unknown {
    const known = loaded.get(file);
    if (known !== undefined) return known.exports;
    const module: { exports: unknown } = { exports: {} };
    const folder = dirname(file);
    const outside = createRequire(file);
    const run = compiled(file);
    loaded.set(file, module);
    try {
      run(
        module.exports,
        (id) => (id.startsWith('./') ? load(resolve(folder, id)) : outside(id)),
        module,
        file,
        folder,
      );
    } catch (error) {
      // Half made: who asks again is told again, as by `require`.
      loaded.delete(file);
      throw error;
    }
    return module.exports;
  };
}

function compiled(file: string): Wrapped {
  const kept = file + COMPILED;
  const script = new Script(Module.wrap(readFileSync(file, 'utf8')), {
    filename: file,
    cachedData: existsSync(kept) ? readFileSync(kept) : undefined,
  });
  return script.runInThisContext() as Wrapped;
}
