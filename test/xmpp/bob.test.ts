import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataIn, fetchData, isCid, NS_BOB, parseData } from '../../src/xmpp/bob.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { FakeSession } from '../support/fake-session.ts';

const bytes = Buffer.from('a picture');
const cidOf = (of: Uint8Array, name = 'sha1', algorithm = 'sha1') =>
  `${name}+${createHash(algorithm).update(of).digest('hex')}@bob.xmpp.org`;
const CID = cidOf(bytes);
const data = (cid: string, text: string, type = 'image/png') => x('data', { xmlns: NS_BOB, cid, type }, text);
const base64 = bytes.toString('base64');

describe('a bit of binary (XEP-0231)', () => {
  it('is what the sum in its name says (§format, §algo)', () => {
    const found = parseData(data(CID, base64));
    expect({ ...found, bytes: String(found?.bytes) }).toEqual({
      cid: CID,
      type: 'image/png',
      bytes: 'a picture',
    });
    for (const name of ['sha-1', 'SHA1']) expect(parseData(data(cidOf(bytes, name), base64))).toBeDefined();
    expect(parseData(data(cidOf(bytes, 'sha-256', 'sha256'), `\n ${base64}\n`))).toBeDefined();
  });

  it.each([
    ['another content', cidOf(Buffer.from('another')), base64],
    ['a sum of another kind', cidOf(bytes, 'sha-256'), base64],
    ['an algorithm that is none', cidOf(bytes, 'md4'), base64],
    ['a name without a sum', 'picture@bob.xmpp.org', base64],
    ['nothing', CID, ''],
    ['no base64', CID, '<>'],
    ['more than 64 KiB', cidOf(Buffer.alloc(65_540)), Buffer.alloc(65_540).toString('base64')],
  ])('is none where it is %s', (_, cid, text) => {
    expect(parseData(data(cid, text))).toBeUndefined();
  });

  it('comes along with a stanza, at most eight (§exchange)', () => {
    const many = Array.from({ length: 20 }, () => data(CID, base64));
    expect(dataIn(x('message', {}, data('x', base64), ...many))).toHaveLength(7);
  });

  it('is asked for, and is nothing else (§retrieving)', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'data', NS_BOB, () => data(CID, base64));
    expect((await fetchData(session, 'room@muc.example', CID)).cid).toBe(CID);
    expect(session.take()[0]?.attrs.to).toBe('room@muc.example');
    const other = Buffer.from('another');
    session.whenAsked('get', 'data', NS_BOB, () => data(cidOf(other), other.toString('base64')));
    await expect(fetchData(session, 'room@muc.example', CID)).rejects.toMatchObject({
      condition: 'not-acceptable',
    });
  });

  it('is read without a throw, whatever it is', () => {
    fc.assert(fc.property(anyStanza(NS_BOB, ['data']), (any) => void dataIn(any)));
    fc.assert(fc.property(fc.string(), (text) => void isCid(text)));
  });
});
