import { expect, it } from 'vitest';
import { ROUTE_NAMES } from '../../src/chat/files/route.ts';
import { ACCEPT_FILES as ACCEPTED } from '../../src/chat/settings.ts';
import { ACCEPT_FILES, FILE_ROUTES } from '../../src/config/names.ts';

it('takes every route of the program by its name', () => {
  expect(FILE_ROUTES).toEqual(['any', ...ROUTE_NAMES]);
});

it('takes every value of accept-files', () => {
  expect(ACCEPT_FILES).toEqual(ACCEPTED);
});
