import eslint from '@eslint/js';
import {defineConfig, globalIgnores} from 'eslint/config';
import tseslint from 'typescript-eslint';

/** One wall of the house: files under `room` may not import what `forbidden` matches. */
const wall = (room, forbidden, message) => ({
  files: [room],
  rules: {'no-restricted-imports': ['error', {patterns: [{regex: forbidden, message}]}]},
});

const rooms = (...names) => `^(\\.\\./)+(${names.join('|')})(/|\\.tsx?$)`;

export default defineConfig([
  globalIgnores(['dist/', 'node_modules/']),
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {parserOptions: {projectService: true}},
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}],
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true, allowBoolean: true}],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        {ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true},
      ],
      '@typescript-eslint/consistent-type-definitions': 'off',
      'no-control-regex': 'off',
    },
  },
  {
    files: ['src/**'],
    rules: {'@typescript-eslint/consistent-type-assertions': ['error', {assertionStyle: 'never'}]},
  },
  {
    files: ['**/*.mjs', 'bin/*.js'],
    languageOptions: {globals: {process: 'readonly', console: 'readonly', URL: 'readonly'}},
  },
  wall(
    'src/model/**',
    '^node:|^(ink|react|undici|execa)$|' +
      rooms('sources', 'nodes', 'commands', 'components', 'demo', 'output', 'store', 'app', 'cli', 'main'),
    'model/ is pure: no I/O, no React, no other room.',
  ),
  {
    files: ['src/model/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'process',
        'performance',
        'fetch',
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: 'Time comes in as an argument.',
        },
        {selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes in as an argument.'},
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'Randomness comes in as an argument.',
        },
      ],
    },
  },
  wall(
    'src/components/**',
    '^node:|^(undici|execa)$|' + rooms('sources', 'nodes', 'commands', 'demo', 'output', 'store', 'app', 'cli', 'main'),
    'components/ draw props: model types and other components only.',
  ),
  wall(
    'src/{sources,nodes,commands,demo,output}/**',
    rooms('components', 'app', 'main') + '|^(ink|react)$',
    'Only the app draws.',
  ),
  wall(
    'src/nodes/**',
    rooms('sources', 'commands', 'components', 'app', 'main', 'store', 'output'),
    'nodes/ know only how to reach a node.',
  ),
  wall('src/session/store.ts', '^\\./(components|nodes|commands|app|main)', 'The store folds events.'),
]);
