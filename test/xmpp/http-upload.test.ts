import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Service } from '../../src/xmpp/disco.ts';
import { httpUpload, NS, parseSlot, tooLarge } from '../../src/xmpp/http-upload.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const PUT = 'https://upload.example.org/1/tr%C3%A8s%20cool.jpg';
const GET = 'https://download.example.org/1/tr%C3%A8s%20cool.jpg';
const slot = (put: string, headers = '', get = GET) =>
  parse(`<slot xmlns='${NS}'><put url='${put}'>${headers}</put><get url='${get}'/></slot>`);
const header = (name: string, value: string) => `<header name='${name}'>${value}</header>`;

describe('a slot (XEP-0363 §4)', () => {
  it('gives both addresses and the headers allowed, in order, and no others', () => {
    const headers = [
      header('eXpires', 'never'),
      header('X-Evil', '1'),
      header('Cookie', 'a=1'),
      header('Host', 'other.example'),
      header('Cookie', 'b=2'),
    ].join('');
    expect(parseSlot(slot(PUT, headers), true)).toEqual({
      put: PUT,
      get: GET,
      headers: [
        ['eXpires', 'never'],
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
      ],
    });
  });

  it.each(['a&#13;&#10;Host: evil.example', 'a&#10;b', 'a&#13;b', 'a\u0080b'])(
    'is refused with a header that would begin another one: %s',
    (value) => {
      expect(parseSlot(slot(PUT, header('Cookie', value)), true)).toBeUndefined();
    },
  );

  it.each([
    'http://upload.example.org/1',
    'http://127.0.0.1.example.org/1',
    'file:///etc/passwd',
    'ftp://upload.example.org/1',
    'javascript:alert(1)',
    'https://user:secret@upload.example.org/1',
    'nothing',
    '',
  ])('is refused with the address %s', (url) => {
    expect(parseSlot(slot(url), true)).toBeUndefined();
    expect(parseSlot(slot(PUT, '', url), true)).toBeUndefined();
  });

  it.each(['http://127.0.0.1:5280/1', 'http://localhost:5280/1', 'http://[::1]:5280/1'])(
    'may be clear text on this machine itself: %s',
    (url) => {
      expect(parseSlot(slot(url, '', url), true)?.put).toBe(url);
    },
  );

  it('is none in another namespace, or without an address', () => {
    expect(
      parseSlot(parse(`<slot xmlns='urn:evil'><put url='${PUT}'/><get url='${GET}'/></slot>`), true),
    ).toBeUndefined();
    expect(parseSlot(parse(`<slot xmlns='${NS}'><get url='${GET}'/></slot>`), true)).toBeUndefined();
    expect(parseSlot(undefined, true)).toBeUndefined();
  });

  it('is read from anything without a throw', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.string(), fc.string(), (url, name, value) => {
        const element = slot(PUT);
        element.getChild('put', NS)?.append(x('header', { name }, value));
        const get = element.getChild('get', NS);
        if (get !== undefined) get.attrs.url = url;
        const read = parseSlot(element, true);
        for (const [, kept] of read?.headers ?? []) expect(kept).not.toMatch(/[\r\n]/);
      }),
    );
  });
});

const service = (jid: string, more = ''): Service => ({
  jid,
  node: undefined,
  name: undefined,
  info: {
    identities: [],
    features: [NS],
    forms:
      more === ''
        ? []
        : [
            {
              type: 'result',
              title: undefined,
              instructions: [],
              formType: NS,
              reported: [],
              items: [],
              fields: [
                {
                  name: 'max-file-size',
                  type: 'text-single',
                  label: '',
                  description: undefined,
                  required: false,
                  values: [more],
                  options: [],
                  validation: undefined,
                  media: [],
                },
              ],
            },
          ],
  },
});

describe('the service (XEP-0363 §3)', () => {
  const of = (...services: Service[]) =>
    httpUpload(new FakeSession(), { disco: { services: async () => services } });

  it('is found on the domain itself or an item, with the largest size it takes', async () => {
    expect(await of(service('example.org', '5242880')).service()).toEqual({
      jid: 'example.org',
      maxSize: 5242880,
    });
    expect(await of(service('upload.example.org')).service()).toEqual({
      jid: 'upload.example.org',
      maxSize: undefined,
    });
    expect(await of(service('a.b', '-1')).service()).toMatchObject({ maxSize: undefined });
    expect(await of().service()).toBeUndefined();
  });

  it('is asked for a slot with name, size and type', async () => {
    const session = new FakeSession();
    session.whenAsked(
      'get',
      'request',
      NS,
      `<slot xmlns='${NS}'><put url='${PUT}'/><get url='${GET}'/></slot>`,
    );
    const api = httpUpload(session, { disco: { services: async () => [service('upload.example.org')] } });
    const file = { name: 'très cool.jpg', size: 23456, mime: 'image/jpeg' };
    expect(await api.slot(file)).toEqual({ put: PUT, get: GET, headers: [] });
    const asked = session.sentStanzas.at(-1);
    expect(asked?.attrs.to).toBe('upload.example.org');
    expect(asked?.getChild('request', NS)?.attrs).toMatchObject({
      filename: 'très cool.jpg',
      size: '23456',
      'content-type': 'image/jpeg',
    });
  });

  it.each(['http://127.0.0.1:9200/_all', 'http://[::1]:2375/', 'http://localhost/'])(
    'gives no slot on this computer where the server is not on it: %s',
    async (url) => {
      const session = new FakeSession();
      const answer = `<slot xmlns='${NS}'><put url='${url}'/><get url='${url}'/></slot>`;
      session.whenAsked('get', 'request', NS, answer);
      const api = httpUpload(session, { disco: { services: async () => [service('upload.example.org')] } });
      const file = { name: 'a', size: 1, mime: 'text/plain' };
      await expect(api.slot(file)).resolves.toMatchObject({ put: url });
      session.localAddress = '198.51.100.7';
      await expect(api.slot(file)).rejects.toMatchObject({ condition: 'slot-unusable' });
    },
  );

  it('says how large a file may be when it refuses one (XEP-0363 §5)', async () => {
    const session = new FakeSession();
    const refusal = `<file-too-large xmlns='${NS}'><max-file-size>20000</max-file-size></file-too-large>`;
    const api = httpUpload(session, { disco: { services: async () => [service('upload.example.org')] } });
    const asked = api.slot({ name: 'a', size: 1, mime: 'text/plain' }).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    const request = session.sentStanzas.at(-1);
    if (request === undefined) throw new Error('nothing was asked');
    const condition = "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>";
    session.answer(request, `<error type='modify'>${condition}${refusal}</error>`);
    expect(tooLarge(await asked)).toEqual({ maxSize: 20000 });
    expect(tooLarge(new Error('other'))).toBeUndefined();
  });
});
