/** The tests that take minutes (`npm run test:long`): everything else is as in vitest.config.ts. */
import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default defineConfig({
  test: {
    ...base.test,
    include: ['test/**/*.long.test.ts'],
    exclude: [],
    testTimeout: 1_200_000,
  },
});
