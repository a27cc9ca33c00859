/** The letters of generated names (k8s.io/apimachinery/pkg/util/rand: no vowels, nothing that looks like another). */
const safeLetters = '[bcdfghjklmnpqrstvwxz2456789]';
const generated = [
  new RegExp(`^(.+)-${safeLetters}{5,10}-${safeLetters}{5}$`), // Deployment: name, hash of the template, random
  new RegExp(`^(.+)-\\d{8,10}-${safeLetters}{5}$`), // CronJob: name, minute, random
  new RegExp(`^(.+)-${safeLetters}{5}$`), // DaemonSet, ReplicaSet, Job: name, random
];

/**
 * The name of the Deployment, DaemonSet or Job that a pod's generated name comes from; null where the name was given by
 * hand or by a StatefulSet, whose pods come back under their own names.
 */
export function workloadOf(podName: string): string | null {
  for (const form of generated) {
    const workload = form.exec(podName)?.[1];
    if (workload !== undefined) return workload;
  }
  return null;
}
