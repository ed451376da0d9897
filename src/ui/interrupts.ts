/** Signals that end a run in order: exit code 128 + n, after what is open has been closed. */
import { signalExitCode } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Somebody ended the run by a signal. */
export class SignalError extends Error {
  override name = 'SignalError';
  readonly condition = 'interrupted';
  readonly exitCode: number;
  constructor(signal: NodeJS.Signals) {
    super(signal);
    this.exitCode = signalExitCode(signal);
  }
}

export interface Interrupts {
  /** aborted at the first signal, with a SignalError as its reason */
  readonly signal: AbortSignal;
  /** gives the signals back to whoever had them */
  close(): void;
}

type Source = Pick<NodeJS.Process, 'on' | 'off'>;

/** Catches the signals of `source` until `close`. */
export function interrupts(source: Source = process): Interrupts {
  const controller = new AbortController();
  const caught = (signal: NodeJS.Signals) => controller.abort(new SignalError(signal));
  for (const signal of SIGNALS) source.on(signal, caught);
  return {
    signal: controller.signal,
    close() {
      for (const signal of SIGNALS) source.off(signal, caught);
    },
  };
}

/** The exit code of a run that ended because `signal` was aborted. */
export function interruptedExitCode(signal: AbortSignal): number {
  return signal.reason instanceof SignalError ? signal.reason.exitCode : signalExitCode('SIGINT');
}
