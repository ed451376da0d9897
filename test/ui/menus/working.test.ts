import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cancellable, whileWorking } from '../../../src/ui/menus/working.ts';
import { InterruptedError, type MenuPrompt, type PromptOptions } from '../../../src/ui/terminal.ts';
import { plainFace } from '../../support/plain-face.ts';
import { ScriptedTerminal } from '../../support/scripted-terminal.ts';

/** A terminal whose menu stays open until it is answered, interrupted, or closed by its signal. */
class PatientTerminal extends ScriptedTerminal {
  open: { prompt: MenuPrompt; answer: (value: string) => void; interrupt: () => void } | undefined;
  readonly interrupts = new Set<() => void>();

  override menu(prompt: MenuPrompt, options: PromptOptions = {}): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      this.open = { prompt, answer: resolve, interrupt: () => reject(new InterruptedError()) };
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason));
    }).finally(() => {
      this.open = undefined;
    });
  }

  override onInterrupt(listener?: () => void): () => void {
    if (listener === undefined) return () => {};
    this.interrupts.add(listener);
    return () => this.interrupts.delete(listener);
  }
}

describe('waiting for something long', () => {
  let terminal: PatientTerminal;
  beforeEach(() => {
    vi.useFakeTimers();
    terminal = new PatientTerminal();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** work that ends when the test says so */
  function start() {
    let finish: (value: string) => void = () => {};
    let signal: AbortSignal | undefined;
    const result = whileWorking(
      plainFace(terminal),
      { message: 'Working', progress: () => '40 %' },
      (given) => {
        signal = given;
        return new Promise<string>((resolve) => {
          finish = resolve;
        });
      },
    );
    result.catch(() => {});
    return { result, finish: (value: string) => finish(value), aborted: () => signal?.aborted };
  }

  it('asks nothing while it is quick, and says nothing where nobody has to wait', async () => {
    const work = start();
    await vi.advanceTimersByTimeAsync(1400);
    work.finish('done');
    await expect(work.result).resolves.toBe('done');
    expect(terminal.open).toBeUndefined();
    const quick = start();
    await vi.advanceTimersByTimeAsync(200);
    quick.finish('done');
    await quick.result;
    await vi.advanceTimersByTimeAsync(1000);
    expect(terminal.lines).toEqual(['Working']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('offers to cancel when it takes long, with how far it is, and closes the offer at the end', async () => {
    const work = start();
    await vi.advanceTimersByTimeAsync(1600);
    expect(terminal.open?.prompt.items()).toEqual([
      { key: '0', name: 'Cancel', value: 'cancel', badge: '40 %' },
    ]);
    work.finish('done');
    await expect(work.result).resolves.toBe('done');
    expect(terminal.open).toBeUndefined();
  });

  it('is cancelled by the offer or by Ctrl-C at it', async () => {
    for (const how of ['answer', 'interrupt'] as const) {
      const work = start();
      await vi.advanceTimersByTimeAsync(1600);
      terminal.open?.[how]('cancel');
      await expect(work.result).rejects.toMatchObject({ condition: 'cancelled' });
      expect(work.aborted()).toBe(true);
    }
  });

  it('is cancelled by Ctrl-C before the offer, which then never comes', async () => {
    const work = start();
    for (const interrupt of terminal.interrupts) interrupt();
    await expect(work.result).rejects.toMatchObject({ condition: 'cancelled' });
    expect(vi.getTimerCount()).toBe(0);
    expect(terminal.interrupts.size).toBe(0);
  });

  it('asks nobody where nobody sits', async () => {
    terminal.interactive = false;
    const work = start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(terminal.open).toBeUndefined();
    work.finish('done');
    await expect(work.result).resolves.toBe('done');
  });

  it('hands on what the work rejects with', async () => {
    const failed = cancellable(plainFace(terminal), () => Promise.reject(new Error('own')));
    await expect(failed).rejects.toThrow('own');
    expect(terminal.interrupts.size).toBe(0);
  });
});
