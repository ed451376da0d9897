import { describe, expect, it } from 'vitest';
import { catalogueFor } from '../../../src/i18n/catalogue.ts';
import { tellings } from '../../../src/ui/notifications/tellings.ts';
import { contact, plain, ToldClient } from '../support.ts';

const words = await catalogueFor('en');
const ALICE = 'alice@example.org';

function begin() {
  const client = new ToldClient();
  client.people.set(ALICE, contact(ALICE));
  const lines: string[] = [];
  const terminal = {
    log: (line: string) => void lines.push(line.replace(/^NOTIFICATION [\d:]+ /, '')),
    bell: () => {},
    notify: () => {},
  };
  return { client, lines, telling: tellings({ client, words, theme: plain, terminal }) };
}

describe('notifications of an account that logs in', () => {
  it('tells who is online when the menu opens after it was known (product §3)', () => {
    const { client, lines, telling } = begin();
    client.emit('connection', { state: 'online' });
    client.emit('contactsOnline', []);
    expect(lines).toEqual([]);
    telling.start(() => undefined);
    expect(lines).toEqual(['none of your contacts is online']);
  });

  it('knows of the log-in, so that a lost connection is told, and that it is back', () => {
    const { client, lines, telling } = begin();
    client.emit('connection', { state: 'online' });
    telling.start(() => undefined);
    client.emit('connection', { state: 'offline', condition: 'closed' });
    client.emit('connection', { state: 'online' });
    expect(lines).toEqual(['connection lost: the server closed the connection', 'the connection is back']);
  });

  it('tells nothing of a log-in that failed, and nothing after the account is left', () => {
    const { client, lines, telling } = begin();
    client.emit('contactsOnline', []);
    telling.close();
    client.emit('contactsOnline', []);
    expect(lines).toEqual([]);
    const other = begin();
    other.telling.start(() => undefined)();
    other.client.emit('contactsOnline', []);
    expect(other.lines).toEqual([]);
  });
});
