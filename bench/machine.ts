/** What a table has to say of where it was measured. */
import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, type } from 'node:os';

/** `2 × Intel Xeon, Linux 6.18, Node 20.20.2, load 0.40` */
export function machine(): string {
  const all = cpus();
  const model = (all[0]?.model ?? 'unknown processor').replace(/\s+/g, ' ').trim();
  const load = (loadavg()[0] ?? 0).toFixed(2);
  return `${all.length} × ${model}, ${type()} ${release()}, Node ${process.versions.node}, load ${load}`;
}

/** of a process, in MB; undefined where the system does not tell */
export async function residentMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}
