import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runScript, temporaryFolder, temporaryStores } from './support.ts';

const JULIET = 'juliet@example.org';
const stays = { resource: undefined, resumes: true };

const path = () => join(temporaryFolder(), 'xmpp-chat.db');

describe.each(['file', 'memory'])('instances, in a database of a %s', (kind) => {
  const open = () => temporaryStores(kind === 'file' ? path() : ':memory:').instances;

  it('gives each of several at once a place and a resource of its own', () => {
    const instances = open();
    const first = instances.claim(JULIET, stays);
    const second = instances.claim(JULIET, stays);
    expect(second.key).not.toBe(first.key);
    expect(second.resource).not.toBe(first.resource);
    expect([instances.isAlive(first.key), instances.isAlive(second.key)]).toEqual([true, true]);
  });

  it('gives the place of one that is gone to the next, with its resource and its stream', () => {
    const instances = open();
    const first = instances.claim(JULIET, stays);
    first.begun({ id: 's1', jid: `${JULIET}/x`, location: undefined });
    first.handled(7);
    first.release();
    expect(instances.isAlive(first.key)).toBe(false);
    const next = instances.claim(JULIET, stays);
    expect(next).toMatchObject({ key: first.key, resource: first.resource });
    expect(next.stream).toEqual({ id: 's1', jid: `${JULIET}/x`, location: undefined, inbound: 7 });
    next.over();
    next.release();
    expect(instances.claim(JULIET, stays).stream).toBeUndefined();
  });

  it('takes a place with a stream before one without', () => {
    const instances = open();
    const both = [instances.claim(JULIET, stays), instances.claim(JULIET, stays)];
    for (const wanted of both) {
      wanted.begun({ id: `of ${wanted.key}`, jid: `${JULIET}/x`, location: 'a.example:5222' });
      for (const one of both) one.release();
      const taken = instances.claim(JULIET, stays);
      expect(taken.key).toBe(wanted.key);
      taken.over();
      taken.release();
    }
  });

  it('leaves what others are for alone: another account, a resource that was asked for, a run of one flag', () => {
    const instances = open();
    const kinds = [
      [JULIET, stays],
      [JULIET, { resource: undefined, resumes: false }],
      [JULIET, { resource: 'balcony', resumes: true }],
      [JULIET, { resource: 'garden', resumes: true }],
      ['romeo@example.org', stays],
    ] as const;
    const first = kinds.map(([account, wanted]) => instances.claim(account, wanted));
    for (const one of first) one.release();
    const again = kinds.map(([account, wanted]) => instances.claim(account, wanted));
    expect(again.map(({ key }) => key)).toEqual(first.map(({ key }) => key));
    expect(again.map(({ resource }) => resource).slice(2, 4)).toEqual(['balcony', 'garden']);
  });

  it('gives a second one with the same wanted resource a place of its own', () => {
    const instances = open();
    const wanted = { resource: 'balcony', resumes: true };
    const [first, second] = [instances.claim(JULIET, wanted), instances.claim(JULIET, wanted)];
    expect(second.resource).toBe('balcony');
    expect(second.key).not.toBe(first.key);
  });
});

describe('a process that dies', () => {
  it('lets go of its place by SIGKILL too, and another process sees it held before', async () => {
    const file = path();
    const { instances } = temporaryStores(file);
    // It claims a place, begins a stream, and kills itself.
    const key = await runScript('claim-and-die.ts', [file, JULIET], { dies: 'SIGKILL' });
    expect(instances.isAlive(key)).toBe(false);
    const next = instances.claim(JULIET, stays);
    expect(next).toMatchObject({ key, stream: { id: 'left behind', inbound: 3 } });
    expect(await runScript('is-alive.ts', [file, key])).toBe('true');
    next.release();
    expect(await runScript('is-alive.ts', [file, key])).toBe('false');
  });
});
