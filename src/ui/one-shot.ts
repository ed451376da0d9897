/**
 * Runs one action for a command line: values, log-in, result, one line for what went wrong, exit code. Tables, colours
 * and JSON are loaded where a run prints them: `--send` does not.
 */
import type { Action, ActionContext, BareContext, Ended, Outcome, Streaming } from '../actions/action.ts';
import type { Row } from '../actions/rows.ts';
import { bareOf, domainOf, parseAddress } from '../chat/address.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { EXIT, READER_GONE } from './exit-codes.ts';
import { interruptedExitCode } from './interrupts.ts';
import { completeInput } from './one-shot/input.ts';
import type { Output } from './one-shot/output.ts';
import type { Ask, Passwords } from './one-shot/passwords.ts';
import { type Progress, progress } from './one-shot/progress.ts';
import type { StandardInput } from './one-shot/standard-input.ts';
import type { RawInput } from './parameters.ts';
import { noticeText } from './render/notice.ts';
import type { OutcomeText } from './render/outcome.ts';
import { type About, type Problem, problemLine, problemOf } from './sentences.ts';
import type { Theme } from './theme.ts';
import { UsageError } from './usage-error.ts';

export interface OneShot {
  readonly action: Action;
  readonly input: RawInput;
  readonly words: Catalogue;
  /** of standard output; asked for where rows are printed */
  readonly theme: () => Promise<Theme>;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
  /** bare JID, where one is given */
  readonly account?: string | undefined;
  /** completes bare names; the account's own where it has one */
  readonly domain?: string | undefined;
  /** results */
  readonly out: Output;
  /** everything else */
  readonly err: Output;
  /** for progress; the terminal behind `err` */
  readonly errStream: Parameters<typeof progress>[0];
  /** width of standard output where it is a terminal */
  readonly columns?: number | undefined;
  /** where it is no terminal */
  readonly stdin?: StandardInput | undefined;
  readonly ask?: Ask | undefined;
  /** gives the terminal back that questions were asked at: what is printed stands below them */
  readonly asked?: (() => Promise<void>) | undefined;
  readonly passwords: Passwords;
  /** ended by a signal */
  readonly signal: AbortSignal;
  /** what an action gets that needs no account */
  readonly bare: Pick<BareContext, 'timeout' | 'domain' | 'register' | 'examine'>;
  /** Makes what the others get beside it; called when the command line is known to be right. */
  prepare(): Promise<Pick<ActionContext, 'client' | 'online'>>;
  /** milliseconds since 1970 */
  now(): number;
}

/** Resolves to the exit code; never rejects. */
export async function runOneShot(run: OneShot): Promise<number> {
  const shown = progress(run.errStream, run.words, run.now);
  const early = earlyRows(run);
  let input: Record<string, unknown> = { ...run.input };
  let work: Promise<Outcome> | undefined;
  try {
    input = await completeInput(run.action, { ...run, raw: run.input, now: run.now() });
    work = perform(run, input, shown, early.show);
    const outcome = await untilAborted(work, run.signal);
    shown.clear();
    await run.asked?.();
    await early.shown();
    await printOutcome(run, outcome.kind === 'stream' ? await written(run, outcome) : outcome);
    return exitCodeOf(outcome);
  } catch (error) {
    shown.clear();
    await run.asked?.();
    // What they failed with is the error at hand, or comes second to it.
    await early.shown().catch(() => undefined);
    if (run.signal.aborted) return await interrupted(run, work);
    return await fail(run, problemOf(error, run.words, aboutRun(run, input)));
  } finally {
    await Promise.all([run.out.flush(), run.err.flush()]);
  }
}

async function perform(
  run: OneShot,
  input: Readonly<Record<string, unknown>>,
  shown: Progress,
  show: BareContext['show'],
): Promise<Outcome> {
  const { action, signal } = run;
  const bare: BareContext = {
    ...run.bare,
    signal,
    oneShot: true,
    lines: run.action.stdin === 'lines' ? run.stdin?.lines : undefined,
    progress: (file) => {
      if (!run.quiet) shown.show(file);
    },
    show,
  };
  if (action.needs === 'nothing') return action.run(bare, input);
  const context: ActionContext = { ...bare, ...(await run.prepare()) };
  await context.online(action.needs);
  return action.run(context, input);
}

/** Rows that are known before the action has ended, printed one after the other; `shown` rejects where one could not be. */
function earlyRows(run: OneShot): { show(row: Row): void; shown(): Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  const print = async (row: Row) => {
    if (run.json) {
      const { jsonOutput } = await import('./json.ts');
      jsonOutput((line) => run.out.line(line)).row(row);
      return;
    }
    const [{ rowsText }, theme] = await Promise.all([import('./render/rows.ts'), run.theme()]);
    run.out.line(rowsText([row], { ...run, theme }));
  };
  return {
    show(row) {
      last = last.then(() => print(row));
      // Heard of at the end, by `shown`.
      last.catch(() => undefined);
    },
    shown: () => last,
  };
}

/**
 * A signal ends a run without a word, but for what it leaves to a later one: who does not hear of that would say it again.
 * Work that hears the signal has ended by the next turn.
 */
async function interrupted(run: OneShot, work: Promise<Outcome> | undefined): Promise<number> {
  const exitCode = interruptedExitCode(run.signal);
  const turn = new Promise<undefined>((resolve) => setImmediate(resolve, undefined));
  const left = await Promise.race([work, turn]).catch(() => undefined);
  if (left?.kind === 'done' && exitCodeOf(left) === EXIT.queued)
    await printOutcome(run, { ...left, exitCode });
  return exitCode;
}

const exitCodeOf = (outcome: Outcome): number => (outcome.kind === 'done' ? (outcome.exitCode ?? 0) : 0);

/** Standard output takes what has no file of its own; with `--json` that can only be records. */
async function written(run: OneShot, stream: Streaming): Promise<Ended> {
  if (run.json && stream.output === undefined && stream.format === 'text')
    throw new UsageError('json-is-no-text', { option: '--format text' });
  const { writeStream } = await import('./stream.ts');
  return writeStream(stream, {
    words: run.words,
    format: run.json && stream.output === undefined ? 'jsonl' : 'text',
    signal: run.signal,
    async write(lines) {
      run.out.line(lines);
      await run.out.flush();
      run.out.closed.throwIfAborted();
    },
  });
}

async function textOf(run: OneShot, outcome: Ended): Promise<OutcomeText> {
  if (outcome.kind === 'done') return { result: '', notices: [noticeText(outcome.notice, run.words)] };
  const [{ outcomeText }, theme] = await Promise.all([import('./render/outcome.ts'), run.theme()]);
  return outcomeText(outcome, { ...run, theme });
}

async function printOutcome(run: OneShot, outcome: Ended): Promise<void> {
  const { result, notices } = await textOf(run, outcome);
  if (run.json) {
    const { jsonOutput } = await import('./json.ts');
    jsonOutput((line) => run.out.line(line)).end(outcome, notices.join(' '));
  } else run.out.line(result);
  await run.out.flush();
  // What was asked for did not arrive. What was done is done, whoever reads of it.
  if (outcome.kind === 'rows') run.out.closed.throwIfAborted();
  if (run.json && !run.out.closed.aborted) return;
  const exitCode = exitCodeOf(outcome);
  // What did not go as asked is told as every error is, also to those who want it quiet.
  if (exitCode !== 0) run.err.line(`${run.words.errors.program}: ${notices.join(' ')} (${exitCode})`);
  else if (!run.quiet) for (const notice of notices) run.err.line(notice);
}

/** Prints what went wrong; gives the exit code. */
async function fail(run: Pick<OneShot, 'json' | 'out' | 'err' | 'words'>, problem: Problem): Promise<number> {
  if (run.json) {
    const { jsonOutput } = await import('./json.ts');
    jsonOutput((line) => run.out.line(line)).fail(problem);
    await run.out.flush();
  }
  const told = run.json && !run.out.closed.aborted;
  // As with every program in a pipe: who has read enough wants to hear no more.
  if (!told && problem.exitCode !== READER_GONE) run.err.line(problemLine(problem, run.words));
  return problem.exitCode;
}

/** What the sentences may name: addresses and paths, neither texts nor secrets. */
function aboutRun({ action, account, domain }: OneShot, input: Readonly<Record<string, unknown>>): About {
  const shown = Object.entries(input).filter(
    ([name]) => name !== action.rest && action.params[name]?.secret !== true,
  );
  // The account that `--register` makes is the one it connects with.
  const typed = action.needs === 'nothing' && typeof input.jid === 'string' ? input.jid : undefined;
  const own = account ?? (typed === undefined ? undefined : parseAddress(typed, domain));
  return {
    action: action.name,
    values: {
      ...Object.fromEntries(shown),
      account: own === undefined ? undefined : bareOf(own),
      domain: own === undefined ? domain : domainOf(own),
    },
  };
}

/** Rejects with the signal's reason as soon as it is aborted, whether the work listens to it or not. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    // What lost the race may still fail; nobody is left to hear it.
    work.catch(() => {});
  }
}
