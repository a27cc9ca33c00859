import type {Plugin} from 'esbuild';

export const inkStage: Plugin;
export const quickStart: Plugin;
export const inkStageForVite: {
  readonly name: string;
  readonly enforce: 'pre';
  readonly buildStart: () => void;
  readonly load: (id: string) => string | undefined;
  readonly resolveId: (path: string, importer?: string) => string | undefined;
};
