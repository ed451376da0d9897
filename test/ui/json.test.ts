import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notice } from '../../src/actions/notices.ts';
import { jsonOutput } from '../../src/ui/json.ts';

function linesOf(jid: string): string[] {
  const lines: string[] = [];
  jsonOutput((line) => lines.push(line)).end(
    { kind: 'rows', rows: [{ type: 'blocked', jid }], empty: notice('no-blocked', {}) },
    '',
  );
  return lines;
}

describe('a JSON line', () => {
  it('holds nothing that a terminal acts upon, and is the same text to whoever parses it (RFC 8259 §7)', () => {
    const jid = 'a\u001b[2J\u009b2Jb\u202egnp\u2028c\u0085d\u007fe\u200bf\ufeff';
    const [line = ''] = linesOf(jid);
    expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\ufeff]/);
    expect(JSON.parse(line)).toMatchObject({ jid });
  });

  it('gives every text back (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (jid) => {
        expect(JSON.parse(linesOf(jid)[0] ?? '')).toMatchObject({ jid });
      }),
    );
  });
});
