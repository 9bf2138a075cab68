import { createAdminService } from './admin-service';
import type { Auth } from './auth/create-auth';
import { createIamService } from './auth/iam-service';
import type { Context } from './context';
import { createEdgeLbService } from './edge-lb/edge-lb-service';
import { createMarathonService } from './marathon-service';
import { createAgentService } from './mesos/agent-service';
import { createAgentLogService, createLogService } from './mesos/log-service';
import { createMesosService } from './mesos/mesos-service';
import { createMetronomeService } from './metronome/metronome-service';
import { createLabelledService } from './labelled-service';
import { type Controls, createControlService } from './control-service';
import type { Service } from './service';

/** Everything behind Admin Router; a new service is one more line here. */
export function createServices(
  context: Context,
  auth: Auth,
  controls: Controls & { readonly caCertificate: string | undefined },
): readonly Service[] {
  const variant = auth.mode === 'enterprise' ? 'enterprise' : 'open';
  return [
    createAdminService({ variant, caCertificate: controls.caCertificate }),
    createIamService(auth),
    createControlService(context, controls),
    createMarathonService(context),
    createMetronomeService(context),
    createMesosService(context),
    createAgentService(context),
    createLogService(context),
    createAgentLogService(context),
    createEdgeLbService(context),
    createLabelledService(context),
  ];
}
