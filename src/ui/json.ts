/**
 * The JSON face: one object a line on standard output, described by schema/json-lines.schema.json.
 * Commands from standard input (`{"id":…,"action":…,"params":{…}}`) will answer through the same `end` and `fail`,
 * with the command's `id`.
 */
import type { Ended } from '../actions/action.ts';
import { eventRecord } from '../actions/event-records.ts';
import { errorRecord, resultRecord, rowRecord } from '../actions/records.ts';
import type { Row } from '../actions/rows.ts';
import type { ChatEvents } from '../chat/events.ts';
import type { Problem } from './sentences.ts';
import { problemText } from './sentences.ts';

export interface JsonOutput {
  /** a row that is known before the action has ended */
  row(row: Row): void;
  /** rows, then the `result` that ends an action; `text` is what a person would read */
  end(outcome: Ended, text: string, id?: string): void;
  /** the `error` that ends an action */
  fail(problem: Problem, id?: string): void;
  event<N extends keyof ChatEvents>(name: N, ...payload: ChatEvents[N]): void;
}

/** Takes where lines go; they come without their line break. */
export function jsonOutput(print: (line: string) => void): JsonOutput {
  const write = (record: object) => print(safeLine(record));
  return {
    row: (row) => write(rowRecord(row)),
    end(outcome, text, id) {
      const rows = outcome.kind === 'rows' ? outcome.rows : outcome.row === undefined ? [] : [outcome.row];
      for (const row of rows) write(rowRecord(row));
      write(
        resultRecord({
          id,
          condition: conditionOf(outcome),
          text: text === '' ? undefined : text,
          exitCode: outcome.kind === 'done' ? outcome.exitCode : undefined,
        }),
      );
    },
    fail(problem, id) {
      write(
        errorRecord({
          id,
          condition: problem.condition,
          text: problemText({ ...problem, hint: '' }),
          hint: problem.hint === '' ? undefined : problem.hint,
          exitCode: problem.exitCode,
        }),
      );
    },
    event(name, ...payload) {
      write(eventRecord(name, ...payload));
    },
  };
}

/**
 * What a terminal acts upon, what reorders or hides text, and what other languages take for the end of a line:
 * JSON lets all of it stand as it is (RFC 8259 §7), and whoever reads JSON gets it back.
 */
const ACTING = /[\x7F-\x9F\xAD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/g;

/** One record as a line, without its line break. */
export function safeLine(record: object): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(record).replace(ACTING, escaped);
}

/** The code of the notice that goes with it: `message-queued`, `no-contacts`, `no-directory`. */
function conditionOf(outcome: Ended): string | undefined {
  if (outcome.kind === 'done') return outcome.notice.code;
  return outcome.note?.code ?? (outcome.rows.length === 0 ? outcome.empty.code : undefined);
}
