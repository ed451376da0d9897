import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, parseUserAddress } from '../../src/chat/address.ts';
import { parseJid } from '../../src/xmpp/jid.ts';

describe('what is typed where a JID is meant', () => {
  it.each([
    ['bob', 'bob@example.org'],
    [' Bob ', 'bob@example.org'],
    ['bob@other.example', 'bob@other.example'],
    ['bob@Other.Example/Phone', 'bob@other.example/Phone'],
    ['bob/phone', 'bob@example.org/phone'],
    ['bob/a@b.c', 'bob@example.org/a@b.c'],
    ['example.org', 'example.org'],
    ['conference.example.org', 'conference.example.org'],
    ['chat.example.org/room', 'chat.example.org/room'],
    ['josé', 'josé@example.org'],
    ['bob@localhost', 'bob@localhost'],
    ['bob@[::1]', 'bob@[::1]'],
  ])('%j at example.org is %j', (typed, jid) => {
    expect(parseAddress(typed, 'example.org')).toBe(jid);
  });

  it('the own domain is itself, also one without a dot', () => {
    expect(parseAddress('localhost', 'localhost')).toBe('localhost');
    expect(parseAddress('localhost/x', 'localhost')).toBe('localhost/x');
    expect(parseAddress('bob', 'localhost')).toBe('bob@localhost');
  });

  it('without a domain a bare name is a domain', () => {
    expect(parseAddress('bob')).toBe('bob');
    expect(parseUserAddress('bob')).toBeUndefined();
  });

  it.each([
    ['xmpp:bob@example.org', 'bob@example.org'],
    ['XMPP:bob@example.org?message;body=hi', 'bob@example.org'],
    ['xmpp:lobby@conference.example.org?join', 'lobby@conference.example.org'],
    ['xmpp:bob@example.org#part', 'bob@example.org'],
    ['xmpp:bob@example.org/phone', 'bob@example.org/phone'],
    ['xmpp:b%C3%B6b@example.org/a%20b', 'böb@example.org/a b'],
    ['xmpp://juliet@example.org/bob@example.org?message', 'bob@example.org'],
    ['xmpp:bob@example.org?body=a\nb', 'bob@example.org'],
    ['xmpp:bob%@example.org', undefined],
    ['xmpp:b%00b@example.org', undefined],
    ['xmpp:', undefined],
  ])('the link %j is %j (RFC 5122)', (typed, jid) => {
    expect(parseAddress(typed, 'x.example')).toBe(jid);
  });

  it.each([
    '',
    ' ',
    '-jid',
    '--help',
    '@',
    'bob@',
    '@example.org',
    'a b',
    'a@b@c',
    '/x',
    'bob/',
    'bob@exa mple.org',
    'b\u0000b',
    'xmpp:-x',
  ])('%j is none', (typed) => {
    expect(parseAddress(typed, 'example.org')).toBeUndefined();
  });

  it('a user has a local part, and no resource', () => {
    expect(parseUserAddress('bob/phone', 'example.org')).toBe('bob@example.org');
    expect(parseUserAddress('example.org', 'example.org')).toBeUndefined();
    expect(parseUserAddress('-x', 'example.org')).toBeUndefined();
  });

  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('a', '@', '/', '.', '-', ':', '%', '?', '#', ' ', '\n', 'xmpp:', '://'),
    }),
  );

  it('takes any text, and gives a normalised JID or nothing', () => {
    fc.assert(
      fc.property(
        anything,
        fc.option(fc.constantFrom('example.org', 'localhost'), { nil: undefined }),
        (typed, domain) => {
          const jid = parseAddress(typed, domain);
          if (jid === undefined) return;
          expect(parseJid(jid)?.full).toBe(jid);
          expect(jid.startsWith('-')).toBe(false);
        },
      ),
    );
  });

  it('a JID that is complete stays itself, in a link too', () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9.]{0,7}$/);
    const resource = fc.stringMatching(/^[A-Za-z0-9 @/.%?#]{1,8}$/).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(name, resource, (local, part) => {
        const jid = `${local}@example.org/${part}`;
        expect(parseAddress(jid, 'other.example')).toBe(jid);
        expect(parseAddress(`xmpp:${local}@example.org/${encodeURIComponent(part)}`)).toBe(jid);
      }),
    );
  });
});
