import { createServer } from 'node:net';

/** Mesos offers these host ports. They lie below those that Linux gives to outgoing connections. */
const firstPort = 31_000;
const portCount = 1000;

/** Gives a free port of this machine for each of the wanted: that one where it has to be, else the wanted or the next free one. */
export async function findFreePorts(
  wanted: readonly { readonly port: number; readonly isFixed: boolean }[],
  taken: ReadonlySet<number>,
): Promise<readonly number[]> {
  const chosen: number[] = [];
  for (const { port, isFixed } of wanted) {
    let free = port;
    for (let tries = 0; !isFixed && tries < portCount; tries += 1) {
      if (!taken.has(free) && !chosen.includes(free) && (await isFree(free))) break;
      free = firstPort + ((free + 1 - firstPort) % portCount);
    }
    chosen.push(free);
  }
  return chosen;
}

/** Whether nothing listens on a port, on this machine's own address or on all of them. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0'));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
