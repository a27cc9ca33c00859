// Measures the CPU pane: `node test/bench/cpu.ts`. Ink's components are TSX, so the measured program is bundled first.
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {bundled} from './bundled.ts';

const program = await bundled(join(import.meta.dirname, 'cpu-pane.tsx'));
execFileSync(process.execPath, [program], {stdio: 'inherit', env: {...process.env, CI: ''}});
