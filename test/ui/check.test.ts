/** Steps of --doctor as lines: what was found, and what to do. */
import { describe, expect, it } from 'vitest';
import { type Check, type CheckName, type Finding, finding } from '../../src/chat/checks.ts';
import { catalogueFor, LANGUAGES } from '../../src/i18n/catalogue.ts';
import { checkText } from '../../src/ui/render/check.ts';
import { NOON, plain } from './support.ts';

const en = await catalogueFor('en');
const es = await catalogueFor('es');
const HOSTILE = 'x\r\ny\u001b[2J\u202e\u0007\u009b1mz\u2028';
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/;
const options = { words: en, theme: plain, now: () => NOON };
const day = (month: number) => new Date(2026, month, 1, 12).getTime();
const certificate = {
  subject: 'example.org',
  issuer: 'R11',
  from: day(9),
  until: day(11),
  days: 9,
  names: ['example.org', 'rooms.example.org'],
  more: 3,
};

const check = (name: CheckName, state: Check['state'], about: string, found: Finding): Check => ({
  check: name,
  state,
  about,
  finding: found,
});
const text = (...args: Parameters<typeof check>) => checkText(check(...args), options);

describe('a check', () => {
  it('is a line: state, step, place, what was found', () => {
    expect(text('tcp', 'ok', '[::1]:5222', finding('connected', { milliseconds: 12 }))).toBe(
      'ok    TCP                 [::1]:5222: connected in 12 ms',
    );
    const records = { name: '_xmpp-client._tcp.example.org', targets: ['a:5222', 'b:5222'], more: 2 };
    expect(text('dns', 'ok', '', finding('srv-found', records))).toBe(
      'ok    DNS                 _xmpp-client._tcp.example.org: a:5222, b:5222, … and 2 more',
    );
  });

  it('says under it what to do', () => {
    const failed = { domain: 'example.org', condition: 'refused', code: 'ECONNREFUSED', text: '' };
    expect(text('tcp', 'fail', '127.0.0.1:1', finding('failed', failed))).toBe(
      'fail  TCP                 127.0.0.1:1: no XMPP server answers there (ECONNREFUSED)\n' +
        '      to do: Check that the server runs and its port is open, or give --service.',
    );
    expect(text('upload', 'warn', '', finding('missing', {}))).toContain(
      '\n      to do: Files reach only those',
    );
  });

  it('of a certificate says who, by whom, how long, for what', () => {
    expect(text('certificate', 'warn', 'a:5222', finding('certificate-ending', certificate))).toBe(
      'warn  certificate         a:5222: example.org, issued by R11, from 2026-10-01 12:00 until 2026-12-01 12:00 ' +
        '(days left: 9), for example.org, rooms.example.org, … and 3 more\n' +
        '      to do: Tell the administrator of the server that it has to be renewed.',
    );
  });

  it('names the trouble of a chain in words, with the code in brackets', () => {
    const bad = { ...certificate, domain: 'example.org', condition: 'certificate-untrusted' };
    const line = (code: string) =>
      text('certificate', 'fail', '', finding('certificate-bad', { ...bad, code }));
    expect(line('DEPTH_ZERO_SELF_SIGNED_CERT')).toContain(
      'it vouches for itself, nobody else does (DEPTH_ZERO_SELF_SIGNED_CERT)',
    );
    expect(line('UNABLE_TO_VERIFY_LEAF_SIGNATURE')).toContain('does not send the certificate of its issuer');
    expect(line('CERT_UNTRUSTED')).toContain('not signed by anybody trusted here (CERT_UNTRUSTED)');
    expect(line('toString')).toContain('trusted here (toString)');
    const wrong = finding('certificate-bad', { ...bad, condition: 'certificate-wrong-host', code: '' });
    expect(text('certificate', 'fail', '', wrong)).toContain('for another name than example.org');
  });

  it('quotes the server, and knows no date where there is none', () => {
    const failed = { domain: 'x', condition: 'host-unknown', code: '', text: 'go away' };
    expect(text('stream', 'fail', '', finding('failed', failed))).toContain('(“go away”)');
    const odd = finding('certificate', { ...certificate, from: Number.NaN });
    expect(text('certificate', 'ok', '', odd)).toContain('from ? until 2026');
    const unheard = { domain: 'x', condition: 'no-such-condition', code: '', text: '' };
    expect(text('stream', 'fail', '', finding('failed', unheard))).toContain('no-such-condition');
  });

  it.each(LANGUAGES)('lets nothing of the network through in %s', (language) => {
    const found: Finding[] = [
      finding('srv-found', { name: HOSTILE, targets: [HOSTILE], more: 0 }),
      finding('addresses', { addresses: [HOSTILE], more: 1 }),
      finding('certificate', { ...certificate, subject: HOSTILE, issuer: HOSTILE, names: [HOSTILE] }),
      finding('mechanisms', { offered: [HOSTILE], chosen: HOSTILE }),
      finding('features', { features: [HOSTILE], more: 0 }),
      finding('upload-limit', { jid: HOSTILE, size: 1 }),
      finding('failed', { domain: HOSTILE, condition: HOSTILE, code: HOSTILE, text: HOSTILE }),
    ];
    const words = language === 'es' ? es : en;
    for (const each of found) {
      const line = checkText(check('features', 'ok', HOSTILE, each), { ...options, words });
      expect(line.replace('\n', ' ')).not.toMatch(CONTROLS);
      expect(line.split('\n').length).toBeLessThanOrEqual(2);
    }
  });

  it('is short, however much the server says', () => {
    const features = Array.from({ length: 30 }, () => 'y'.repeat(256));
    expect(text('features', 'ok', '', finding('features', { features, more: 0 })).length).toBeLessThan(1200);
  });

  it('goes on below itself where the terminal is narrow, and is never wider', () => {
    const found = finding('certificate-ending', certificate);
    for (const columns of [60, 80]) {
      const lines = checkText(check('certificate', 'warn', 'a:5222', found), { ...options, columns }).split(
        '\n',
      );
      for (const line of lines) expect(line.length).toBeLessThan(columns);
      const hint = lines.findIndex((line) => line.startsWith('      to do: '));
      for (const line of lines.slice(1, hint)) expect(line).toMatch(/^ {26}\S/);
    }
    const narrow = checkText(check('certificate', 'warn', 'a:5222', found), { ...options, columns: 40 });
    expect(narrow.split('\n')).toHaveLength(2);
  });

  it('is told in Spanish too', () => {
    const line = checkText(check('rooms', 'warn', '', finding('missing', {})), { ...options, words: es });
    expect(line).toMatch(/^aviso {2}salas +el servidor no lo tiene\n +qué hacer: /);
  });
});
