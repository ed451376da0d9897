import { expect, it } from 'vitest';
import { catalogueFor } from '../../src/i18n/catalogue.ts';
import { noConnection } from '../../src/ui/connection-ended.ts';
import { problemOf } from '../../src/ui/sentences.ts';

const en = await catalogueFor('en');

it('who was logged out for good is told to log in again, and not to wait', () => {
  const { hint, why } = problemOf(noConnection({ isOver: true, offlineReason: 'not-authorized' }), en);
  expect(`${why}. ${hint}`).toBe(
    'the server no longer accepts the log-in. Log in again; the password may have changed.',
  );
});

it('who lost the connection is told that it comes back', () => {
  expect(problemOf(noConnection({ isOver: false, offlineReason: 'closed' }), en).hint).toBe(
    'Try again when it is back.',
  );
});
