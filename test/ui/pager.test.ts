import { describe, expect, it } from 'vitest';
import { pagerCommands, splitWords } from '../../src/ui/pager/command.ts';
import { type PagerHost, page } from '../../src/ui/pager.ts';
import { words } from './words.ts';

describe('$PAGER', () => {
  it.each([
    ['less -F', ['less', '-F']],
    ['  less   -R  ', ['less', '-R']],
    [`my\\ pager "two words" 'and "quotes"' x"y"z`, ['my pager', 'two words', 'and "quotes"', 'xyz']],
    ['less "-P\\"%f\\""', ['less', '-P"%f"']],
    ['', []],
  ])('%j is a program with its arguments: no shell sees them', (text, expected) => {
    expect(splitWords(text)).toEqual(expected);
  });

  it.each(['less | cat', 'LESS=-F less', 'a; b', '$HOME/pager', '`x`', 'less "open', 'a > b'])(
    '%j is for the shell of who wrote it',
    (text) => {
      expect(splitWords(text)).toBeUndefined();
      expect(pagerCommands({ PAGER: text })[0]).toMatchObject({ file: '/bin/sh', args: ['-c', text] });
    },
  );

  it('comes before what the system has; nothing and blanks are none', () => {
    const names = (env: Record<string, string>) => pagerCommands(env).map(({ file }) => file);
    expect(names({ PAGER: '/usr/bin/most -s' })).toEqual(['/usr/bin/most', 'less', 'more']);
    expect(names({ PAGER: ' ' })).toEqual(['less', 'more']);
    expect(pagerCommands({})[0]).toMatchObject({ args: ['-R', '+G'] });
    expect(pagerCommands({}, 'start')[0]).toMatchObject({ args: ['-R'] });
  });

  it('less shows colours whatever its user has set; a program that may not gets none', () => {
    const less = (LESS?: string) => pagerCommands({ PAGER: 'less -F', LESS })[0];
    expect(less()).toMatchObject({ colours: true, env: { LESS: '-R' } });
    expect(less('-i')?.env).toEqual({ LESS: '-i -R' });
    expect(less('-FRX')?.env).toEqual({});
    expect(pagerCommands({ PAGER: 'my-pager' })[0]?.colours).toBe(false);
  });
});

/** A terminal of 10 rows that is given away, and who answers between pages. */
function host(env: PagerHost['env'], answers: boolean[] = [], interrupted = false) {
  const lines: string[] = [];
  const lent: boolean[] = [];
  const host: PagerHost = {
    env,
    words,
    signal: new AbortController().signal,
    log: (text) => lines.push(...text.split('\n')),
    rows: () => 10,
    columns: () => 20,
    async lend(work) {
      lent.push(true);
      return { result: await work(), interrupted };
    },
    async goOn(question) {
      lines.push(question);
      return answers.shift() ?? false;
    },
  };
  return { host, lines, lent };
}

const text = (...lines: string[]) => ({ pieces: () => lines });
const nowhere = { PATH: '/nowhere' };

describe('a text in the pager', () => {
  it('goes to its standard input, which it need not read to its end', async () => {
    const { host: ours, lines } = host({ PATH: process.env.PATH, PAGER: "sh -c 'exit 0'" });
    const endless = function* () {
      for (;;) yield 'x'.repeat(10_000);
    };
    await page({ pieces: endless }, ours);
    expect(lines).toEqual([]);
  });

  it('is shown page by page by ourselves where there is none; the one that was wanted is named', async () => {
    const { host: ours, lines } = host({ ...nowhere, PAGER: 'nosuch -x' }, [true]);
    await page(text('a\nb\nc', 'a line of more than twenty cells', 'd', 'e', 'f', 'g', 'h'), ours);
    const shown = ['no pager nosuch', 'a', 'b', 'c', 'a line of more than twenty cells', 'd', 'e', 'f'];
    expect(lines).toEqual([...shown, 'more?', 'g', 'h']);
    const enough = host(nowhere, [false]);
    await page(text(...'abcdefghijklmnop'), enough.host);
    expect(enough.lines).toEqual([...'abcdefgh', 'more?']);
  });

  it('is shown by ourselves where the pager fails, unless Ctrl-C ended it', async () => {
    const failing = { PATH: process.env.PATH, PAGER: "sh -c 'exit 3'" };
    const { host: ours, lines, lent } = host(failing);
    await page(text('a'), ours);
    expect(lines).toEqual(['sh ended with 3', 'a']);
    expect(lent).toEqual([true]);
    const stopped = host(failing, [], true);
    await page(text('a'), stopped.host);
    expect(stopped.lines).toEqual([]);
    const shell = host({ ...nowhere, PAGER: 'exit 127;' });
    await page(text('a'), shell.host);
    expect(shell.lines).toEqual(['no pager exit 127;', 'a']);
  });
});
