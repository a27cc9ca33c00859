import {defineConfig} from 'vitest/config';
import {inkStage} from './bundling.ts';

// Where somebody counts the tests (.ci/run), they are reported to a file as well.
const report = process.env.KTOP_TEST_REPORT;
// There a test with real processes has a second try, since a busy machine can be too late for it; the report tells which
// ones needed it, and they are named at the end.
const retry = report === undefined ? 0 : 1;

export default defineConfig({
  test: {
    ...(report === undefined ? {} : {reporters: ['default', ['json', {outputFile: report}]]}),
    projects: [
      {
        plugins: [inkStage()],
        test: {
          name: 'unit',
          // Bundled as in the program, so that its modules can be replaced as there.
          server: {deps: {inline: ['ink']}},
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/e2e/**', 'test/node/**', 'test/cluster/**', 'test/install/**'],
        },
      },
      {
        plugins: [inkStage()],
        test: {
          name: 'e2e',
          retry,
          server: {deps: {inline: ['ink']}},
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/node/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'node',
          retry,
          include: ['test/node/**/*.test.ts'],
          exclude: ['test/node/journal.test.ts'],
          globalSetup: ['test/node/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          // Nodes are mostly waited for.
          maxWorkers: 3,
          sequence: {groupOrder: 0},
        },
      },
      {
        test: {
          name: 'node-alone',
          retry,
          // Thousands of lines a second want the machine for themselves.
          include: ['test/node/journal.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: {groupOrder: 1},
        },
      },
      {
        test: {
          name: 'install',
          retry,
          include: ['test/install/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // They share one cluster, and its kubelet is restarted.
          fileParallelism: false,
        },
      },
    ],
  },
});
