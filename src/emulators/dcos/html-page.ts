import type { Reply } from './exchange';

/** An error as Admin Router's nginx shows it: a page of HTML, not JSON. */
export function htmlPage(status: number, title: string, headers: Readonly<Record<string, string>> = {}): Reply {
  const body = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '<hr><center>openresty</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n');
  return { status, body, headers: { ...headers, 'Content-Type': 'text/html' } };
}
