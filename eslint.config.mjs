import eslint from '@eslint/js';
import {defineConfig, globalIgnores} from 'eslint/config';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

/**
 * The folders of src/ and what each may import besides itself. Arrows point down this table and never back up;
 * `main.ts`, `run.ts` and `watch.ts` may import all of them.
 */
const mayImport = {
  util: [],
  model: ['util'],
  components: ['model', 'util'],
  nodes: ['model', 'util'],
  terminal: ['model', 'util'],
  demo: ['nodes', 'model', 'util'],
  sources: ['nodes', 'model', 'util'],
  commands: ['nodes', 'model', 'util'],
  session: ['commands', 'sources', 'demo', 'nodes', 'model', 'util'],
  exporter: ['terminal', 'session', 'sources', 'nodes', 'model', 'util'],
  jsonl: ['terminal', 'session', 'sources', 'nodes', 'model', 'util'],
  tui: ['components', 'terminal', 'session', 'commands', 'nodes', 'model', 'util'],
  cli: ['terminal', 'session', 'commands', 'sources', 'nodes', 'model', 'util'],
};
const folders = Object.keys(mayImport);

/** Packages and built-in modules that a folder may not import. */
const forbiddenPackages = {
  util: '^(ink|react|undici|execa)$',
  model: '^node:|^(ink|react|undici|execa)$|util/(interruptible-)?sleep',
  components: '^node:|^(undici|execa)$|util/(interruptible-)?sleep',
  nodes: '^(ink|react)$',
  terminal: '^(ink|react)$',
  demo: '^(ink|react)$',
  sources: '^(ink|react)$',
  commands: '^(ink|react)$',
  session: '^(ink|react)$',
  exporter: '^(ink|react)$',
  jsonl: '^(ink|react)$',
  cli: '^(ink|react)$',
};

/** Text from outside reaches the screen only through the component that makes it safe. */
const inkText = {
  name: 'ink',
  importNames: ['Text', 'Transform', 'Static'],
  message: 'src/components/text.tsx has the Text that lets no control character through.',
};

const walls = folders.map((folder) => {
  const others = folders.filter((other) => other !== folder && !mayImport[folder].includes(other));
  const forbidden = [
    `^(\\.\\./)+(${[...others, 'main', 'run', 'watch'].join('|')})(/|\\.ts$)`,
    forbiddenPackages[folder],
  ];
  const message = `src/${folder}/ may import only ${['itself', ...mayImport[folder]].join(', ')}.`;
  const regex = forbidden.filter((one) => one !== undefined).join('|');
  return {
    files: [`src/${folder}/**`],
    rules: {'no-restricted-imports': ['error', {patterns: [{regex, message}], paths: [inkText]}]},
  };
});

/** What comes from outside may be nested so deep that it costs a hundred times its length, or cannot be written again. */
const outsideJson = [{object: 'JSON', property: 'parse', message: 'parseJson of src/util/json.ts bounds the depth.'}];

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
    // One gateway to standard output and standard error, which lets no control character of an outside text through.
    files: ['src/**'],
    ignores: ['src/terminal/**', 'src/tui/terminal.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        ...['stdout', 'stderr'].map((property) => ({
          object: 'process',
          property,
          message: 'src/terminal/print.ts is the way out.',
        })),
        ...outsideJson,
      ],
    },
  },
  // A rule that is set again takes the place of the one before.
  {files: ['src/terminal/**', 'src/tui/terminal.ts'], rules: {'no-restricted-properties': ['error', ...outsideJson]}},
  {files: ['src/util/json.ts'], rules: {'no-restricted-properties': 'off'}},
  {
    files: ['**/*.mjs', 'bin/*.js'],
    languageOptions: {globals: {process: 'readonly', console: 'readonly', URL: 'readonly', require: 'readonly'}},
  },
  {
    // What another file may call says what it takes, gives and rejects with, its units, and where a rule comes from.
    files: ['src/**'],
    plugins: {jsdoc},
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          enableFixer: false,
          checkConstructors: false,
          require: {ClassDeclaration: true, FunctionDeclaration: true, MethodDefinition: true},
          contexts: [
            'ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression',
            'PropertyDefinition[accessibility!="private"] > ArrowFunctionExpression',
          ],
        },
      ],
    },
  },
  ...walls,
  {files: ['src/components/text.tsx'], rules: {'no-restricted-imports': 'off'}},
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
]);
