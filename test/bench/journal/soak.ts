// `node test/bench/journal/soak.ts [MINUTES] [LINES_PER_SECOND]`: prints memory each minute.
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {bundled} from '../bundled.ts';

spawnSync(process.execPath, [await bundled(join(import.meta.dirname, 'soak-pane.tsx')), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
