import { describe, expect, it } from 'vitest';
import type { Request } from '../../src/chat/events.ts';
import { MOST_REQUESTS, Requests } from '../../src/chat/requests.ts';

const request = (id: string, kind: Request['kind'] = 'subscription', text?: string): Request => ({
  kind,
  id,
  from: `${id}@example.org`,
  text,
  time: 0,
});

function listened() {
  const requests = new Requests();
  const opened: string[] = [];
  const closed: string[] = [];
  requests.on('opened', ({ id }) => opened.push(id));
  requests.on('closed', ({ id }) => closed.push(id));
  return { requests, opened, closed };
}

describe('requests', () => {
  it('the same one again replaces the first without being told again', () => {
    const { requests, opened } = listened();
    requests.open(request('a', 'subscription', 'one'));
    requests.open(request('a', 'subscription', 'two'));
    expect(opened).toEqual(['a']);
    expect(requests.list()).toMatchObject([{ text: 'two' }]);
  });

  it('closing tells once; one that is none tells nothing', () => {
    const { requests, closed } = listened();
    requests.open(request('a'));
    expect(requests.close('a')).toMatchObject({ id: 'a' });
    expect(requests.close('a')).toBeUndefined();
    expect(closed).toEqual(['a']);
  });

  it('a flood stays a list: the oldest of its kind go, those of other kinds stay', () => {
    const { requests, closed } = listened();
    requests.open(request('file', 'file'));
    for (let i = 0; i < MOST_REQUESTS + 50; i++) requests.open(request(`r${i}`));
    expect(requests.list()).toHaveLength(MOST_REQUESTS + 1);
    expect(requests.get('file')).toBeDefined();
    expect(closed).toHaveLength(50);
    expect(requests.get('r49')).toBeUndefined();
    expect(requests.get('r50')).toBeDefined();
  });
});
