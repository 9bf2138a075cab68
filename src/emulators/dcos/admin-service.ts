import { ok } from './exchange';
import { htmlPage } from './html-page';
import { defineService, type Service } from './service';

/** What Admin Router answers itself. */
export const adminRoutes = [
  { method: 'GET', pattern: '', summary: 'The page of the user interface' },
  { method: 'GET', pattern: '/ca/dcos-ca.crt', summary: "The cluster's own certificate authority, where it has one" },
  { method: 'GET', pattern: '/dcos-metadata/dcos-version.json', summary: 'Version and variant of DC/OS' },
  { method: 'GET', pattern: '/metadata', summary: 'Public address and cluster id' },
  { method: 'GET', pattern: '/mesos_dns/v1/hosts/{name}', summary: 'Address of a Mesos DNS name' },
  {
    method: 'GET',
    pattern: '/pkgpanda/active.buildinfo.full.json',
    summary: 'Installed packages; clients only ask whether it wants a token',
  },
] as const;

/** What Admin Router says of the cluster. `caCertificate` is PEM. */
export type AdminSettings = { readonly variant: 'open' | 'enterprise'; readonly caCertificate?: string | undefined };

/** Creates Admin Router's own pages. */
export function createAdminService({ variant, caCertificate }: AdminSettings): Service {
  return defineService({
    prefix: '',
    routes: adminRoutes,
    handlers: {
      'GET ': () => htmlPage(200, 'DC/OS'),
      'GET /ca/dcos-ca.crt': () =>
        caCertificate === undefined
          ? htmlPage(404, '404 Not Found')
          : { status: 200, body: caCertificate, headers: { 'Content-Type': 'application/x-x509-ca-cert' } },
      'GET /dcos-metadata/dcos-version.json': () =>
        ok({ version: '2.1.0', 'dcos-image-commit': 'emulated', 'bootstrap-id': 'emulated', 'dcos-variant': variant }),
      'GET /metadata': () => ok({ PUBLIC_IPV4: '127.0.0.1', CLUSTER_ID: '00000000-0000-4000-8000-000000000000' }),
      'GET /mesos_dns/v1/hosts/{name}': ({ parameters }) => {
        const host = `${(parameters.name ?? '').replace(/\.$/, '')}.`;
        return ok([{ host, ip: host === 'leader.mesos.' ? '127.0.0.1' : '' }]);
      },
      'GET /pkgpanda/active.buildinfo.full.json': () => ok({}),
    },
    unknown: () => htmlPage(404, '404 Not Found'),
  });
}
