import {whyNoEngine} from './engine.ts';
import {ensureImage} from './image.ts';

/** Makes the image that most nodes are of, once: files of tests run beside each other. */
export async function setup(): Promise<void> {
  if (whyNoEngine() === null) await ensureImage('docker');
}
