import { expect, it } from 'vitest';
import { fileAddresses } from '../../../src/chat/files/addresses.ts';
import { StanzaError } from '../../../src/xmpp/errors.ts';

const people = (answers: Record<string, readonly string[] | 'gone' | 'silent'>) => {
  const asked: string[] = [];
  return {
    asked,
    presence: { resources: () => Object.keys(answers).map((resource) => ({ resource })) },
    disco: {
      info: (jid: string, _node?: string, { signal }: { signal?: AbortSignal | undefined } = {}) => {
        asked.push(jid);
        const answer = answers[jid.split('/')[1] ?? ''] ?? 'gone';
        if (answer === 'gone') return Promise.reject(new StanzaError('service-unavailable'));
        if (answer !== 'silent')
          return Promise.resolve({ identities: [], features: answer, forms: [] } as const);
        return new Promise<never>((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason)),
        );
      },
    },
  };
};

it('takes a full JID as it is, without asking', async () => {
  const { asked, ...options } = people({});
  expect(await fileAddresses('a@b/c', ['f'], options)).toEqual(['a@b/c']);
  expect(asked).toEqual([]);
});

it('of a bare JID gives those that answer now and take files, the highest priority first', async () => {
  const options = people({ dead: 'gone', phone: [], hung: 'silent', laptop: ['f', 'g'], desk: ['f'] });
  expect(await fileAddresses('a@b', ['f'], options)).toEqual(['a@b/laptop', 'a@b/desk']);
  expect(await fileAddresses('a@b', ['f', 'g'], options)).toEqual(['a@b/laptop']);
});

it('gives nothing where nobody is there', async () => {
  expect(await fileAddresses('a@b', ['f'], people({}))).toEqual([]);
});
