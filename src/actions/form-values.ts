/** A form filled in by `name=value`, as flags and commands do. */
import type { Filled, FormField } from '../chat/form.ts';
import { ChatError } from '../chat/problem.ts';

/** `name=value`; several values of a field by several of them. */
export function settings(given: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const setting of given) {
    const at = setting.indexOf('=');
    if (at < 1) throw new ChatError('no-setting', { value: setting });
    const [name, value] = [setting.slice(0, at), setting.slice(at + 1)];
    values.set(name, values.has(name) ? `${values.get(name)}\n${value}` : value);
  }
  return values;
}

const SWITCH: Readonly<Record<string, string>> = {
  true: '1',
  false: '0',
  yes: '1',
  no: '0',
  on: '1',
  off: '0',
};

/** What is set, by the names of the form; the common beginning of a room's may be left out. `unknown`: what is thrown else. */
export function fillByName(
  fields: readonly FormField[],
  wanted: ReadonlyMap<string, string>,
  unknown: (name: string) => Error,
): Filled {
  const filled = [...wanted].map(([name, value]) => {
    const field = fields.find((entry) => entry.name === name || entry.name === `muc#roomconfig_${name}`);
    if (field === undefined) throw unknown(name);
    return [field.name, field.kind === 'switch' ? (SWITCH[value] ?? value) : value] as const;
  });
  return Object.fromEntries(filled);
}
