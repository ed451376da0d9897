import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { FilledForm } from '../../src/chat/form.ts';
import { withMedia } from '../../src/chat/form-media.ts';
import { NS_BOB } from '../../src/xmpp/bob.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'xmpp-chat-media-'));
  folders.push(made);
  return made;
}

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');
const cidOf = (bytes: Uint8Array) => `sha1+${createHash('sha1').update(bytes).digest('hex')}@bob.xmpp.org`;
const bit = (bytes: Uint8Array, type = 'text/html') => ({ cid: cidOf(bytes), type, bytes });
const form = (...bits: string[]): FilledForm => ({
  instructions: '',
  fields: [{ name: 'ocr', label: 'OCR', kind: 'text', required: false, bits }],
});
const from = 'room@muc.example';

it('saves what came along, by its content and for us alone (XEP-0231 §security)', async () => {
  const to = folder();
  symlinkSync('/etc/passwd', join(to, 'form.png'));
  const session = new FakeSession();
  const { fields } = await withMedia(form(cidOf(PNG)), { session, from, data: [bit(PNG)], folder: to });
  const [path = ''] = fields[0]?.files ?? [];
  expect(path).toBe(join(to, 'form (1).png'));
  expect(readFileSync(path)).toEqual(PNG);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(session.sentStanzas).toEqual([]);
});

it('asks for what did not come along, and takes the first format that can be had (XEP-0221, XEP-0231 §retrieving)', async () => {
  const to = folder();
  const session = new FakeSession();
  session.whenAsked('get', 'data', NS_BOB, (iq) =>
    iq.getChild('data', NS_BOB)?.attrs.cid === cidOf(PNG)
      ? x('data', { xmlns: NS_BOB, cid: cidOf(PNG), type: 'image/png' }, PNG.toString('base64'))
      : "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
  );
  const filled = form('no-sum@bob.xmpp.org', cidOf(Buffer.from('gone')), cidOf(PNG), cidOf(Buffer.from('x')));
  const { fields } = await withMedia(filled, { session, from, folder: to });
  expect(fields[0]?.files).toEqual([join(to, 'form.png')]);
  expect(session.take().map((iq) => iq.attrs.to)).toEqual([from, from]);
});

it('a hostile form fills no disk: eight at most, and none where nothing can be had', async () => {
  const to = folder();
  const session = new FakeSession();
  const [field] = form(cidOf(PNG)).fields;
  if (field === undefined) throw new Error('no field');
  const many = { instructions: '', fields: Array.from({ length: 50 }, () => field) };
  await withMedia(many, { session, from, data: [bit(PNG)], folder: to });
  expect(readdirSync(to)).toHaveLength(8);
});
