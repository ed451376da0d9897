import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  NS_METADATA,
  NS_SHARING,
  NS_URL_DATA,
  parseFileSharing,
  xFileSharing,
} from '../../src/xmpp/file-sharing.ts';
import { NS_HASHES, parseHashes } from '../../src/xmpp/hashes.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { parse } from '../support/parse.ts';

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const FILE = {
  name: 'summit.jpg',
  size: 3032449,
  mime: 'image/jpeg',
  hashes: [{ algorithm: 'sha-256', hex: HEX }],
  url: 'https://download.example.org/1/summit.jpg',
};

it('is read as it was written (XEP-0447 §3, XEP-0446 §4, XEP-0300 §3)', () => {
  expect(parseFileSharing(x('message', {}, ...xFileSharing(FILE)))).toEqual(FILE);
});

const sharing = (metadata: string, target: string) =>
  parse(
    `<message><file-sharing xmlns='${NS_SHARING}'><file xmlns='${NS_METADATA}'>${metadata}</file>` +
      `<sources><url-data xmlns='${NS_URL_DATA}' target='${target}'/></sources></file-sharing></message>`,
  );

it.each(['file:///etc/passwd', 'javascript:1', '//host/x', '', `https://a/${'x'.repeat(5000)}`])(
  'is none behind the link %s',
  (target) => {
    expect(parseFileSharing(sharing('', target))).toBeUndefined();
  },
);

it('leaves out what cannot be', () => {
  const nonsense =
    '<size>-1</size><media-type>text/plain; charset=x</media-type><name> </name>' +
    `<hash xmlns='${NS_HASHES}' algo='sha-256'>AAAA</hash><hash xmlns='${NS_HASHES}' algo='crc'>AAAA</hash>`;
  expect(parseFileSharing(sharing(nonsense, 'https://a/b'))).toEqual({ hashes: [], url: 'https://a/b' });
});

it('reads any sum without a throw (XEP-0300 §3.2)', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (algo, text) => {
      for (const { hex } of parseHashes(x('file', {}, x('hash', { xmlns: NS_HASHES, algo }, text))))
        expect(hex).toMatch(/^[0-9a-f]+$/);
    }),
  );
});
