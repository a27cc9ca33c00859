// What keys load when they are pressed, here before any test: none waits for it, and a module that still loads when its
// test file has ended is an error of the whole run.
import '../../src/commands/deploy/build.ts';
import '../../src/commands/deploy/carry-out.ts';
import '../../src/commands/deploy/plan.ts';
import '../../src/commands/flags/change-flags.ts';
import '../../src/commands/flags/read-flags.ts';
import '../../src/nodes/watch-nodes.ts';
import '../../src/sources/pipeline/look.ts';
