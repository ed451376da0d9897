import { expect, it } from 'vitest';
import { parseMaxBytes } from '../../src/xmpp/stream-limits.ts';
import { parse } from '../support/parse.ts';

const features = (inner: string) =>
  parse(`<features xmlns='http://etherx.jabber.org/streams'>${inner}</features>`);
const limits = (inner: string, xmlns = 'urn:xmpp:stream-limits:0') =>
  features(`<limits xmlns='${xmlns}'>${inner}</limits>`);

it.each([
  ['a number of bytes', limits('<max-bytes>10000</max-bytes><idle-seconds>1800</idle-seconds>'), 10_000],
  ['no limits', features(''), undefined],
  ['no bytes: it cannot say', limits('<idle-seconds>1800</idle-seconds>'), undefined],
  ['other limits', limits('<max-bytes>10000</max-bytes>', 'urn:xmpp:stream-limits:9'), undefined],
  ['no number', limits('<max-bytes>1e4</max-bytes>'), undefined],
  ['less than nothing', limits('<max-bytes>-1</max-bytes>'), undefined],
  ['nothing', limits('<max-bytes>0</max-bytes>'), undefined],
  ['more than an unsigned integer (§12)', limits('<max-bytes>4294967296</max-bytes>'), undefined],
])('a server that says %s (XEP-0478 §3.1)', (_what, element, bytes) => {
  expect(parseMaxBytes(element)).toBe(bytes);
});
