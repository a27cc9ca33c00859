import {buildDist} from './.ci/package/bundle.ts';

await buildDist();
