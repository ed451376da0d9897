/** Checks JSON lines against schema/json-lines.schema.json. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

export interface JsonLinesSchema {
  readonly oneOf: readonly { readonly $ref: string }[];
  readonly $defs: Readonly<
    Record<string, { readonly required?: string[]; readonly properties?: Readonly<Record<string, unknown>> }>
  >;
}

const path = new URL('../../schema/json-lines.schema.json', import.meta.url);
export const schema = JSON.parse(readFileSync(path, 'utf8')) as JsonLinesSchema & object;

/** every `type` that the schema knows */
export const recordTypes = schema.oneOf.map(({ $ref }) => $ref.slice('#/$defs/'.length));

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
ajv.addSchema(schema, 'lines');

/** What is wrong with one record, as a JSON consumer would get it; empty for a good one. */
export function recordFaults(record: unknown): string[] {
  const line: unknown = JSON.parse(JSON.stringify(record));
  const type = (line as { type?: unknown } | null)?.type;
  // Faults against the one type meant are readable; those against all of them are not.
  const known = typeof type === 'string' && recordTypes.includes(type);
  const faults = known ? faultsAgainst(`lines#/$defs/${type}`, line) : [];
  return faults.length > 0 ? faults : faultsAgainst('lines', line);
}

function faultsAgainst(name: string, line: unknown): string[] {
  const check = ajv.getSchema(name);
  if (check === undefined) throw new Error(`the schema has no ${name}`);
  return check(line) === true ? [] : (check.errors ?? []).map(describeFault);
}

function describeFault({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || '/'} ${message ?? ''} ${JSON.stringify(params)}`;
}

/** Splits output into records; throws where a line is no JSON or breaks the schema. */
export function parseLines(output: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      const faults = recordFaults(record);
      if (faults.length > 0) throw new Error(`${line}: ${faults.join('; ')}`);
      return record;
    });
}
