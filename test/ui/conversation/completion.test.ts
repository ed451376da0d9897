import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Completable, completeLine } from '../../../src/ui/conversation/completion.ts';

const known: Completable = {
  commands: ['help', 'history', 'invite', 'status'],
  names: ['Romeo', 'romeo 2', 'Friar Laurence'],
  addresses: ['romeo@example.org', 'lobby@conference.example.org'],
  choices: (command) => (command === 'status' ? ['available', 'away'] : undefined),
  takesPath: (command) => command === 'send',
};
const complete = (line: string, cursor = line.length) => completeLine(line, cursor, known);

describe('Tab', () => {
  it('completes commands at the beginning of the line only', () => {
    expect(complete('/h')).toEqual({ from: 0, options: ['/help ', '/history '] });
    expect(complete('//h').options).toEqual([]);
    expect(complete('see /h').options).toEqual([]);
  });

  it('makes a name at the beginning an address, elsewhere a mention, whatever its case', () => {
    expect(complete('ro')).toEqual({ from: 0, options: ['Romeo: ', 'romeo 2: '] });
    expect(complete('dear @ro')).toEqual({ from: 5, options: ['Romeo ', 'romeo 2 '] });
  });

  it('completes names with blanks in them', () => {
    expect(complete('ask friar l')).toEqual({ from: 4, options: ['Friar Laurence '] });
  });

  it('a name with blanks is one word of a command; /msg takes it as it is', () => {
    expect(complete('/kick fri').options).toEqual(['"Friar Laurence"']);
    expect(complete('/msg fri').options).toEqual(['Friar Laurence']);
  });

  it('offers what the first word of a command can be', () => {
    expect(complete('/status a')).toEqual({ from: 8, options: ['available', 'away'] });
    expect(complete('/invite rom').options).toEqual(['Romeo', '"romeo 2"', 'romeo@example.org']);
    expect(complete('/me ro').options).toEqual(['Romeo ', 'romeo 2 ']);
  });

  it('completes a file behind a command that takes one', () => {
    expect(complete('/send package.j')).toEqual({ from: 6, options: ['package.json'] });
    expect(complete('/send src/ui/slas')).toEqual({ from: 13, options: ['slash.ts'] });
  });

  it('replaces only text before the cursor, for any line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (line, at) => {
        const cursor = at % (line.length + 1);
        const { from } = complete(line, cursor);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(from).toBeLessThanOrEqual(cursor);
      }),
    );
  });
});
