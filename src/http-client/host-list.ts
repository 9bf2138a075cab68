/**
 * Makes the test whether a host name stands on a list. An entry is the name itself (`config.example.com`), or begins with a
 * dot and stands for every name below (`.example.com`: not `example.com`). Case and a final dot do not matter.
 */
export function hostList(entries: readonly string[]): (host: string) => boolean {
  const plain = (name: string) => name.toLowerCase().replace(/\.$/, '');
  const listed = entries.map(plain).filter((entry) => entry !== '');
  return (host) => {
    const name = plain(host);
    return listed.some((entry) => (entry.startsWith('.') ? name.endsWith(entry) && name !== entry : name === entry));
  };
}
