/** The output that one prompt draws on, made to be inquirer's `context.output`. */
import { Writable } from 'node:stream';
import { ENDLESS } from './width.ts';

export interface PromptOutput extends Writable {
  /** before its end: nothing of it stays on the screen */
  discard(): void;
}

export interface PromptOutputEvents {
  written(text: string): void;
  ended(discarded: boolean): void;
}

export function promptOutput({ written, ended }: PromptOutputEvents): PromptOutput {
  let discarded = false;
  const output = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      written(String(chunk));
      done();
    },
  });
  const endStream = output.end.bind(output);
  // at once, not with the stream's later events: what the caller prints next stands below the answer
  const end = () => {
    ended(discarded);
    return endStream();
  };
  const discard = () => {
    discarded = true;
  };
  return Object.assign(output, { end, discard, isTTY: true, columns: ENDLESS, rows: 1000 });
}
