/** A long text, page by page: by the user's pager, else by ourselves. */
import { pagerCommands } from './pager/command.ts';
import { type PagerEnd, runPager } from './pager/program.ts';
import { width } from './screen/width.ts';
import type { PagedText } from './terminal.ts';

export interface PagerWords {
  pagerMissing(name: string): string;
  pagerFailed(name: string, code: number): string;
  readonly pageMore: string;
}

export interface PagerHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly words: PagerWords;
  readonly signal: AbortSignal;
  log(text: string): void;
  rows(): number;
  columns(): number;
  /** Gives the terminal away while `work` runs; resolves to what it does, and to whether Ctrl-C was pressed. */
  lend<T>(work: () => Promise<T>): Promise<{ result: T; interrupted: boolean }>;
  /** resolves to false where the user has seen enough */
  goOn(question: string): Promise<boolean>;
}

/** Resolves when the user has seen enough. */
export async function page(text: PagedText, host: PagerHost): Promise<void> {
  for (const command of pagerCommands(host.env, text.from)) {
    const { result, interrupted } = await host.lend<PagerEnd>(() =>
      runPager(command, text.pieces(command.colours), host),
    );
    if (result.kind === 'shown' || interrupted) return;
    if (result.kind === 'failed') {
      host.log(host.words.pagerFailed(command.name, result.code));
      break;
    }
    // Nobody asked for the ones that are tried by themselves.
    if (command.name === pagerName(host.env)) host.log(host.words.pagerMissing(command.name));
  }
  await pageOurselves(text.pieces(true), host);
}

const pagerName = (env: PagerHost['env']) =>
  env.PAGER === undefined ? undefined : pagerCommands(env)[0]?.name;

/** As many lines as fit, then a question. */
async function pageOurselves(pieces: Iterable<string>, host: PagerHost): Promise<void> {
  let used = 0;
  let lines: string[] = [];
  const show = () => {
    if (lines.length > 0) host.log(lines.join('\n'));
    lines = [];
    used = 0;
  };
  for (const piece of pieces)
    for (const line of piece.split('\n')) {
      const height = Math.max(1, Math.ceil(width(line) / host.columns()));
      if (used > 0 && used + height > Math.max(1, host.rows() - 2)) {
        show();
        if (!(await host.goOn(host.words.pageMore))) return;
      }
      lines.push(line);
      used += height;
    }
  show();
}
