import { expect, it } from 'vitest';
import type { FileTransfer } from '../../src/chat/events.ts';
import { en } from '../../src/i18n/en.ts';
import { reroutedText, transfers } from '../../src/ui/render/transfer.ts';

const MIB = 1024 * 1024;
const file = (more: Partial<FileTransfer> = {}): FileTransfer => ({
  id: 'f1',
  peer: 'ben@example.org/desk',
  direction: 'out',
  name: 'photo.jpg',
  size: 10 * MIB,
  sent: 0,
  state: 'active',
  route: 'upload',
  ...more,
});

it('says how far a file is, how fast, and how long it will take yet, as soon as that is known', () => {
  let now = 0;
  const running = transfers(() => now);
  running.seen(file({ sent: 2 * MIB }));
  expect(running.lines(en)).toEqual(['photo.jpg: 20 % 2 MiB, 0 B/s']);
  now = 2000;
  running.seen(file({ sent: 4 * MIB }));
  expect(running.lines(en)).toEqual(['photo.jpg: 40 % 4 MiB, 1 MiB/s, 6 s left']);
  running.seen(file({ id: 'f2', name: 'b\u001b[2Jd', size: undefined, sent: 5 }));
  expect(running.lines(en)).toHaveLength(2);
  expect(running.lines(en)[1]).not.toContain('\u001b');
  running.seen(file({ state: 'done' }));
  running.seen(file({ id: 'f2', state: 'failed' }));
  expect(running.lines(en)).toEqual([]);
});

it('says in one line which way failed, why, and which is tried now', () => {
  const before = { route: 'upload', condition: 'upload-quota' };
  expect(reroutedText(file({ state: 'offered', route: 'si-ibb', before }), en)).toBe(
    'file photo.jpg: HTTP upload did not work (the server takes no more files from you for now); now in-band (stream initiation)',
  );
});

it('says that it goes again where the way stays the same', () => {
  const before = { route: 'si-ibb', condition: 'stanza-too-large' };
  expect(reroutedText(file({ state: 'offered', route: 'si-ibb', before }), en)).toBe(
    'file photo.jpg goes again: the connection ended over a large block of a file; they are small from now on',
  );
});
