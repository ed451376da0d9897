import { expect, it } from 'vitest';
import { ROUTE_NAMES } from '../../src/chat/files/route.ts';
import { FILE_ROUTES } from '../../src/config/names.ts';

it('takes every route of the program by its name', () => {
  expect(FILE_ROUTES).toEqual(['any', ...ROUTE_NAMES]);
});
