import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as params from '../../src/actions/params.ts';
import { findAction } from '../../src/actions/table.ts';
import { missingParams, optionName, readInput, readValue } from '../../src/ui/parameters.ts';
import { UsageError } from '../../src/ui/usage-error.ts';

const NOW = Date.UTC(2026, 10, 21, 14, 3);
const read = (param: params.Param<unknown>, typed: string) =>
  readValue(param, typed, { domain: 'example.org', now: NOW, label: '--x' });

describe('values from text', () => {
  it.each([
    [params.jid(), 'bob', 'bob@example.org'],
    [params.jid(), 'Bob@Example.ORG/phone', 'bob@example.org'],
    [params.fullJid(), 'bob@example.org/phone', 'bob@example.org/phone'],
    [params.room(), 'Lobby', 'lobby'],
    [params.room(), 'lobby@conference.example.org', 'lobby@conference.example.org'],
    [params.count(), '12', 12],
    [params.date(), '2h', NOW - 7_200_000],
    [params.date(), '3d', NOW - 259_200_000],
    [params.date(), '2026-11-21T14:03:00Z', NOW],
    [params.date(), '2026-11-21T15:03:00+01:00', NOW],
    [params.date(), '2026-11-21', new Date(2026, 10, 21).getTime()],
    [params.choice('a', 'b'), 'b', 'b'],
    [params.word(), ' nick ', 'nick'],
    [params.text(), ' as is ', ' as is '],
  ])('%j %j', (param, typed, value) => {
    expect(read(param, typed)).toBe(value);
  });

  it.each([
    [params.jid(), '@', 'not-a-jid'],
    [params.jid(), '-b', 'starts-with-dash'],
    [params.room(), 'a@b/c', 'not-a-room'],
    [params.room(), 'a b', 'not-a-room'],
    [params.count(), '0', 'not-a-number'],
    [params.count(), '1.5', 'not-a-number'],
    [params.date(), '2026-02-30', 'not-a-date'],
    [params.date(), '2026-11-21T25:00:00Z', 'not-a-date'],
    [params.date(), 'yesterday', 'not-a-date'],
    [params.choice('a', 'b'), 'c', 'not-a-choice'],
    [params.word(), 'a\nb', 'not-a-word'],
  ])('%j refuses %j: %s', (param, typed, condition) => {
    expect(() => read(param, typed)).toThrow(expect.objectContaining({ name: 'UsageError', condition }));
  });

  it('gives a value or a UsageError for any text', () => {
    const kinds = [
      params.jid(),
      params.fullJid(),
      params.room(),
      params.count(),
      params.date(),
      params.word(),
    ];
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...kinds), (typed, param) => {
        try {
          const value = read(param, typed);
          return param.kind === 'date' || param.kind === 'number'
            ? Number.isFinite(value)
            : typeof value === 'string';
        } catch (error) {
          return error instanceof UsageError;
        }
      }),
    );
  });
});

describe('the input of an action', () => {
  const addContact = findAction('add-contact');

  it('names what is missing, and knows options by their own names', () => {
    if (addContact === undefined) throw new Error('no add-contact');
    const input = readInput(addContact, { groups: ['a'] }, { domain: undefined, now: NOW });
    expect(input).toEqual({ groups: ['a'] });
    expect(missingParams(addContact, input)).toEqual(['jid']);
    expect(optionName(addContact, 'groups')).toBe('group');
    expect(optionName(addContact, 'newPassword')).toBe('new-password');
  });
});
